"""The handling date, counted from what happened to it (domain.md section 3), from the beginning each time."""

from dataclasses import dataclass, replace
from datetime import date

from tests.model.days import Works, after, span

Length = tuple[int, str]


@dataclass(frozen=True)
class Fact:
    """Something that began or moved the handling date.

    `start` and `profile` carry what the clock counts by: since when, how long, and whether to the very day;
    `escalation` and `raise` what they grant, nothing for a level that had it. `own` is the length of the
    profile itself where an escalation began the clock, `cap` what an extension may add, `level` what an
    escalation is worth.
    """

    kind: str
    day: date
    length: Length | None = None
    exact: bool = False
    since: date = date.min
    until: date = date.min
    own: Length | None = None
    cap: Length | None = None
    level: Length | None = None


@dataclass
class Walk:
    """The date on its way through the facts, and the date before the last escalation with its day."""

    works: Works
    by: Fact
    due: date
    below: tuple[date, date] | None = None
    raised: bool = False


def count(facts: list[Fact], works: Works) -> Walk:
    """Return the date that all facts lead to; the first of them is a start."""
    first = facts[0]
    assert first.length is not None
    walk = Walk(works, first, after(first.since, *first.length, works, exact=first.exact))
    for index, fact in enumerate(facts[1:], start=1):
        if fact.kind == "profile":
            _follow_profile(walk, fact, facts[:index])
        else:
            _apply(walk, fact)
    return walk


def _apply(walk: Walk, fact: Fact) -> None:
    by = walk.by
    if fact.kind == "extension":
        walk.due = fact.until
    elif fact.kind in ("escalation", "raise"):
        walk.below = (walk.due, fact.day) if fact.kind == "escalation" else None
        walk.raised = fact.kind == "raise"
        if fact.length is not None:
            walk.due = max(walk.due, after(fact.day, *fact.length, walk.works))
    elif fact.kind == "merge":
        walk.due = min(walk.due, fact.until)
    elif fact.kind == "pause":
        assert by.length is not None
        unit = by.length[1]
        stood = span(max(fact.day, by.since), fact.until, unit, walk.works) if fact.until > by.since else 0
        if stood:
            walk.due = after(walk.due, stood, unit, walk.works, exact=by.exact)
    elif fact.kind == "down" and not walk.raised:
        if walk.below is not None:
            before, since = walk.below
            spent = span(since, fact.day, "wd", walk.works)
            back = after(before, spent, "wd", walk.works)
        else:
            assert by.own is not None
            back = after(by.since, *by.own, walk.works, exact=by.exact)
        walk.due = min(walk.due, max(back, after(fact.day, 5, "wd", walk.works)))


def _follow_profile(walk: Walk, fact: Fact, earlier: list[Fact]) -> None:
    """Count what happened as if the profile had held from the beginning; nothing becomes later by it."""
    again = Walk(walk.works, fact, date.min)
    assert fact.length is not None
    again.due = after(fact.since, *fact.length, walk.works, exact=fact.exact)
    for one in earlier:
        if one.kind in ("start", "profile"):
            continue
        if one.kind == "extension":
            if fact.cap is not None and one.day >= fact.since:
                latest = after(again.due, *fact.cap, walk.works)
                again.due = max(again.due, min(one.until, latest))
        elif one.kind == "escalation" and one.length is not None:
            _apply(again, replace(one, length=fact.level))
        elif one.kind == "down" and again.below is None and not again.raised:
            start = earlier[0].since
            assert fact.own is not None
            back = after(start, *fact.own, walk.works, exact=fact.exact)
            again.due = min(again.due, max(back, after(one.day, 5, "wd", walk.works)))
        else:
            _apply(again, one)
    walk.due = min(walk.due, again.due)
    if walk.below is not None and again.below is not None:
        walk.below = (min(walk.below[0], again.below[0]), walk.below[1])
    walk.by = fact
