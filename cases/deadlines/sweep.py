"""Look for what is late and fire the ladder, each rung once, however many look at the same time."""

import logging
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from accounts.access.actor import SYSTEM
from cases.configuration.case_rules import CountyRules
from cases.deadlines.ladder_rungs import SweepResult, apply_plan, is_due, moves_clock
from cases.deadlines.sweep_writers import BatchWriter, ImmediateWriter
from cases.lifecycle import clocks, take_step
from cases.lifecycle.action_values import OptionalReasonValues
from cases.lifecycle.context import CaseContext, Moment
from cases.lifecycle.guard_facts import build_situation
from cases.lifecycle.loading import load_context, load_unlocked
from cases.models.case import Case, Clock, Reminder
from config.vocabulary import Urgency
from core.errors import NotFound
from core.persistence.db import Database
from workflow import ladder, machine

log = logging.getLogger(__name__)

#: So many cases are looked at together; on SQLite nobody else writes for as long as they take.
PAGE = 200
Rungs = dict[tuple[int, str, int], set[str]]
#: The day on which a clock is to be looked at and the id of its case; and with its number.
Position = tuple[date, int]
Due = tuple[date, int, str]


def sweep(
    db: Database, *, rules: CountyRules, now: datetime, stored_at: datetime | None = None
) -> SweepResult:
    """Flag what is overdue and fire every rung whose morning has come.

    Safe to run at any time, twice, and by many at once: each case is locked and looked at again before
    anything is written, and the key of a reminder is unique. After an outage only the highest due rung of a
    clock is sent (domain.md section 3). A case that cannot be looked at now is named in `failed`, and the
    next sweep tries it again.
    """
    local = now.astimezone(rules.zone)
    result = SweepResult(today=local.date())
    moment = Moment.at(now, rules.zone, stored_at=stored_at)
    with db.reading() as session:
        calendar = rules.services.calendars.current(session)
    morning = ladder.may_fire(local, calendar, urgent=False)
    if not morning and not ladder.may_fire(local, calendar, urgent=True):
        return result
    last: Position | None = None
    while True:
        with db.reading() as session:
            page = _page(session, result.today, after=last, urgent_only=not morning)
        if not page:
            return result
        numbers = {case_id: number for _, case_id, number in page}
        done = _sweep_page(db, list(numbers), rules=rules, moment=moment, result=result) if morning else set()
        for case_id, number in numbers.items():
            if case_id not in done:
                _sweep_one(db, number, rules=rules, moment=moment, morning=morning, result=result)
        last = page[-1][:2]


def _page(session: Session, today: date, *, after: Position | None, urgent_only: bool) -> list[Due]:
    """Return the next cases with a clock to look at, in the order of an index; those not due cost nothing."""
    statement = (
        select(Clock.next_check_on, Case.id, Case.number)
        .join(Case, Case.id == Clock.case_id)
        .where(Clock.next_check_on <= today)
        .order_by(Clock.next_check_on, Clock.case_id)
        .limit(PAGE)
    )
    if after is not None:
        day, case_id = after
        statement = statement.where(
            Clock.next_check_on >= day, or_(Clock.next_check_on > day, Clock.case_id > case_id)
        )
    if urgent_only:
        statement = statement.where(or_(Case.urgency == Urgency.URGENT, Clock.resume_on <= today))
    rows = session.execute(statement)
    return [(day, case_id, number) for day, case_id, number in rows if day is not None]


def _sweep_page(
    db: Database, ids: Sequence[int], *, rules: CountyRules, moment: Moment, result: SweepResult
) -> set[int]:
    """Do all cases of a page in one transaction; give those that are done.

    The others are done alone: what somebody holds, what is broken, and all of them when the page is.
    """
    found = SweepResult(today=moment.today)
    try:
        with db.transaction() as session:
            contexts = load_unlocked(session, actor=SYSTEM, rules=rules, moment=moment, ids=ids)
            fired = _fired(session, ids)
            writer = BatchWriter(session, moment.now)
            done = {one.case.id for one in contexts if _apply_plans(writer, one, fired, found)}
            writer.flush()
            for context in contexts:
                if context.case.id not in done and _sweep_nested(session, context, found):
                    done.add(context.case.id)
    except Exception:  # which case it was shows when each is done alone
        log.warning("the sweep goes through %d cases one by one", len(ids), exc_info=True)
        return set()
    result.add(found)
    return done


