"""Hand a case from unit to unit, and grant or refuse more time."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import update

from accounts.models import Unit
from cases.lifecycle import clocks
from cases.lifecycle.conflict_of_interest import find_unit, name_parties
from cases.lifecycle.context import Work
from cases.models.correspondence import WrittenReport
from core.errors import Conflict, Forbidden, Invalid
from workflow.deadlines import ClockRule

RETURN_WINDOW = 2  # working days in which a unit may give a case back (domain.md section 2, `return`)
RETURNS_A_ROUND = 2
LONGEST_SUSPENSION = timedelta(days=90)
MAY_BIND = frozenset({"coordinator"})


def assign(work: Work, values: dict[str, Any]) -> None:
    """Give the case to a unit that is active, covers the village and is not named in the matter."""
    name_parties(work, units=values.get("named_units") or (), users=values.get("named_users") or ())
    unit = _new_owner(work, values["unit"], state=work.definition.steps["assign"].target)
    binding = bool(values.get("binding"))
    if binding and not work.actor.roles & MAY_BIND:
        raise Forbidden(action="assign", reasons=["binding_by_coordinator_only"])
    if work.round.returns >= RETURNS_A_ROUND and not binding:
        raise _closed(work, "assign", "binding_needed")
    if binding and work.round.returns < RETURNS_A_ROUND:
        raise _closed(work, "assign", "binding_not_due")
    work.own(unit.id)
    work.case.accepted = False
    work.round.binding = binding
    _open_return_window(work)
    work.facts.update(unit=unit.code, binding=binding)


def accept(work: Work, values: dict[str, Any]) -> None:
    """Take note that the owning unit has taken the case on."""
    del values
    work.case.accepted = True
    clocks.stop(work, "accept")
    _open_return_window(work)


def return_case(work: Work, values: dict[str, Any]) -> None:
    """Return a case to the work team with a reason and the unit that ought to have it."""
    proposed = find_unit(work, values["unit"])
    work.facts.update(reason=values["reason"], proposed_unit=proposed.code)
    work.round.returns += 1
    _back_to_team(work)


def reassign(work: Work, values: dict[str, Any]) -> None:
    """Give an assigned or escalated case to another unit; it must accept, the handling clock goes on."""
    unit = _new_owner(work, values["unit"], state=work.case.state)
    if unit.id == work.case.owner_id:
        raise Invalid({"unit": ["already_owner"]})
    work.own(unit.id)
    work.case.accepted = False
    clocks.start(work, "accept", clocks.period(work, "accept"))
    _open_return_window(work)
    work.facts.update(unit=unit.code, reason=values["reason"])


def escalate(work: Work, values: dict[str, Any]) -> None:
    """Report a case in writing to a unit above its owner, which then owns it.

    The later of the present date and 60 calendar days (urgent: 5 working days) is granted once for each level
    and round; every complainant is owed an interim reply within 3 working days.
    """
    unit = find_unit(work, values["unit"])
    if unit.id not in {higher.id for higher in work.higher_units()}:
        raise Invalid({"unit": ["not_above_owner"]})
    _require_kind(work, unit, work.definition.steps["escalate"].target)
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
    _back_to_team(work)


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


def request_extension(work: Work, values: dict[str, Any]) -> None:
    """Ask for a later handling date, before the present one has passed and within the profile's limit."""
    due_on = _within_limit(work, values["due_on"])
    work.round.extension_request = {"due_on": due_on.isoformat(), "reason": values["reason"]}
    work.facts.update(due_on=due_on.isoformat(), reason=values["reason"])


def extend(work: Work, values: dict[str, Any]) -> None:
    """Grant a later handling date; the complainants are to be told."""
    due_on = _within_limit(work, values["due_on"])
    work.round.extension_request = None
    work.round.extensions += 1
    work.round.extended = True
    work.facts.update(reason=values["reason"])
    clocks.move(work, "handling", {"why": "extension", "to": due_on.isoformat()})
    work.notices.append(("tell_extension", {"due_on": due_on.isoformat()}))


def refuse_extension(work: Work, values: dict[str, Any]) -> None:
    """Answer a request for more time with no, and why."""
    work.round.extension_request = None
    work.facts.update(reason=values["reason"])


def suspend(work: Work, values: dict[str, Any]) -> None:
    """Pause the handling clock until a day; its date moves by exactly the days it stands still."""
    until: date = values["until"]
    if until <= work.today:
        raise Invalid({"until": ["not_in_the_future"]})
    if until > work.today + LONGEST_SUSPENSION:
        raise Invalid({"until": ["longer_than_90_days"]})
    clock = work.clocks["handling"]
    work.round.suspensions += 1
    clocks.move(work, "handling", {"why": "suspension", "until": until.isoformat()})
    clock.suspended_on, clock.resume_on = work.today, until
    clocks.schedule_next_check(work, clock)
    work.facts.update(until=until.isoformat(), reason=values["reason"])


def resume(work: Work, values: dict[str, Any]) -> None:
    """Let the handling clock run again; when earlier than promised, the date moves back accordingly."""
    work.facts.update(reason=values.get("reason", ""))
    clocks.lift_suspension(work)


def _new_owner(work: Work, code: str, *, state: str) -> Unit:
    unit = find_unit(work, code)
    _require_kind(work, unit, state)
    if unit.id not in work.over.units:
        raise Invalid({"unit": ["does_not_cover_village"]})
    if unit.id in work.named_units:
        raise Invalid({"unit": ["named_in_matter"]})
    if unit.id == work.case.reply_owner_id:
        raise Invalid({"unit": ["owes_the_reply"]})
    return unit


def _require_kind(work: Work, unit: Unit, state: str) -> None:
    """Refuse a unit of a kind that the definition does not let own cases in this state."""
    if unit.kind not in work.definition.states[state].unit_kinds:
        raise Invalid({"unit": ["kind_cannot_own"]})


def _open_return_window(work: Work) -> None:
    work.round.return_until = work.calendar.add(work.today, RETURN_WINDOW)


def _back_to_team(work: Work) -> None:
    work.own(work.case.reply_owner_id)
    work.case.accepted = False
    clocks.lift_suspension(work)


def _grant(start: date, rule: ClockRule) -> dict[str, Any]:
    return {"start": start.isoformat(), "days": rule.days, "unit": rule.unit}


def _grant_level(work: Work, unit: Unit) -> None:
    """Grant the time of an escalation, unless this level has had it in this round."""
    clocks.lift_suspension(work)
    urgent = work.case.urgency == "urgent"
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


def _within_limit(work: Work, due_on: date) -> date:
    """Check a proposed handling date against the profile's limit, counted from the present date."""
    clock = work.clocks["handling"]
    profile = work.rules.profiles[work.case.profile]
    basis = {
        "start": clock.due_on.isoformat(),
        "days": profile.extension_days,
        "unit": profile.extension_unit or profile.unit,
        "profile": None,
    }
    if not work.calendar.is_working(due_on):
        raise Invalid({"due_on": ["not_a_working_day"]})
    if due_on <= clock.due_on:
        raise Invalid({"due_on": ["not_later"]})
    if due_on > clocks.date_of(work, basis):
        raise Invalid({"due_on": ["beyond_limit"]})
    return due_on


def _closed(work: Work, action: str, reason: str) -> Conflict:
    return Conflict(
        "action_not_open",
        action=action,
        reasons=[reason],
        state=work.case.state,
        version=work.case.version,
    )
