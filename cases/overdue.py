"""Look for what is late and fire the ladder, each rung once, however many look at the same time."""

import logging
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from accounts.actor import SYSTEM
from cases import audience, clocks, progress
from cases.loading import open_work
from cases.models import Case, Clock, Reminder
from cases.rules import Rules
from cases.situations import situation
from cases.work import Moment, Work
from core.db import Database
from core.errors import NotFound
from workflow import ladder, machine

log = logging.getLogger(__name__)

PAGE = 200
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


def sweep(db: Database, *, rules: Rules, now: datetime, stored_at: datetime | None = None) -> SweepResult:
    """Flag what is overdue and fire every rung whose morning has come.

    Safe to run at any time, twice, and by many at once: each case is locked and looked at again before
    anything is written, and the key of a reminder is unique. After an outage only the highest due rung of a
    clock is sent (domain.md section 3). A case that cannot be looked at now is named in `failed`, and the
    next sweep tries it again.
    """
    local = now.astimezone(rules.zone)
    result = SweepResult(today=local.date())
    moment = Moment(now=now, happened_at=now, recorded_at=now, stored_at=stored_at or now, today=local.date())
    with db.reading() as session:
        calendar = rules.calendars.current(session)
    morning = ladder.may_fire(local, calendar, urgent=False)
    if not morning and not ladder.may_fire(local, calendar, urgent=True):
        return result
    last = 0
    while True:
        with db.reading() as session:
            page = _page(session, result.today, after=last, urgent_only=not morning)
        if not page:
            return result
        for _, number in page:
            try:
                with db.transaction() as session:
                    found = _look_at(session, number=number, rules=rules, moment=moment, morning=morning)
            except Exception:  # one case, locked or broken, must not keep the others from being urged
                log.exception("the sweep could not look at %s", number)
                result.failed.append(number)
            else:
                _add(result, found)
        last = page[-1][0]


def _add(result: SweepResult, found: SweepResult) -> None:
    """Add what was done to one case, once it is committed."""
    for name in ("flagged", "fired", "skipped", "raised", "resumed"):
        getattr(result, name).extend(getattr(found, name))


def _page(session: Session, today: date, *, after: int, urgent_only: bool) -> list[tuple[int, str]]:
    """Give the next cases with a clock to look at; those that are not due cost nothing."""
    statement = (
        select(Case.id, Case.number)
        .join(Clock, Clock.case_id == Case.id)
        .where(Clock.next_look_on <= today, Case.id > after)
        .group_by(Case.id, Case.number)
        .order_by(Case.id)
        .limit(PAGE)
    )
    if urgent_only:
        statement = statement.where(or_(Case.urgency == "urgent", Clock.resume_on <= today))
    return [(case_id, number) for case_id, number in session.execute(statement)]


def _look_at(session: Session, *, number: str, rules: Rules, moment: Moment, morning: bool) -> SweepResult:
    result = SweepResult(today=moment.today)
    try:
        work = open_work(session, actor=SYSTEM, rules=rules, number=number, moment=moment)
    except NotFound:
        return result
    was_overdue = work.case.overdue
    _resume_if_due(work, result)
    if not morning and work.case.urgency != "urgent":
        return result  # what is not urgent waits for a working morning, also when its clock runs again today
    # The handling clock comes first: when its last rung raises the case, the accept clock stops unasked.
    for name in sorted(work.clocks, key=lambda one: one != "handling"):
        clock = work.clocks[name]
        if clock.running and clock.next_look_on is not None and clock.next_look_on <= moment.today:
            _climb(work, clock, result)
    if work.case.overdue and not was_overdue:
        result.flagged.append(number)
    return result


def _resume_if_due(work: Work, result: SweepResult) -> None:
    clock = work.clocks.get("handling")
    if clock is None or not clock.running or clock.resume_on is None or clock.resume_on > work.today:
        return
    if machine.opening(work.definition, situation(work), "resume").status == "allowed":
        progress.perform(work, "resume", {"reason": ""})
        work.facts = {}
        result.resumed.append(work.case.number)


