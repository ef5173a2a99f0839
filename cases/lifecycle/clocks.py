"""Start, stop and move the clocks of a case, so that every date can explain itself.

A clock keeps what it was computed from (`basis`) and every later change (`moves`); its date is always what
`workflow.deadlines.replay` makes of the two.
"""

from datetime import date
from typing import Any

from cases.lifecycle.change import Change
from cases.lifecycle.context import CaseContext
from cases.models.case import Clock
from config.vocabulary import Urgency
from workflow import due_dates, ladder

#: What an urgent matter has instead, where the rules of its definition say so (domain.md section 3).
URGENT_PERIODS = {"triage": "triage_urgent", "triage_short": "triage_urgent", "accept": "accept_urgent"}


def period(context: CaseContext, name: str, *, start: date | None = None) -> dict[str, Any]:
    """Return the basis of a clock that begins on `start` (today by default), by its length in the files.

    A clock of the county's own has its length in the definition of the case.
    """
    own = context.definition.clocks[name].length if name in context.definition.clocks else None
    if own is not None:
        return _basis(context, start, own.days, own.unit, None)
    if is_exact(context):
        name = URGENT_PERIODS.get(name, name)
    rule = context.rules.periods[name]
    return _basis(context, start, rule.days, rule.unit, None)


def is_exact(context: CaseContext) -> bool:
    """Return whether calendar days end on days off as well: those of an urgent matter do."""
    return context.definition.rules.urgent_periods and context.case.urgency == Urgency.URGENT


def _basis(
    context: CaseContext, start: date | None, days: int, unit: str, profile: str | None
) -> dict[str, Any]:
    basis = {"start": (start or context.today).isoformat(), "days": days, "unit": unit, "profile": profile}
    return {**basis, "exact": True} if unit == due_dates.CALENDAR and is_exact(context) else basis


def handling_basis(context: CaseContext, *, start: date | None = None) -> dict[str, Any]:
    """Return the basis of the handling clock, by the profile of the case."""
    profile = context.rules.profiles[context.case.profile]
    return _basis(context, start, profile.days, profile.unit, profile.code)


def date_of(context: CaseContext, basis: dict[str, Any]) -> date:
    """Return the date that a basis leads to by the present calendar."""
    return due_dates.due(basis, context.calendar)


def start(change: Change, name: str, basis: dict[str, Any]) -> None:
    """Start a clock, or start it anew: a new cycle without any move."""
    begun = {
        "running": True,
        "started_on": change.before.today,
        "cycle_on": change.before.today,
        "due_on": date_of(change.before, basis),
        "basis": basis,
        "moves": [],
        "suspended_on": None,
        "resume_on": None,
        "overdue": False,
    }
    clock = change.clocks.get(name)
    if clock is None:
        clock = Clock(case_id=change.case.id, clock=name, cycle=1, **begun)
        change.clocks[name] = clock
        change.new_rows.append(clock)
    else:
        clock.cycle += 1
        for column, value in begun.items():
            setattr(clock, column, value)
    schedule_next_check(change, clock)


def stop(change: Change, name: str) -> None:
    """Stop a clock; its date stays as a record, and what was overdue is so no more."""
    clock = change.clocks.get(name)
    if clock is None or not clock.running:
        return
    if name == "handling":
        record_lateness(change)
    clock.running = clock.overdue = False
    clock.suspended_on = clock.resume_on = clock.next_check_on = None


def resume_running(change: Change, name: str) -> None:
    """Let a stopped clock run on towards the date it had, as after a merge that is undone."""
    clock = change.clocks.get(name)
    if name == "handling" and change.round.handling_due_on is None:
        return  # what is stored is the clock of an earlier round
    if clock is not None and not clock.running:
        clock.running = True
        if due_dates.replay(clock.basis, clock.moves, change.before.calendar) != clock.due_on:
            # The working days have changed meanwhile: the date stays, and the move says so.
            kept = clock.due_on.isoformat()
            today = change.before.today.isoformat()
            clock.moves = [*clock.moves, {"why": "notice", "on": today, "from": kept, "to": kept}]
        schedule_next_check(change, clock)


