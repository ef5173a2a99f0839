"""Count tries in the database, so that a limit holds across workers, machines and restarts.

Only refusals that may be guesses and named costly calls are counted, never an ordinary read
(docs/decisions/0008). What is counted is dropped a day later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, CursorResult, bindparam, case, delete, or_, select, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.errors import TooMany
from core.persistence.db import Base, UTCDateTime
from core.persistence.upsert import Insert, Upsert

RETENTION = timedelta(days=1)


class Attempt(Base):
    """How often one person or address tried one thing since a moment."""

    __tablename__ = "tries"
    __table_args__ = (
        CheckConstraint("count > 0", name="counted"),
        CheckConstraint("length(subject) BETWEEN 1 AND 100", name="subject_length"),
    )

    limit: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    count: Mapped[int]


TRIES = Base.metadata.tables[Attempt.__tablename__]


def _count(insert: Insert, _: str) -> Any:
    over = or_(TRIES.c.since <= bindparam("over"), TRIES.c.since > bindparam("ahead"))
    statement = insert(TRIES)
    fresh = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=[TRIES.c.limit, TRIES.c.subject],
        set_={
            "since": case((over, fresh.since), else_=TRIES.c.since),
            "count": case((over, fresh.count), else_=TRIES.c.count + 1),
        },
    ).returning(TRIES.c.since, TRIES.c.count)


COUNT = Upsert(_count)


@dataclass(frozen=True)
class Limit:
    """So many tries within so long, counted from the first; none is longer than what is kept."""

    name: str
    most: int
    within: timedelta


#: What one try counts for: limits, each with whom it is counted of. Always in one order, so that of two tries
#: that are counted at once neither waits for the other for ever.
Counted = Sequence[tuple[Limit, str]]


@dataclass(frozen=True)
class Tried:
    """How often something was tried within the time of a limit, and for how long that still counts."""

    count: int
    seconds_left: int


NOTHING = Tried(0, 0)


def list_spent(session: Session, counted: Counted, *, now: datetime) -> list[Tried]:
    """Return what was tried of each, in one statement that writes nothing."""
    asked = [(limit.name, subject) for limit, subject in counted]
    rows = session.execute(
        select(Attempt.limit, Attempt.subject, Attempt.since, Attempt.count).where(
            tuple_(Attempt.limit, Attempt.subject).in_(asked)
        )
    )
    known = {(name, subject): (since, count) for name, subject, since, count in rows}
    found = []
    for limit, subject in counted:
        since, count = known.get((limit.name, subject), (now, 0))
        lasts = now - limit.within < since <= now + limit.within
        found.append(Tried(count, _seconds_left(limit, since, now)) if count and lasts else NOTHING)
    return found


def refuse_when_any_spent(session: Session, counted: Counted, *, now: datetime) -> None:
    """Raise TooMany when no try is left of one of them, for the longest wait; writes nothing."""
    over = [
        (spent.seconds_left, limit.name)
        for (limit, _), spent in zip(counted, list_spent(session, counted, now=now), strict=True)
        if spent.count >= limit.most
    ]
    if over:
        seconds, name = max(over)
        raise TooMany(retry_after=seconds, limit=name)


def refuse_when_spent(session: Session, *, limit: Limit, subject: str, now: datetime) -> None:
    """Raise TooMany when no try is left; reads one row and writes nothing."""
    refuse_when_any_spent(session, [(limit, subject)], now=now)


def spend(session: Session, *, limit: Limit, subject: str, now: datetime) -> int:
    """Count one try, in one statement, and return which it was.

    Raises TooMany, which takes the count back, when none was left.

    Counting begins anew once the time is over, and also when it lies further ahead than a limit lasts: then
    somebody has set the clock back.
    """
    first = {"limit": limit.name, "subject": subject, "since": now, "count": 1}
    passed = {"over": now - limit.within, "ahead": now + limit.within}
    since, count = session.execute(COUNT.on(session), {**first, **passed}).one()
    if count > limit.most:
        raise TooMany(retry_after=_seconds_left(limit, since, now), limit=limit.name)
    return int(count)


def delete_expired(session: Session, *, now: datetime) -> int:
    """Drop what was counted more than a day ago; give how many rows."""
    result: CursorResult[Any] = session.execute(  # type: ignore[assignment]  # a DELETE always gives a cursor
        delete(Attempt).where(Attempt.since < now - RETENTION)
    )
    return result.rowcount


def _seconds_left(limit: Limit, since: datetime, now: datetime) -> int:
    return max(1, int((since + limit.within - now).total_seconds()) + 1)