def _climb(work: Work, clock: Clock, result: SweepResult) -> None:
    """Fire the highest due rung of one clock and record the lower ones as skipped or not applicable."""
    done = frozenset(
        work.session.scalars(
            select(Reminder.rung).where(
                Reminder.case_id == clock.case_id,
                Reminder.clock == clock.clock,
                Reminder.cycle == clock.cycle,
            )
        )
    )
    plan = clocks.plan(work, clock, today=work.today, done=done)
    clock.next_look_on = plan.next_on
    fire, skipped = plan.fire, list(plan.skipped)
    closed = _why_not_raised(work) if fire == "raise" else None
    if closed is not None:
        fire = skipped.pop() if skipped else None
    for rung in plan.not_applicable:
        _note(work, clock, rung, "not_applicable")
    for rung in skipped:
        _note(work, clock, rung, "skipped")
        result.skipped.append(_row(work, clock, rung))
    if closed is not None:
        # At the top unit there is nobody to raise to: the case stays on the weekly notice instead.
        _mark_overdue(work, clock)
        _note(work, clock, "raise", "skipped", reason=closed)
        result.skipped.append(_row(work, clock, "raise"))
    if fire is not None:
        _fire(work, clock, fire, result)
    elif plan.not_applicable or skipped:
        work.session.flush()


def _why_not_raised(work: Work) -> str | None:
    opening = machine.opening(work.definition, situation(work), "raise")
    return None if opening.allowed else opening.reasons[0]


def _fire(work: Work, clock: Clock, rung: str, result: SweepResult) -> None:
    row = _row(work, clock, rung)  # raising begins another cycle
    if rung == "raise":
        _keep(work, clock, rung, "fired")
        work.facts = {"clock": clock.clock, "cycle": clock.cycle, "skipped": False}
        work.notices = []
        progress.perform(work, "raise", {})
        result.raised.append(work.case.number)
    else:
        if rung in LATE_RUNGS:
            _mark_overdue(work, clock)
        _note(work, clock, rung, "fired")
        _tell(work, clock, rung)
    result.fired.append(row)


def _mark_overdue(work: Work, clock: Clock) -> None:
    clock.overdue = work.case.overdue = True
    if clock.clock == "handling":
        clocks.note_lateness(work)


def _note(work: Work, clock: Clock, rung: str, outcome: str, **facts: str) -> None:
    """Record a rung with an entry of its own; the version stays, for nobody changed the matter."""
    _keep(work, clock, rung, outcome)
    work.facts = {"clock": clock.clock, "cycle": clock.cycle, "skipped": outcome != "fired", **facts}
    if outcome == "not_applicable":
        work.facts["not_applicable"] = True
    progress.record(work, rung, work.case.state)


def _keep(work: Work, clock: Clock, rung: str, outcome: str) -> None:
    work.session.add(
        Reminder(
            case_id=clock.case_id,
            clock=clock.clock,
            cycle=clock.cycle,
            rung=rung,
            result=outcome,
            due_on=clock.due_on,
            fired_on=work.today,
        )
    )


def _tell(work: Work, clock: Clock, rung: str) -> None:
    duty = work.case.reply_owner_id if clock.clock == "reply" else work.case.owner_id
    recipients = audience.choose(work, work.staff, audience.RUNGS[rung], duty=duty)
    facts = {"clock": clock.clock, "due_on": clock.due_on.isoformat()}
    key = f"{work.case.number}:{clock.clock}:{clock.cycle}:{rung}"
    audience.put(work, rung, recipients, facts, key=key)


def _row(work: Work, clock: Clock, rung: str) -> dict[str, Any]:
    return {"case": work.case.number, "clock": clock.clock, "cycle": clock.cycle, "rung": rung}


def still_wanted(case: Case | None, kind: str, facts: dict[str, Any], clock: Clock | None) -> bool:
    """Tell whether a reminder still has its reason when it is about to be sent (trust.md T47)."""
    if kind not in {"remind", "urge", "supervise"}:
        return True
    if case is None or case.final or clock is None:
        return False
    return clock.running and clock.due_on.isoformat() == facts.get("due_on")
