"""Climb the ladder of a clock: fire the highest rung that is due and record what lies below it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from msgspec import UNSET

from cases.history.facts import RungFacts
from cases.lifecycle import clocks, recipients, take_step
from cases.lifecycle.action_values import RaiseValues
from cases.lifecycle.change import Change
from cases.lifecycle.commit_change import RUNG, ChangeWriter, commit_change
from cases.lifecycle.context import CaseContext
from cases.lifecycle.effects.planned import WORD, start_next_word
from cases.lifecycle.guard_facts import build_situation
from cases.models.case import Case, Clock
from notifications.outbox import Notification
from workflow import machine
from workflow.definition.vocabulary import UNRATED_CLOCKS
from workflow.ladder import Plan

LATE_RUNGS = frozenset({"urge", "supervise", "publish", "raise"})


@dataclass
class SweepResult:
    """What a sweep did, in the form of interfaces.md: numbers of cases and rungs of clocks."""

    today: date
    flagged: list[str] = field(default_factory=list)
    fired: list[dict[str, Any]] = field(default_factory=list)
    skipped: list[dict[str, Any]] = field(default_factory=list)
    raised: list[str] = field(default_factory=list)
    resumed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def add(self, found: "SweepResult") -> None:
        """Add what was done to some cases, once it is committed."""
        for name in ("flagged", "fired", "skipped", "raised", "resumed"):
            getattr(self, name).extend(getattr(found, name))


class SweepWriter(ChangeWriter, Protocol):
    """Where what a ladder does is written: at once, or together with that of other cases."""

    def add_reminder(self, reminder: dict[str, Any]) -> None:
        """Add the row of a rung, whose key lets it fire once."""


def is_due(clock: Clock, today: date) -> bool:
    """Return whether the sweep has something to do for a clock."""
    return clock.running and clock.next_check_on is not None and clock.next_check_on <= today


def apply_plan(
    writer: SweepWriter, context: CaseContext, clock: Clock, plan: Plan, result: SweepResult
) -> CaseContext:
    """Do what a plan says of one clock, and add it to the result; give the case as it is then."""
    clock.next_check_on = plan.next_on
    fire, skipped = plan.fire, list(plan.skipped)
    closed = _why_not_raised(context) if fire == "raise" else None
    if closed is not None:
        fire = skipped.pop() if skipped else None
    for rung in plan.not_applicable:
        _record_rung(writer, context, clock, rung, "not_applicable")
    for rung in skipped:
        _record_rung(writer, context, clock, rung, "skipped")
        result.skipped.append(_row(context, clock, rung))
    if closed is not None:
        # At the top unit there is nobody to raise to: the case stays on the weekly notice instead.
        _record_rung(writer, context, clock, "raise", "skipped", reason=closed, late=True)
        result.skipped.append(_row(context, clock, "raise"))
    return context if fire is None else _fire(writer, context, clock, fire, skipped, result)


def _why_not_raised(context: CaseContext) -> str | None:
    availability = machine.availability(context.definition, build_situation(context), "raise")
    return None if availability.allowed else availability.reasons[0]


def _fire(
    writer: SweepWriter,
    context: CaseContext,
    clock: Clock,
    rung: str,
    skipped: list[str],
    result: SweepResult,
) -> CaseContext:
    row = _row(context, clock, rung)  # raising begins another cycle
    result.fired.append(row)
    if rung == "raise":
        writer.add_reminder(_reminder(context, clock, rung, "fired"))
        values = RaiseValues(clock=clock.clock, cycle=clock.cycle)
        result.raised.append(context.case.number)
        return _raise(writer, context, clock, values, skipped)
    told = recipients.notification_of_rung(context, clock, rung, skipped)
    _record_rung(writer, context, clock, rung, "fired", told, late=rung in LATE_RUNGS)
    return context


def _raise(
    writer: SweepWriter, context: CaseContext, clock: Clock, values: RaiseValues, skipped: list[str]
) -> CaseContext:
    """Raise a case, and tell those whom the rungs before it would have told had there been no outage."""
    had_it = context.case.owner_id
    after = take_step.apply_action(context, "raise", values).context
    told = recipients.notification_of_raise(after, clock, values.cycle or 0, skipped, had_it)
    if told is not None:
        writer.send(Change.of(after), [told])
    return after


def moves_clock(clock: Clock, rung: str | None) -> bool:
    """Return whether firing a rung moves the clock itself, so that the case has to be written whole."""
    return rung == "raise" or (clock.clock == WORD and rung is not None)


def _mark_overdue(change: Change, clock: Clock) -> None:
    if clock.clock in UNRATED_CLOCKS:
        return
    clock.overdue = change.case.overdue = True
    if clock.clock == "handling":
        clocks.record_lateness(change)


def _record_rung(
    writer: SweepWriter,
    context: CaseContext,
    clock: Clock,
    rung: str,
    outcome: str,
    *notifications: Notification,
    reason: str | None = None,
    late: bool = False,
) -> None:
    """Record a rung with an entry of its own; the version stays, for nobody changed the matter.

    With `late` the clock, and with it the case, is overdue from now on.
    """
    writer.add_reminder(_reminder(context, clock, rung, outcome))
    facts = RungFacts(
        clock=clock.clock,
        cycle=clock.cycle,
        skipped=outcome != "fired",
        not_applicable=True if outcome == "not_applicable" else UNSET,
        reason=UNSET if reason is None else reason,
    )
    change = Change.of(context)
    if late:
        _mark_overdue(change, clock)
    if clock.clock == WORD and outcome == "fired":
        start_next_word(change)
    commit_change(change, rung, facts, RUNG, writer=writer, notifications=notifications)


def _reminder(context: CaseContext, clock: Clock, rung: str, outcome: str) -> dict[str, Any]:
    return {
        "case_id": clock.case_id,
        "clock": clock.clock,
        "cycle": clock.cycle,
        "rung": rung,
        "result": outcome,
        "due_on": clock.due_on,
        "fired_on": context.today,
    }


def _row(context: CaseContext, clock: Clock, rung: str) -> dict[str, Any]:
    return {"case": context.case.number, "clock": clock.clock, "cycle": clock.cycle, "rung": rung}


def still_wanted(case: Case | None, kind: str, facts: dict[str, Any], clock: Clock | None) -> bool:
    """Return whether a reminder still has its reason when it is about to be sent (threats.md T47)."""
    if kind not in {"remind", "urge", "supervise"}:
        return True
    if case is None or case.final or clock is None:
        return False
    return clock.running and clock.due_on.isoformat() == facts.get("due_on")
