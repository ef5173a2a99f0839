"""Count what each user did in each day of the county, in the database, so that it holds across workers.

Counted is in one statement at the end of the transaction of what is counted, after everything else that it
locks: two requests of one user at once wait for each other there, and what is refused takes its count back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, CursorResult, ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import Permission
from accounts.models import Area, Unit, User
from config.quotas import IN_MEGABYTES, MEGABYTE, QuotaLimits
from core.errors import TooMany
from core.persistence.db import Base
from core.persistence.upsert import Insert, Upsert

#: So many days administrators can see who met a limit.
KEPT_DAYS = 30


class QuotaCount(Base):
    """How much of one thing a user did in one day of the county, and how often more of it was refused."""

    __tablename__ = "quota_counts"
    __table_args__ = (
        CheckConstraint("count >= 0 AND refused >= 0", name="counted"),
        CheckConstraint("length(quota) BETWEEN 1 AND 40", name="quota_length"),
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    quota: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
    refused: Mapped[int]


COUNTS = Base.metadata.tables[QuotaCount.__tablename__]


def _add(insert: Insert, _: str) -> Any:
    statement = insert(COUNTS)
    fresh = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=[COUNTS.c.day, COUNTS.c.user_id, COUNTS.c.quota],
        set_={"count": COUNTS.c.count + fresh.count, "refused": COUNTS.c.refused + fresh.refused},
    ).returning(COUNTS.c.quota, COUNTS.c.count)


ADD = Upsert(_add)


class OverQuota(TooMany):
    """Say that a user has done too much of something today; `limit` names it, `most` and `used` say how much.

    Both are as the limit is set: pieces, or millions of bytes.
    """

    def __init__(
        self, *, user_id: int, limit: str, most: int, used: int, now: datetime, zone: tzinfo
    ) -> None:
        today = now.astimezone(zone).date()
        again = today + timedelta(days=1)
        opens = datetime.combine(again, time(), zone)
        super().__init__(
            retry_after=max(1, int((opens - now).total_seconds()) + 1),
            reason="quota",
            limit=limit,
            most=most,
            used=used,
            again_on=again.isoformat(),
        )
        self.user_id, self.limit, self.day = user_id, limit, today


@dataclass(frozen=True)
class MetLimit:
    """A user who was refused more of something on one day, how much there was of it, and how often."""

    day: date
    username: str
    name: str
    quota: str
    count: int
    refused: int


def add(
    session: Session,
    *,
    user_id: int,
    used: Mapping[str, int],
    limits: QuotaLimits,
    now: datetime,
    zone: tzinfo,
) -> None:
    """Count what a user did, in one statement; raise OverQuota, which takes it back, where it is too much.

    Exactly so much as a limit says goes through, however many requests come at once.
    """
    day = now.astimezone(zone).date()
    first = {"day": day, "user_id": user_id, "refused": 0}
    rows = [{**first, "quota": name, "count": used[name]} for name in sorted(used)]
    session.flush()
    given = rows if len(rows) > 1 else rows[0]
    for name, count in session.connection().execute(ADD.on(session), given).all():
        if count > limits.most(name):
            raise over(user_id=user_id, name=name, used=count - used[name], limits=limits, now=now, zone=zone)


def over(
    *, user_id: int, name: str, used: int, limits: QuotaLimits, now: datetime, zone: tzinfo
) -> OverQuota:
    """Make the refusal of what goes beyond a limit; `used` is what there was before, as it is counted."""
    unit = MEGABYTE if name in IN_MEGABYTES else 1
    return OverQuota(
        user_id=user_id, limit=name, most=limits.numbers[name], used=used // unit, now=now, zone=zone
    )


def add_refusal(session: Session, refusal: OverQuota) -> None:
    """Note that more was refused; what was asked for is not counted."""
    row = {"day": refusal.day, "user_id": refusal.user_id, "quota": refusal.limit, "count": 0, "refused": 1}
    session.connection().execute(ADD.on(session), row).all()


def list_met(session: Session, *, actor: Actor, today: date) -> list[MetLimit]:
    """List who met a limit in the last 30 days, within the person's area, newest first."""
    policy.require(actor, Permission.USERS_MANAGE)
    found = (
        select(
            QuotaCount.day, User.username, User.name, QuotaCount.quota, QuotaCount.count, QuotaCount.refused
        )
        .join(User, User.id == QuotaCount.user_id)
        .join(Unit, Unit.id == User.unit_id)
        .join(Area, Area.id == Unit.area_id)
        .where(QuotaCount.refused > 0, QuotaCount.day > today - timedelta(days=KEPT_DAYS))
        .order_by(QuotaCount.day.desc(), User.username, QuotaCount.quota)
    )
    return [MetLimit(*row) for row in session.execute(policy.within_areas(found, actor, Area.path))]


def delete_expired(session: Session, *, today: date) -> int:
    """Drop what was counted more than 30 days ago; give how many rows."""
    result: CursorResult[Any] = session.execute(  # type: ignore[assignment]  # a DELETE always gives a cursor
        delete(QuotaCount).where(QuotaCount.day <= today - timedelta(days=KEPT_DAYS))
    )
    return result.rowcount