def _sweep_nested(session: Session, free: CaseContext, result: SweepResult) -> bool:
    """Do a case that a rung or the end of a suspension moves; False when that failed and left nothing."""
    try:
        with session.begin_nested():
            found = _sweep_locked(
                session, number=free.case.number, rules=free.rules, moment=free.moment, morning=True
            )
    except Exception:  # what is wrong with it shows when it is done alone
        return False
    result.add(found)
    return True


def _apply_plans(writer: BatchWriter, context: CaseContext, fired: Rungs, result: SweepResult) -> bool:
    """Climb all due clocks of a case, unless one of them would move it: then give False and do nothing."""
    if _may_resume(context):
        return False
    due = [clock for clock in _in_order(context) if is_due(clock, context.today)]
    plans = {clock.clock: _plan(context, clock, fired) for clock in due}
    if any(moves_clock(clock, plans[clock.clock].fire) for clock in due):
        return False
    was_late, was_overdue = context.round.late, context.case.overdue
    for clock in due:
        was_flagged = clock.overdue
        apply_plan(writer, context, clock, plans[clock.clock], result)
        writer.schedule_next_check(clock, flagged=clock.overdue and not was_flagged)
    if context.round.late and not was_late:
        writer.add_lateness(context.round)
    if context.case.overdue and not was_overdue:
        result.flagged.append(context.case.number)
    return True


def _sweep_one(
    db: Database, number: str, *, rules: CountyRules, moment: Moment, morning: bool, result: SweepResult
) -> None:
    try:
        with db.transaction() as session:
            found = _sweep_locked(session, number=number, rules=rules, moment=moment, morning=morning)
    except Exception:  # one case, locked or broken, must not keep the others from being urged
        log.exception("the sweep could not look at %s", number)
        result.failed.append(number)
    else:
        result.add(found)


def _sweep_locked(
    session: Session, *, number: str, rules: CountyRules, moment: Moment, morning: bool
) -> SweepResult:
    result = SweepResult(today=moment.today)
    try:
        context = load_context(session, actor=SYSTEM, rules=rules, number=number, moment=moment)
    except NotFound:
        return result
    was_overdue = context.case.overdue
    if _may_resume(context) and _is_open(context, "resume"):
        context = take_step.apply_action(context, "resume", OptionalReasonValues()).context
        result.resumed.append(number)
    if not morning and context.case.urgency != Urgency.URGENT:
        return result  # what is not urgent waits for a working morning, also when its clock runs again today
    fired = _fired(session, [context.case.id])
    writer = ImmediateWriter(session)
    for name in [clock.clock for clock in _in_order(context)]:
        clock = context.clocks[name]
        if is_due(clock, context.today):
            context = apply_plan(writer, context, clock, _plan(context, clock, fired), result)
    if context.case.overdue and not was_overdue:
        result.flagged.append(number)
    return result


def _is_open(context: CaseContext, action: str) -> bool:
    return machine.availability(context.definition, build_situation(context), action).allowed


def _plan(context: CaseContext, clock: Clock, fired: Rungs) -> ladder.Plan:
    done = fired.get((clock.case_id, clock.clock, clock.cycle), ())
    return clocks.plan(context, clock, today=context.today, done=frozenset(done))


def _in_order(context: CaseContext) -> list[Clock]:
    """List the clocks, handling first: when its last rung raises the case, the accept clock stops unasked."""
    return [context.clocks[name] for name in sorted(context.clocks, key=lambda one: one != "handling")]


def _may_resume(context: CaseContext) -> bool:
    clock = context.clocks.get("handling")
    if clock is None or not clock.running or clock.resume_on is None:
        return False
    return clock.resume_on <= context.today


def _fired(session: Session, ids: Sequence[int]) -> Rungs:
    """Return the rungs that the clocks of some cases have had in each cycle."""
    found: Rungs = {}
    rows = session.execute(
        select(Reminder.case_id, Reminder.clock, Reminder.cycle, Reminder.rung).where(
            Reminder.case_id.in_(ids)
        )
    )
    for case_id, clock, cycle, rung in rows:
        found.setdefault((case_id, clock, cycle), set()).add(rung)
    return found
