"""Start, stop and move the clocks of a case, so that every date can explain itself.

A clock keeps what it was computed from (`basis`) and every later change (`moves`); its date is always what
`workflow.deadlines.replay` makes of the two.
"""

from datetime import date
from typing import Any

from cases.lifecycle.context import Work
from cases.models.case import Clock
from cases.persistence.bulk_rows import new_row
from config.vocabulary import Urgency
from workflow import due_dates, ladder


def period(work: Work, name: str, *, start: date | None = None) -> dict[str, Any]:
    """Give the basis of a clock that begins on `start` (today by default), by its length in the files."""
    rule = work.rules.periods[name]
    return {
        "start": (start or work.today).isoformat(),
        "days": rule.days,
        "unit": rule.unit,
        "profile": None,
    }


def handling_basis(work: Work, *, start: date | None = None) -> dict[str, Any]:
    """Give the basis of the handling clock, by the profile of the case."""
    profile = work.rules.profiles[work.case.profile]
    return {
        "start": (start or work.today).isoformat(),
        "days": profile.days,
        "unit": profile.unit,
        "profile": profile.code,
    }


def date_of(work: Work, basis: dict[str, Any]) -> date:
    """Give the date that a basis leads to by the present calendar."""
    return due_dates.due(basis, work.calendar)


def start(work: Work, name: str, basis: dict[str, Any]) -> None:
    """Start a clock, or start it anew: a new cycle without any move."""
    begun = {
        "running": True,
        "started_on": work.today,
        "cycle_on": work.today,
        "due_on": date_of(work, basis),
        "basis": basis,
        "moves": [],
        "suspended_on": None,
        "resume_on": None,
        "overdue": False,
    }
    clock = work.clocks.get(name)
    if clock is None:
        clock = new_row(Clock, case_id=work.case.id, clock=name, cycle=1, **begun)
        work.clocks[name] = clock
        work.fresh.append(clock)
    else:
        clock.cycle += 1
        for column, value in begun.items():
            setattr(clock, column, value)
    schedule_next_check(work, clock)


def stop(work: Work, name: str) -> None:
    """Stop a clock; its date stays as a record, and what was overdue is so no more."""
    clock = work.clocks.get(name)
    if clock is None or not clock.running:
        return
    if name == "handling":
        record_lateness(work)
    clock.running = clock.overdue = False
    clock.suspended_on = clock.resume_on = clock.next_look_on = None


def resume_running(work: Work, name: str) -> None:
    """Let a stopped clock run on towards the date it had, as after a merge that is undone."""
    clock = work.clocks.get(name)
    if name == "handling" and work.round.handling_due_on is None:
        return  # what is stored is the clock of an earlier round
    if clock is not None and not clock.running:
        clock.running = True
        if due_dates.replay(clock.basis, clock.moves, work.calendar) != clock.due_on:
            # The working days have changed meanwhile: the date stays, and the move says so.
            kept = clock.due_on.isoformat()
            change = {"why": "notice", "on": work.today.isoformat(), "from": kept, "to": kept}
            clock.moves = [*clock.moves, change]
        schedule_next_check(work, clock)


def move(work: Work, name: str, change: dict[str, Any]) -> None:
    """Record why a date changes and set the date that follows from it.

    A later date begins a new cycle, in which every rung may fire again.
    """
    clock = work.clocks[name]
    if name == "handling":
        record_lateness(work)
    before = clock.due_on
    entry = {**change, "on": work.today.isoformat(), "from": before.isoformat()}
    after = due_dates.replay(clock.basis, [*clock.moves, entry], work.calendar)
    clock.moves = [*clock.moves, {**entry, "to": after.isoformat()}]
    reset(work, clock, after)
    work.facts.setdefault("due_dates", {})[name] = [before.isoformat(), after.isoformat()]


def lift_suspension(work: Work) -> None:
    """End a suspension today: the move that explains it then ends today as well, and the date follows."""
    clock = work.clocks.get("handling")
    if clock is None or clock.resume_on is None:
        return
    if clock.resume_on > work.today:
        moves = [dict(move) for move in clock.moves]
        last = max(index for index, move in enumerate(moves) if move["why"] == "suspension")
        moves[last]["until"] = work.today.isoformat()
        # A notice entered meanwhile named the date of the longer suspension; the calendar counts anew.
        clock.moves = moves = moves[: last + 1]
        after = due_dates.replay(clock.basis, moves, work.calendar)
        work.facts.setdefault("due_dates", {})["handling"] = [clock.due_on.isoformat(), after.isoformat()]
        clock.due_on = after
    clock.suspended_on = clock.resume_on = None
    schedule_next_check(work, clock)


def reset(work: Work, clock: Clock, after: date) -> None:
    """Give a clock another date; the cycle grows only when the date moves later."""
    if after > clock.due_on:
        clock.cycle += 1
        clock.cycle_on = work.today
        clock.overdue = clock.overdue and after < work.today
    clock.due_on = after
    schedule_next_check(work, clock)


def schedule_next_check(work: Work, clock: Clock) -> None:
    """Set the first day on which the sweep has something to do for this clock.

    An imported case is not swept until somebody acts on it.
    """
    if work.moment.imported or not clock.running:
        clock.next_look_on = None
    else:
        clock.next_look_on = next_check(work, clock, done=frozenset())


def next_check(work: Work, clock: Clock, *, done: frozenset[str]) -> date | None:
    """Give the first day of a rung that has not fired in this cycle, or of a resumption."""
    if clock.resume_on is not None:
        return clock.resume_on
    return plan(work, clock, today=date.min, done=done).next_on


def plan(work: Work, clock: Clock, *, today: date, done: frozenset[str]) -> ladder.Plan:
    """Say which rungs of a clock are due on a day, given those that this cycle has had."""
    return ladder.plan(
        work.definition.clocks[clock.clock].ladder,
        started_on=clock.cycle_on,
        due_on=clock.due_on,
        today=today,
        done=set(done),
        calendar=work.calendar,
        urgent=work.case.urgency == Urgency.URGENT,
    )


def record_lateness(work: Work) -> None:
    """Mark the round late for ever when its deadline has passed without the final replies."""
    clock = work.clocks.get("handling")
    if clock is None or not clock.running or work.round.answered_on is not None:
        return
    if clock.due_on < work.today:
        work.round.late = True


def settle_answers(work: Work) -> None:
    """Bring round, case and reply clock in line with who has been answered."""
    if work.complainants and not work.unanswered():
        if work.round.answered_on is None:
            record_lateness(work)
            work.round.answered_on = work.today
    else:
        work.round.answered_on = None
    times = [person.answered_at for person in work.complainants]
    known = [time for time in times if time is not None]
    work.case.answered_at = max(known) if known and len(known) == len(times) else None
    _settle_reply(work)


def _settle_reply(work: Work) -> None:
    """Let the case's reply clock follow the complainant who must be told first."""
    waiting = [
        (person.reply_due_on, person.reply_basis)
        for person in work.complainants
        if person.reply_due_on is not None and person.reply_basis is not None
    ]
    if not waiting:
        stop(work, "reply")
        return
    due_on, basis = min(waiting, key=lambda pair: pair[0])
    clock = work.clocks.get("reply")
    if clock is None or not clock.running:
        start(work, "reply", basis)
    elif clock.due_on != due_on or clock.basis != basis:
        clock.basis, clock.moves = basis, []
        reset(work, clock, due_on)
