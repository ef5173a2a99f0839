"""Say since when the clock has owed a notice, so that a restored copy does not send it a second time."""

import re
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.configuration.case_rules import CountyRules
from cases.history.entries import Entry
from cases.models.case import Case, Reminder
from config.vocabulary import Urgency
from notifications.models import Notice
from workflow import ladder
from workflow.ladder import MORNING

#: The notices of rungs; they name the clock and the date that it had.
RUNG_KINDS = frozenset({"remind", "urge", "supervise", "publish"})
WEEK = re.compile(r"(\d{4})-W(\d{2})")
ENTRY = re.compile(r"(?P<number>[^:]+):(?P<seq>\d+):")
#: The key of what a raise says to those whom a skipped rung would have told.
RAISE = re.compile(r"(?P<number>[^:]+):(?P<clock>[a-z]+):(?P<cycle>\d+):raise:")


def owed_since(session: Session, notice: Notice, rules: CountyRules) -> datetime | None:
    """Find the moment since which the clock has owed a notice; None for what somebody did.

    A rung and a raise are owed from the morning of their day, the weekly notice from Monday morning, and what
    is said once a month or at the end of a suspension from the beginning of that month or day.
    """
    local = notice.created_at.astimezone(rules.zone).date()
    if notice.kind in RUNG_KINDS:
        return _rung(session, notice.subject, notice.kind, notice.facts, rules)
    if notice.kind == "weekly":
        return _week(str(notice.facts.get("week")), rules)
    if notice.kind == "calendar_missing":
        return _morning(local.replace(day=1), rules)
    if notice.kind == "records_differ":
        return notice.created_at  # what a check of the restored records finds, the original did not know
    return _system_act(session, notice, local, rules)


def _rung(
    session: Session, number: str, rung: str, facts: dict[str, object], rules: CountyRules
) -> datetime | None:
    case = session.scalars(select(Case).where(Case.number == number)).one_or_none()
    clock, due_on = facts.get("clock"), facts.get("due_on")
    if case is None or not isinstance(clock, str) or not isinstance(due_on, str):
        return None
    definition = rules.services.definitions.get(session, case.workflow_hash)
    row = next((one for one in definition.clocks[clock].ladder if one.code == rung), None)
    if row is None:
        return None
    calendar = rules.services.calendars.current(session)
    urgent = case.urgency == Urgency.URGENT
    day = ladder.day_of(row, due_on=date.fromisoformat(due_on), calendar=calendar, urgent=urgent)
    return _morning(day, rules)


def _system_act(session: Session, notice: Notice, local: date, rules: CountyRules) -> datetime | None:
    """Find since when a raise, or the end of a suspension, was due; None for an act of somebody."""
    of_rung, found = RAISE.match(notice.key), ENTRY.match(notice.key)
    if of_rung is not None:
        return _raise(session, of_rung, rules)
    if found is None:
        return None
    entry = session.scalars(
        select(Entry)
        .join(Case, Case.id == Entry.case_id)
        .where(Case.number == found["number"], Entry.seq == int(found["seq"]), Entry.actor_id.is_(None))
    ).one_or_none()
    if entry is None or entry.action not in ("raise", "resume"):
        return None
    if entry.action == "resume":
        return datetime.combine(local, datetime.min.time(), rules.zone)
    reminder = session.scalars(
        select(Reminder).where(
            Reminder.case_id == entry.case_id, Reminder.rung == "raise", Reminder.fired_on == local
        )
    ).first()
    if reminder is None:
        return None
    facts: dict[str, object] = {"clock": reminder.clock, "due_on": reminder.due_on.isoformat()}
    return _rung(session, found["number"], "raise", facts, rules)


def _raise(session: Session, key: re.Match[str], rules: CountyRules) -> datetime | None:
    """Find since when the rung was due whose key this is."""
    reminder = session.scalars(
        select(Reminder)
        .join(Case, Case.id == Reminder.case_id)
        .where(
            Case.number == key["number"],
            Reminder.clock == key["clock"],
            Reminder.cycle == int(key["cycle"]),
            Reminder.rung == "raise",
        )
    ).one_or_none()
    if reminder is None:
        return None
    facts: dict[str, object] = {"clock": reminder.clock, "due_on": reminder.due_on.isoformat()}
    return _rung(session, key["number"], "raise", facts, rules)


def _week(name: str, rules: CountyRules) -> datetime | None:
    found = WEEK.fullmatch(name)
    return _morning(date.fromisocalendar(int(found[1]), int(found[2]), 1), rules) if found else None


def _morning(day: date, rules: CountyRules) -> datetime:
    return datetime.combine(day, MORNING, rules.zone)
