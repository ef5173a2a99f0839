"""How long a matter may take by its profile, at first and when it is corrected (domain.md section 3)."""

from datetime import date

from tests.model.handling import Fact, count
from tests.model.matter import Matter
from tests.model.profiles import LENGTH, MORE_TIME, profile_of


def begin_handling(case: Matter, *, by_level: bool = False) -> None:
    case.facts, case.pause = [counted_by(case, "start", case.day, by_level=by_level)], None
    case.start("handling", count(case.facts, case.works).due)
    case.turn.granted = case.handling.due


def counted_by(case: Matter, kind: str, since: date, *, by_level: bool) -> Fact:
    """Return what the handling date counts by: the profile, or the level that an escalation began it with."""
    urgent = case.urgency == "urgent"
    level, own = (5, "wd") if urgent else (60, "cd"), LENGTH[case.profile]
    return Fact(
        kind,
        case.day,
        length=level if by_level else own,
        exact=urgent,
        since=since,
        own=own if by_level else None,
        cap=MORE_TIME.get(case.profile),
        level=level,
    )


def follow_profile(case: Matter) -> None:
    """Let a corrected case have the date that its facts give; never a later one."""
    before, case.profile = case.profile, profile_of(case)
    if not case.handling.running or case.profile == before:
        return
    by_level = case.facts[0].own is not None
    fact = counted_by(case, "profile", case.facts[0].since, by_level=by_level)
    if count([*case.facts, fact], case.works).due < case.day:
        fact = counted_by(case, "profile", case.day, by_level=by_level)
    case.record(fact)


def hurry(case: Matter) -> None:
    """Shorten the other dates of a case that turns out urgent."""
    for name, length in (("triage", (1, "cd")), ("accept", (1, "cd")), ("return", (7, "cd"))):
        dial = case.dials.get(name)
        if dial is None or not dial.running:
            continue
        due = case.later(*length, dial.counted_from or dial.since)
        if due < case.day:
            due = case.later(*length)
        dial.due = min(dial.due, due)
    for complainant in case.complainants.values():
        if complainant.due is not None and complainant.since is not None:
            due = case.later(15, "cd", complainant.since)
            if case.day <= due < complainant.due:
                complainant.due = due
