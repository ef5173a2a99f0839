"""Hand a case to the unit above, and from there down again."""

from datetime import date
from typing import Any

from sqlalchemy import update

from accounts.register_values import KnownUnit
from cases.history.facts import EscalateFacts, MovedReasonFacts, RungFacts
from cases.lifecycle import clocks
from cases.lifecycle.action_values import EscalateValues, RaiseValues, ReasonValues
from cases.lifecycle.change import Change
from cases.lifecycle.conflict_of_interest import find_unit, require_settled
from cases.lifecycle.context import CaseContext
from cases.lifecycle.effects.assignment import hand_on_reply_duty, require_kind, return_to_team
from cases.models.correspondence import WrittenReport
from config.vocabulary import Urgency
from core.errors import Invalid
from workflow.deadlines import ClockRule


def escalate(context: CaseContext, change: Change, values: EscalateValues) -> EscalateFacts:
    """Report a case in writing to a unit above its owner, which then owns it.

    The later of the present date and 60 calendar days (urgent: 5 working days) is granted once for each level
    and round; every complainant is owed an interim reply within 3 working days.
    """
    require_settled(change, "escalate")
    unit = find_unit(context, values.unit)
    if unit.id not in {higher.id for higher in context.higher_units()}:
        raise Invalid({"unit": ["not_above_owner"]})
    require_kind(context, unit, context.definition.steps["escalate"].target)
    change.add_record(
        WrittenReport(
            case_id=change.case.id,
            number=values.report.number,
            addressee=values.report.addressee,
            to_unit_id=unit.id,
            sent_on=values.report.sent_on,
        )
    )
    _grant_level(change, unit)
    _owe_interim(change)
    change.set_owner(unit.id)
    hand_on_reply_duty(change)
    change.case.accepted = True
    return EscalateFacts(reason=values.reason, unit=unit.code, report=values.report.number)


def raise_case(context: CaseContext, change: Change, values: RaiseValues) -> RungFacts:
    """Let the superior take the case over when its handling clock ran out; no report is needed."""
    assert values.clock is not None  # the definition lets the system alone raise, and the sweep says by what
    assert values.cycle is not None
    unit = context.higher_units()[0]
    clocks.lift_suspension(change)
    rule = context.rules.periods["raise"]
    clocks.move(change, "handling", {"why": "raise", **_grant(context.today, rule)})
    change.set_owner(unit.id)
    hand_on_reply_duty(change)
    change.case.accepted = True
    return RungFacts(clock=values.clock, cycle=values.cycle, skipped=False, unit=unit.code)


def send_down(context: CaseContext, change: Change, values: ReasonValues) -> MovedReasonFacts:
    """Send an escalated case back to the work team on written grounds, once for each level and round."""
    assert context.case.owner_id is not None  # an escalated case is open, and an open case has an owner
    change.round.sent_down_by = [*change.round.sent_down_by, context.case.owner_id]
    answer_reports(change)
    return_to_team(change)
    if context.definition.steps["send_down"].clocks.get("handling") == "move":
        _take_back_level(change)
    return MovedReasonFacts(reason=values.reason)


def answer_reports(change: Change) -> None:
    """Note that the owner has answered the written reports that were sent to it about this case."""
    context = change.before
    context.session.execute(
        update(WrittenReport)
        .where(
            WrittenReport.case_id == context.case.id,
            WrittenReport.to_unit_id == context.case.owner_id,
            WrittenReport.answered_on.is_(None),
        )
        .values(answered_on=context.today)
        .execution_options(synchronize_session=False)
    )


def _grant(start: date, rule: ClockRule) -> dict[str, Any]:
    return {"start": start.isoformat(), "days": rule.days, "unit": rule.unit}


def _grant_level(change: Change, unit: KnownUnit) -> None:
    """Grant the time of an escalation, unless this level has had it in this round."""
    context = change.before
    clocks.lift_suspension(change)
    urgent = context.case.urgency == Urgency.URGENT
    rule = context.rules.periods["escalation_urgent" if urgent else "escalation"]
    if change.round.handling_due_on is None:
        clocks.start(change, "handling", {**_grant(context.today, rule), "profile": None})
    elif unit.id not in change.round.escalated_to:
        clocks.move(change, "handling", {"why": "escalation", **_grant(context.today, rule)})
    elif context.definition.rules.records_every_escalation:
        clocks.move(change, "handling", {"why": "escalation", **_grant(context.today, rule), "again": True})
    change.round.escalated_to = [*change.round.escalated_to, unit.id]


def _take_back_level(change: Change) -> None:
    """Take back what the last escalation granted, but for the working days spent above.

    After a raise nothing was granted that could be taken back; a matter escalated from received gets the
    time of its profile from the day of escalation (domain.md section 2, `send_down`).
    """
    context, clock = change.before, change.clocks["handling"]
    why = [move["why"] for move in clock.moves if move["why"] in ("escalation", "raise")]
    if why[-1:] == ["raise"]:
        return
    rule = context.rules.periods["send_down"]
    move: dict[str, Any] = {"why": "send_down", "days": rule.days, "unit": rule.unit}
    if not why and clock.basis["profile"] is None:
        start = date.fromisoformat(clock.basis["start"])
        move["basis"] = clocks.handling_basis(context, start=start)
    clocks.move(change, "handling", move)


def _owe_interim(change: Change) -> None:
    context = change.before
    basis = clocks.period(context, "reply_escalated")
    due_on = clocks.date_of(context, basis)
    for person in context.unanswered():
        if person.reply_due_on is None or due_on < person.reply_due_on:
            person.reply_due_on, person.reply_basis = due_on, basis
