"""Enter the State Council's notice for a year and let the dates that reach into it follow.

A date never falls before today by that: no notice makes an open case overdue (domain.md section 2). Each case
whose date moves gets an entry `recalculated`, and its clock a move `notice` that explains the new date.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import UNSET, UnsetType
from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from accounts import history
from accounts.access import policy
from accounts.access.actor import SYSTEM, Actor
from accounts.access.permissions import Permission
from cases.access.visibility import counted_for
from cases.configuration import calendar
from cases.configuration.calendar_history import SUBJECT, facts_of
from cases.configuration.case_rules import CountyRules
from cases.deadlines.notice_days import DECEMBER, NoticeDay, require_statutory_days, source_of, validate_days
from cases.history.facts import RecalculatedFacts
from cases.lifecycle import clocks
from cases.lifecycle.change import Change
from cases.lifecycle.commit_change import CALENDAR_CHANGE, commit_change
from cases.lifecycle.context import Moment
from cases.lifecycle.loading import load_context
from cases.models.case import Case, Clock, Complainant
from cases.models.reference import CalendarDay, CalendarYear
from core.errors import Invalid
from core.normalization.visibility import is_blank
from core.paging import PAGE
from workflow import due_dates
from workflow.working_days import WorkingCalendar


@dataclass(frozen=True)
class MovedDate:
    """A date that a notice moves: the case's number, which clock's, from and to."""

    case: str
    clock: str
    before: date
    after: date


@dataclass(frozen=True)
class Preview:
    """What a notice would move, as far as somebody may be told: of how many cases which dates, and whose.

    `whose` has the same dates with the numbers of the cases; it is empty for whoever reads no case.
    """

    cases: int
    dates: list[tuple[str, date, date]]
    whose: list[MovedDate]


def preview_notice(
    session: Session, *, actor: Actor, rules: CountyRules, year: int, days: Iterable[NoticeDay], now: datetime
) -> Preview:
    """Say what entering a notice would move, as far as the actor may be told; nothing changes."""
    policy.require(actor, Permission.CALENDAR_EDIT)
    days = validate_days(session, year, days)
    present = calendar.read(session)
    future = _with(present, year, _rows_of(session, year), days)
    first = _first_difference(present, future, year)
    dates = () if first is None else _moved(session, future, first, _today(rules, now), actor=actor)
    moved = [one for one in dates if one.before != one.after]
    return Preview(
        cases=len({one.case for one in moved}),
        dates=[(one.clock, one.before, one.after) for one in moved],
        whose=moved if policy.permits(actor, Permission.CASES_READ) else [],
    )


def enter_notice(
    session: Session,
    *,
    actor: Actor,
    rules: CountyRules,
    year: int,
    days: Iterable[NoticeDay],
    notice: str,
    now: datetime,
    without: Collection[date] = (),
) -> list[MovedDate]:
    """Enter or replace a year's notice and move the dates that follow from it; give those that moved.

    `days` are all days of the year that differ from the plain week; a notice may also name days of the
    December before. `without` are the statutory days that somebody confirmed the notice leaves out. Raises
    Invalid for days outside, for a notice without a name and for other statutory days that it leaves out.
    """
    policy.require(actor, Permission.CALENDAR_EDIT)
    days = validate_days(session, year, days)
    if is_blank(notice):
        raise Invalid({"notice": ["required"]})
    require_statutory_days(year, days, without)
    present = calendar.read(session)
    _write(session, actor=actor, rules=rules, year=year, days=days, notice=notice, now=now)
    future = calendar.set_calendar(session)
    first = _first_difference(present, future, year)
    if first is None:
        return []
    today = _today(rules, now)
    moved = list(_moved(session, future, first, today, actor=SYSTEM))
    for number in dict.fromkeys(one.case for one in moved):
        _recalculate(session, rules=rules, number=number, year=year, notice=notice, now=now)
    _reschedule_checks(session, first, today)
    return [one for one in moved if one.before != one.after]


def _rows_of(session: Session, year: int) -> dict[date, bool]:
    """Return the days that the present notice of a year names, those of the December before among them."""
    return {day: working for day, working, _name in calendar.named_days(session, year)}


def _with(
    present: WorkingCalendar, year: int, old: Mapping[date, bool], days: list[NoticeDay]
) -> WorkingCalendar:
    kept = {day: working for day, working in present.days.items() if day not in old}
    return WorkingCalendar({**kept, **{one.day: one.working for one in days}}, present.years | {year})


def _write(
    session: Session,
    *,
    actor: Actor,
    rules: CountyRules,
    year: int,
    days: list[NoticeDay],
    notice: str,
    now: datetime,
) -> None:
    old = _rows_of(session, year)
    row = session.get(CalendarYear, year)
    known = row is not None
    session.execute(delete(CalendarDay).where(CalendarDay.day.in_(old)))
    if days:
        session.execute(
            insert(CalendarDay),
            [
                {"day": one.day, "working": one.working, "name": one.name, "source": source_of(year)}
                for one in days
            ],
        )
    if row is None:
        row = CalendarYear(year=year, notice=notice, revision=1)
        session.add(row)
    else:
        row.notice, row.revision = notice, row.revision + 1
    facts = facts_of(
        notice=notice, before=old if known else None, after={one.day: one.working for one in days}
    )
    history.record(
        session,
        chain=rules.services.chain,
        subject_kind=SUBJECT,
        subject_id=year,
        action="notice",
        actor=actor,
        facts=facts,
        now=now,
        row=row,
    )


def _first_difference(present: WorkingCalendar, future: WorkingCalendar, year: int) -> date | None:
    """Return the first day that is at work in one calendar alone; dates before it cannot move."""
    day = date(year - 1, DECEMBER, 1)
    while day.year <= year:
        if present.is_working(day) != future.is_working(day):
            return day
        day += timedelta(days=1)
    return None


def _today(rules: CountyRules, now: datetime) -> date:
    return now.astimezone(rules.zone).date()


def _moved(
    session: Session, future: WorkingCalendar, first: date, today: date, *, actor: Actor
) -> Iterator[MovedDate]:
    """Yield every running date that the calendar moves, or that only a move can explain from now on.

    It goes through the cases that the actor may count.
    """
    running = (
        select(Case.number, Clock)
        .join(Case, Case.id == Clock.case_id)
        .where(Clock.running, Clock.due_on >= first, Clock.clock != "reply")
        .order_by(Case.id, Clock.clock)
        .execution_options(yield_per=PAGE)
    )
    for number, clock in session.execute(counted_for(running, actor)):
        after = _new_date(clock, future, today)
        if after is not None:
            yield MovedDate(number, clock.clock, clock.due_on, after)
    waiting = (
        select(Case.number, Complainant)
        .join(Case, Case.id == Complainant.case_id)
        .where(~Case.final, Complainant.reply_due_on >= first)
        .order_by(Case.id, Complainant.id)
        .execution_options(yield_per=PAGE)
    )
    for number, person in session.execute(counted_for(waiting, actor)):
        if person.reply_due_on is not None and person.reply_basis is not None:
            after, _ = _new_reply_date(person.reply_due_on, person.reply_basis, future, today)
            if after != person.reply_due_on:
                yield MovedDate(number, "reply", person.reply_due_on, after)


def _new_date(clock: Clock, future: WorkingCalendar, today: date) -> date | None:
    """Count a clock's date anew, or give None when it stays and needs no further explanation.

    An earlier notice no longer counts, and nothing becomes overdue by this one.
    """
    others = [move for move in clock.moves if move["why"] != "notice"]
    after = max(due_dates.replay(clock.basis, others, future), min(clock.due_on, today))
    explained = due_dates.replay(clock.basis, clock.moves, future) == clock.due_on
    return None if after == clock.due_on and explained else after


def _new_reply_date(
    before: date, basis: dict[str, Any], future: WorkingCalendar, today: date
) -> tuple[date, dict[str, Any]]:
    """Count a reply date anew; where it would lie in the past, it is counted from the day before today."""
    computed = due_dates.due(basis, future)
    least = min(before, today)
    if computed >= least:
        return computed, basis
    start = (least - timedelta(days=1)).isoformat()
    fresh = {"start": start, "days": 1, "unit": "cd", "profile": None}
    return due_dates.due(fresh, future), fresh


def _recalculate(
    session: Session, *, rules: CountyRules, number: str, year: int, notice: str, now: datetime
) -> None:
    """Move the dates of one case and record why."""
    moment = Moment.at(now, rules.zone)
    context = load_context(session, actor=SYSTEM, rules=rules, number=number, moment=moment)
    if not context.is_taken_up():
        # Imported history is not swept until somebody acts on it, and a notice is nobody's act.
        context = replace(context, moment=replace(moment, imported=True))
    change = Change.of(context)
    for name, clock in change.clocks.items():
        if name != "reply" and clock.running:
            _move(change, name, clock)
    facts = RecalculatedFacts(year=year, notice=notice, reply_dates=_move_replies(change))
    commit_change(change, "recalculated", facts, CALENDAR_CHANGE)


def _move(change: Change, name: str, clock: Clock) -> None:
    after = _new_date(clock, change.before.calendar, change.before.today)
    if after is not None:
        clocks.move(change, name, {"why": "notice", "to": after.isoformat()})


def _move_replies(change: Change) -> dict[str, tuple[date, date]] | UnsetType:
    """Move the reply dates of the complainants; give those that moved, by complainant."""
    context = change.before
    moved: dict[str, tuple[date, date]] = {}
    for person in change.complainants:
        before, basis = person.reply_due_on, person.reply_basis
        if before is None or basis is None:
            continue
        after, person.reply_basis = _new_reply_date(before, basis, context.calendar, context.today)
        person.reply_due_on = after
        if after != before:
            moved[str(person.id)] = (before, after)
    return moved or UNSET


def _reschedule_checks(session: Session, first: date, today: date) -> None:
    """Let the next sweep count the days of the rungs anew: they are working days too."""
    session.flush()
    session.execute(
        update(Clock)
        .where(
            Clock.running,
            Clock.resume_on.is_(None),
            Clock.next_check_on.is_not(None),
            or_(Clock.next_check_on >= first, Clock.due_on >= first),
        )
        .values(next_check_on=today)
        .execution_options(synchronize_session=False)
    )
