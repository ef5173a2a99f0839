"""Read what the database says of every case, in the form in which the model tells it."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import Unit
from cases.history.entries import Entry
from cases.models.case import Case, Clock, Complainant, Reminder, Round
from tests.model.days import in_order


def cases(session: Session) -> dict[str, dict[str, Any]]:
    """Return every case by its number."""
    units = {unit.id: unit.code for unit in session.scalars(select(Unit))}
    numbers: dict[int, str] = {}
    found: dict[str, dict[str, Any]] = {}
    rounds = (Round.case_id == Case.id) & (Round.round == Case.round)
    for case, turn in session.execute(select(Case, Round).join(Round, rounds).order_by(Case.id)):
        numbers[case.id] = case.number
        found[case.number] = {
            "state": case.state,
            "round": case.round,
            "version": case.version,
            "owner": units.get(case.owner_id or 0),
            "reply_owner": units[case.reply_owner_id],
            "accepted": case.accepted,
            "late": turn.late,
            "overdue": case.overdue,
            "due_on": case.due_on,
            "handling_due_on": case.handling_due_on,
            "reply_due_on": case.reply_due_on,
            "round_due_on": turn.handling_due_on,
            "complainants": {},
            "clocks": {},
            "rungs": {},
            "history": [],
        }
    for complainant in session.scalars(select(Complainant).order_by(Complainant.id)):
        told = (complainant.answered_round, complainant.visited_round, complainant.reply_due_on)
        found[numbers[complainant.case_id]]["complainants"][complainant.id] = told
    for clock in session.scalars(select(Clock).order_by(Clock.clock)):
        says = (clock.running, clock.cycle, clock.due_on, clock.overdue)
        found[numbers[clock.case_id]]["clocks"][clock.clock] = says
    for sent in session.scalars(select(Reminder).order_by(Reminder.clock, Reminder.cycle, Reminder.rung)):
        rung = (sent.clock, sent.cycle, sent.rung)
        assert rung not in found[numbers[sent.case_id]]["rungs"], f"{rung} went out twice"
        found[numbers[sent.case_id]]["rungs"][rung] = sent.result
    entries = select(Entry.case_id, Entry.action).order_by(Entry.case_id, Entry.seq)
    for case_id, action in session.execute(entries):
        found[numbers[case_id]]["history"].append(action)
    for case_told in found.values():
        case_told["history"] = in_order(case_told["history"])
    return found
