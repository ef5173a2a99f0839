"""Count tries in the database, so that a limit holds across workers, machines and restarts.

Only refusals that may be guesses and named costly calls are counted, never an ordinary read
(docs/decisions/0008). What is counted is dropped a day later.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, CursorResult, bindparam, case, delete, or_, select
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


def refuse_when_spent(session: Session, *, limit: Limit, subject: str, now: datetime) -> None:
    """Raise TooMany when no try is left; reads one row and writes nothing."""
    row = session.execute(
        select(Attempt.since, Attempt.count).where(Attempt.limit == limit.name, Attempt.subject == subject)
    ).one_or_none()
    if row is None:
        return
    since, count = row
    if count >= limit.most and now - limit.within < since <= now + limit.within:
        raise _too_many(limit, since, now)


def spend(session: Session, *, limit: Limit, subject: str, now: datetime) -> None:
    """Count one try, in one statement; raise TooMany, which takes the count back, when none was left.

    Counting begins anew once the time is over, and also when it lies further ahead than a limit lasts: then
    somebody has set the clock back.
    """
    first = {"limit": limit.name, "subject": subject, "since": now, "count": 1}
    passed = {"over": now - limit.within, "ahead": now + limit.within}
    since, count = session.execute(COUNT.on(session), {**first, **passed}).one()
    if count > limit.most:
        raise _too_many(limit, since, now)


def delete_expired(session: Session, *, now: datetime) -> int:
    """Drop what was counted more than a day ago; give how many rows."""
    result: CursorResult[Any] = session.execute(  # type: ignore[assignment]  # a DELETE always gives a cursor
        delete(Attempt).where(Attempt.since < now - RETENTION)
    )
    return result.rowcount


def _too_many(limit: Limit, since: datetime, now: datetime) -> TooMany:
    left = (since + limit.within - now).total_seconds()
    return TooMany(retry_after=max(1, int(left) + 1), limit=limit.name)
