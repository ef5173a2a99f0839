"""Hand a case to the unit above, and from there down again."""

from datetime import date
from typing import Any

from sqlalchemy import update

from accounts.models import Unit
from cases.lifecycle import clocks
from cases.lifecycle.conflict_of_interest import find_unit
from cases.lifecycle.context import Work
from cases.lifecycle.effects.assignment import require_kind, return_to_team
from cases.models.correspondence import WrittenReport
from config.vocabulary import Urgency
from core.errors import Invalid
from workflow.deadlines import ClockRule


def escalate(work: Work, values: dict[str, Any]) -> None:
    """Report a case in writing to a unit above its owner, which then owns it.

    The later of the present date and 60 calendar days (urgent: 5 working days) is granted once for each level
    and round; every complainant is owed an interim reply within 3 working days.
    """
    unit = find_unit(work, values["unit"])
    if unit.id not in {higher.id for higher in work.higher_units()}:
        raise Invalid({"unit": ["not_above_owner"]})
    require_kind(work, unit, work.definition.steps["escalate"].target)
    report = values["report"]
    work.session.add(
        WrittenReport(
            case_id=work.case.id,
            number=report["number"],
            addressee=report["addressee"],
            to_unit_id=unit.id,
            sent_on=report["sent_on"],
        )
    )
    _grant_level(work, unit)
    _owe_interim(work)
    work.own(unit.id)
    work.case.accepted = True
    work.facts.update(unit=unit.code, reason=values["reason"], report=report["number"])


def raise_case(work: Work, values: dict[str, Any]) -> None:
    """Let the superior take the case over when its handling clock ran out; no report is needed."""
    del values
    unit = work.higher_units()[0]
    clocks.lift_suspension(work)
    rule = work.rules.periods["raise"]
    clocks.move(work, "handling", {"why": "raise", **_grant(work.today, rule)})
    work.own(unit.id)
    work.case.accepted = True
    work.facts.update(unit=unit.code)


def send_down(work: Work, values: dict[str, Any]) -> None:
    """Send an escalated case back to the work team on written grounds, once for each level and round."""
    assert work.case.owner_id is not None  # an escalated case is open, and an open case has an owner
    work.round.sent_down_by = [*work.round.sent_down_by, work.case.owner_id]
    work.facts.update(reason=values["reason"])
    answer_reports(work)
    return_to_team(work)


def answer_reports(work: Work) -> None:
    """Note that the owner has answered the written reports that were sent to it about this case."""
    work.session.execute(
        update(WrittenReport)
        .where(
            WrittenReport.case_id == work.case.id,
            WrittenReport.to_unit_id == work.case.owner_id,
            WrittenReport.answered_on.is_(None),
        )
        .values(answered_on=work.today)
        .execution_options(synchronize_session=False)
    )


def _grant(start: date, rule: ClockRule) -> dict[str, Any]:
    return {"start": start.isoformat(), "days": rule.days, "unit": rule.unit}


def _grant_level(work: Work, unit: Unit) -> None:
    """Grant the time of an escalation, unless this level has had it in this round."""
    clocks.lift_suspension(work)
    urgent = work.case.urgency == Urgency.URGENT
    rule = work.rules.periods["escalation_urgent" if urgent else "escalation"]
    if work.round.handling_due_on is None:
        clocks.start(work, "handling", {**_grant(work.today, rule), "profile": None})
    elif unit.id not in work.round.escalated_to:
        clocks.move(work, "handling", {"why": "escalation", **_grant(work.today, rule)})
    work.round.escalated_to = [*work.round.escalated_to, unit.id]


def _owe_interim(work: Work) -> None:
    basis = clocks.period(work, "reply_escalated")
    due_on = clocks.date_of(work, basis)
    for person in work.unanswered():
        if person.reply_due_on is None or due_on < person.reply_due_on:
            person.reply_due_on, person.reply_basis = due_on, basis
