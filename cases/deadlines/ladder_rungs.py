"""Climb the ladder of a clock: fire the highest rung that is due and record what lies below it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from cases.lifecycle import clocks, take_step
from cases.lifecycle import recipients as case_recipients
from cases.lifecycle.context import Work
from cases.lifecycle.guard_facts import situation
from cases.models.case import Case, Clock
from notifications.outbox import Notification
from workflow import machine
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


class SweepWriter(Protocol):
    """Where climbing writes: at once, or together with that of other cases."""

    def keep(self, reminder: dict[str, Any]) -> None:
        """Keep the row of a rung, whose key lets it fire once."""

    def record(self, work: Work, action: str) -> None:
        """Write the entry of a rung from the facts in hand."""

    def tell(self, work: Work, telling: Notification) -> None:
        """Tell people of a rung."""


def is_due(clock: Clock, today: date) -> bool:
    """Tell whether the sweep has something to do for a clock."""
    return clock.running and clock.next_look_on is not None and clock.next_look_on <= today


def apply_plan(book: SweepWriter, work: Work, clock: Clock, plan: Plan, result: SweepResult) -> None:
    """Do what a plan says of one clock, and add it to the result."""
    clock.next_look_on = plan.next_on
    fire, skipped = plan.fire, list(plan.skipped)
    closed = _why_not_raised(work) if fire == "raise" else None
    if closed is not None:
        fire = skipped.pop() if skipped else None
    for rung in plan.not_applicable:
        _record_rung(book, work, clock, rung, "not_applicable")
    for rung in skipped:
        _record_rung(book, work, clock, rung, "skipped")
        result.skipped.append(_row(work, clock, rung))
    if closed is not None:
        # At the top unit there is nobody to raise to: the case stays on the weekly notice instead.
        _mark_overdue(work, clock)
        _record_rung(book, work, clock, "raise", "skipped", reason=closed)
        result.skipped.append(_row(work, clock, "raise"))
    if fire is not None:
        _fire(book, work, clock, fire, result)


def _why_not_raised(work: Work) -> str | None:
    opening = machine.availability(work.definition, situation(work), "raise")
    return None if opening.allowed else opening.reasons[0]


def _fire(book: SweepWriter, work: Work, clock: Clock, rung: str, result: SweepResult) -> None:
    row = _row(work, clock, rung)  # raising begins another cycle
    if rung == "raise":
        book.keep(_reminder(work, clock, rung, "fired"))
        work.facts = {"clock": clock.clock, "cycle": clock.cycle, "skipped": False}
        work.notices = []
        take_step.apply_action(work, "raise", {})
        result.raised.append(work.case.number)
    else:
        if rung in LATE_RUNGS:
            _mark_overdue(work, clock)
        _record_rung(book, work, clock, rung, "fired")
        book.tell(work, _build_notice(work, clock, rung))
    result.fired.append(row)


def _mark_overdue(work: Work, clock: Clock) -> None:
    clock.overdue = work.case.overdue = True
    if clock.clock == "handling":
        clocks.record_lateness(work)


def _record_rung(book: SweepWriter, work: Work, clock: Clock, rung: str, outcome: str, **facts: str) -> None:
    """Record a rung with an entry of its own; the version stays, for nobody changed the matter."""
    book.keep(_reminder(work, clock, rung, outcome))
    work.facts = {"clock": clock.clock, "cycle": clock.cycle, "skipped": outcome != "fired", **facts}
    if outcome == "not_applicable":
        work.facts["not_applicable"] = True
    book.record(work, rung)


def _reminder(work: Work, clock: Clock, rung: str, outcome: str) -> dict[str, Any]:
    return {
        "case_id": clock.case_id,
        "clock": clock.clock,
        "cycle": clock.cycle,
        "rung": rung,
        "result": outcome,
        "due_on": clock.due_on,
        "fired_on": work.today,
    }


def _build_notice(work: Work, clock: Clock, rung: str) -> Notification:
    duty = work.case.reply_owner_id if clock.clock == "reply" else work.case.owner_id
    recipients = case_recipients.select(work, work.staff, case_recipients.RUNG_RECIPIENTS[rung], duty=duty)
    facts = {"clock": clock.clock, "due_on": clock.due_on.isoformat()}
    key = f"{work.case.number}:{clock.clock}:{clock.cycle}:{rung}"
    return case_recipients.build_notice(work, rung, recipients, facts, key=key)


def _row(work: Work, clock: Clock, rung: str) -> dict[str, Any]:
    return {"case": work.case.number, "clock": clock.clock, "cycle": clock.cycle, "rung": rung}


def still_wanted(case: Case | None, kind: str, facts: dict[str, Any], clock: Clock | None) -> bool:
    """Tell whether a reminder still has its reason when it is about to be sent (trust.md T47)."""
    if kind not in {"remind", "urge", "supervise"}:
        return True
    if case is None or case.final or clock is None:
        return False
    return clock.running and clock.due_on.isoformat() == facts.get("due_on")
