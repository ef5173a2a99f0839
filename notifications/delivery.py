"""Carry the outbox out: claim, send with no transaction open, mark (threats.md 3.6)."""

import random
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from core.persistence.db import Database
from notifications.channels.message import Channel, DeliveryRefused, Message
from notifications.models import Delivery, Notice

BATCH = 5
LEASE = timedelta(minutes=5)
MOST_TRIES = 48
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=2)
LONGEST_ERROR = 300  # characters

Wanted = Callable[[Session, Notice], bool]


@dataclass
class DeliveryResult:
    """How many were sent, failed and wait for another try, were given up, or had lost their reason."""

    sent: int = 0
    failed: int = 0
    dead: int = 0
    dropped: int = 0


@dataclass(frozen=True)
class _DeliveryRun:
    """One run of one worker; its lease has a name of its own, so that nobody marks what another claimed."""

    db: Database
    channels: Mapping[str, Channel]
    lease: str
    now: datetime
    started: float
    tick: Callable[[], float]
    epoch: str
    sample: bool

    def moment(self) -> datetime:
        """Return the present moment: a run with a slow gateway lasts, and no lease may end before it does."""
        return self.now + timedelta(seconds=self.tick() - self.started)


def deliver(
    db: Database,
    *,
    channels: Mapping[str, Channel],
    now: datetime,
    worker: str,
    wanted: Wanted | None = None,
    limit: int = 1000,
    tick: Callable[[], float] = time.monotonic,
    epoch: str = "",
    sample: bool = False,
) -> DeliveryResult:
    """Send what is due over the given channels, at most `limit` letters.

    Each letter at least once, by any number of workers: a lease keeps a letter with one worker for five
    minutes, and who takes it over repeats the same key. `wanted` is asked right before sending; a notice that
    has lost its reason is dropped. What fails is tried again after growing pauses, 48 times in some three
    days, then it is dead and has the reason. What the receiver refuses for good is dead at once. `epoch` is
    that of the last restore (`notifications.restore_guard`), and a letter of a sample says that it is one.
    """
    lease = f"{worker}:{secrets.token_hex(4)}"
    run = _DeliveryRun(db, channels, lease, now, tick(), tick, epoch, sample)
    result = DeliveryResult()
    left = limit
    while left > 0 and (claimed := _claim(run, min(BATCH, left))):
        for delivery, notice in claimed:
            _send_one(run, delivery, notice, wanted, result)
        left -= len(claimed)
    return result


def count_due(db: Database, *, channels: Mapping[str, Channel], now: datetime) -> int:
    """Count the letters that `deliver` would send or try to send at a moment."""
    with db.reading() as session:
        return session.scalars(select(func.count()).select_from(Delivery).where(_due(now, channels))).one()


def _due(moment: datetime, channels: Mapping[str, Channel]) -> ColumnElement[bool]:
    """Return which letters are to be sent; one that waits too long was put off by a wrong clock."""
    too_late, too_long = moment + 2 * LONGEST_PAUSE, moment + 2 * LEASE
    waiting = and_(
        Delivery.status == "pending",
        or_(Delivery.next_at.is_(None), Delivery.next_at <= moment, Delivery.next_at > too_late),
    )
    abandoned = and_(
        Delivery.status == "sending", or_(Delivery.lease_until <= moment, Delivery.lease_until > too_long)
    )
    return and_(Delivery.channel.in_(tuple(channels)), or_(waiting, abandoned))


def _claim(run: _DeliveryRun, size: int) -> list[tuple[Delivery, Notice]]:
    """Take the next letters that are due, and count the try before it is made: a crash is a try as well."""
    moment = run.moment()
    due = _due(moment, run.channels)
    with run.db.reading() as session:
        if session.scalars(select(Delivery.id).where(due).limit(1)).first() is None:
            return []
    with run.db.transaction() as session:
        rows = session.execute(
            select(Delivery, Notice)
            .join(Notice, Notice.id == Delivery.notice_id)
            .where(due)
            .order_by(Delivery.id)
            .limit(size)
            .with_for_update(of=Delivery, skip_locked=True)
        ).all()
        claimed = [(delivery, notice) for delivery, notice in rows]
        for delivery, _ in claimed:
            delivery.status = "sending"
            delivery.attempts += 1
            delivery.lease_by = run.lease
            delivery.lease_until = moment + LEASE
    return claimed


def _send_one(
    run: _DeliveryRun, delivery: Delivery, notice: Notice, wanted: Wanted | None, result: DeliveryResult
) -> None:
    """Send one letter and mark what became of it."""
    if delivery.attempts > MOST_TRIES:  # every worker that tried it died before it could mark it
        _fail(run, delivery, delivery.last_error or "no worker outlived it", True, result)
        return
    try:
        if wanted is not None and not _still_wanted(run.db, wanted, notice):
            result.dropped += _set_status(run, delivery, status="dropped")
            return
        key = f"{delivery.dedupe_key}:{run.epoch}" if run.epoch else delivery.dedupe_key
        letter = Message(key, delivery.address, notice.kind, notice.facts, run.moment(), run.sample)
        run.channels[delivery.channel].send(letter)
    except DeliveryRefused as refusal:
        _fail(run, delivery, refusal.reason, refusal.permanent, result)
    except Exception as error:  # a text that cannot be made must not keep the others from being told
        _fail(run, delivery, f"{type(error).__name__}: {error}", False, result)
    else:
        result.sent += _set_status(run, delivery, status="sent", sent_at=run.moment(), last_error=None)


def _still_wanted(db: Database, wanted: Wanted, notice: Notice) -> bool:
    with db.reading() as session:
        return wanted(session, notice)


def _fail(
    run: _DeliveryRun, delivery: Delivery, reason: str, permanent: bool, result: DeliveryResult
) -> None:
    error = reason[:LONGEST_ERROR] or "no reason given"
    if permanent or delivery.attempts >= MOST_TRIES:
        result.dead += _set_status(run, delivery, status="dead", last_error=error)
        return
    next_at = run.moment() + pause(delivery.attempts)
    result.failed += _set_status(run, delivery, status="pending", next_at=next_at, last_error=error)


def pause(tries: int) -> timedelta:
    """Return the pause after so many tries: doubled each time, shaken so that not all come back at once."""
    doubled = min(FIRST_PAUSE * (1 << min(tries - 1, 10)), LONGEST_PAUSE)
    return doubled * random.uniform(0.75, 1.25)


def _set_status(run: _DeliveryRun, delivery: Delivery, **values: Any) -> int:
    """Write down what became of a letter, unless the lease has gone to another worker meanwhile."""
    with run.db.transaction() as session:
        marked = session.scalars(
            update(Delivery)
            .where(Delivery.id == delivery.id, Delivery.status == "sending", Delivery.lease_by == run.lease)
            .values(lease_by=None, lease_until=None, **values)
            .returning(Delivery.id)
            .execution_options(synchronize_session=False)
        ).all()
    return len(marked)