def move(change: Change, name: str, why: dict[str, Any]) -> None:
    """Record why a date changes and set the date that follows from it.

    A later date begins a new cycle, in which every rung may fire again.
    """
    clock = change.clocks[name]
    if name == "handling":
        record_lateness(change)
    before = clock.due_on
    entry = {**why, "on": change.before.today.isoformat(), "from": before.isoformat()}
    after = due_dates.replay(clock.basis, [*clock.moves, entry], change.before.calendar)
    clock.moves = [*clock.moves, {**entry, "to": after.isoformat()}]
    reset(change, clock, after)
    at_first, _ = change.recorded.due_dates.get(name, (before, before))
    change.recorded.due_dates[name] = (at_first, after)


def lift_suspension(change: Change) -> None:
    """End a suspension today: the move that explains it then ends today as well, and the date follows."""
    clock = change.clocks.get("handling")
    if clock is None or clock.resume_on is None:
        return
    if clock.resume_on > change.before.today:
        moves = [dict(move) for move in clock.moves]
        last = max(index for index, move in enumerate(moves) if move["why"] == "suspension")
        moves[last]["until"] = change.before.today.isoformat()
        # A notice entered meanwhile named the date of the longer suspension; the calendar counts anew.
        later = [move for move in moves[last + 1 :] if move["why"] != "notice"]
        clock.moves = moves = [*moves[: last + 1], *later]
        after = due_dates.replay(clock.basis, moves, change.before.calendar)
        change.recorded.due_dates["handling"] = (clock.due_on, after)
        clock.due_on = after
    clock.suspended_on = clock.resume_on = None
    schedule_next_check(change, clock)


def reset(change: Change, clock: Clock, after: date) -> None:
    """Return a clock another date; the cycle grows only when the date moves later."""
    if after > clock.due_on:
        clock.cycle += 1
        clock.cycle_on = change.before.today
        clock.overdue = clock.overdue and after < change.before.today
    clock.due_on = after
    schedule_next_check(change, clock)


def schedule_next_check(change: Change, clock: Clock) -> None:
    """Set the first day on which the sweep has something to do for this clock.

    An imported case is not swept until somebody acts on it.
    """
    if change.before.moment.imported or not clock.running:
        clock.next_check_on = None
    else:
        clock.next_check_on = next_check(change.before, clock, done=frozenset())


def next_check(context: CaseContext, clock: Clock, *, done: frozenset[str]) -> date | None:
    """Return the first day of a rung that has not fired in this cycle, or of a resumption."""
    if clock.resume_on is not None:
        return clock.resume_on
    return plan(context, clock, today=date.min, done=done).next_on


def plan(context: CaseContext, clock: Clock, *, today: date, done: frozenset[str]) -> ladder.Plan:
    """Say which rungs of a clock are due on a day, given those that this cycle has had."""
    return ladder.plan(
        context.definition.clocks[clock.clock].ladder,
        started_on=clock.cycle_on,
        due_on=clock.due_on,
        today=today,
        done=set(done),
        calendar=context.calendar,
        urgent=context.case.urgency == Urgency.URGENT,
    )


def record_lateness(change: Change) -> None:
    """Mark the round late for ever when its deadline has passed without the final replies."""
    clock = change.clocks.get("handling")
    if clock is None or not clock.running or change.round.answered_on is not None:
        return
    if clock.due_on < change.before.today:
        change.round.late = True


def update_answers(change: Change) -> None:
    """Bring round, case and reply clock in line with who has been answered."""
    if change.complainants and not change.context.unanswered():
        if change.round.answered_on is None:
            record_lateness(change)
            change.round.answered_on = change.before.today
    else:
        change.round.answered_on = None
    times = [person.answered_at for person in change.complainants]
    known = [time for time in times if time is not None]
    change.case.answered_at = max(known) if known and len(known) == len(times) else None
    _update_reply(change)


def _update_reply(change: Change) -> None:
    """Let the case's reply clock follow the complainant who must be told first."""
    waiting = [
        (person.reply_due_on, person.reply_basis)
        for person in change.complainants
        if person.reply_due_on is not None and person.reply_basis is not None
    ]
    if not waiting:
        stop(change, "reply")
        return
    due_on, basis = min(waiting, key=lambda pair: pair[0])
    clock = change.clocks.get("reply")
    if clock is None or not clock.running:
        start(change, "reply", basis)
    elif clock.due_on != due_on or clock.basis != basis:
        clock.basis, clock.moves = basis, []
        reset(change, clock, due_on)
