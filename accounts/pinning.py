"""Keep what an installation cannot change once it has data: the zone in which its days are counted."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts import history
from accounts.actor import SYSTEM
from core.chain import Chain
from core.db import Base
from core.errors import Conflict

TIMEZONE = "timezone"


class Pinned(Base):
    """A setting that was fixed when the database was made; the database refuses to change or delete it."""

    __tablename__ = "pinned_settings"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


def pinned_zone(session: Session, zone: ZoneInfo, *, chain: Chain, now: datetime) -> None:
    """Fix the county's zone at the first call; later calls change nothing.

    Every date in the database is a day of that zone (domain.md section 1, Times). Raises Conflict
    `zone_is_pinned` with both names when another zone is asked for.
    """
    row = session.get(Pinned, TIMEZONE)
    if row is not None:
        if row.value != zone.key:
            raise Conflict("zone_is_pinned", pinned=row.value, asked=zone.key)
        return
    row = Pinned(name=TIMEZONE, value=zone.key)
    session.add(row)
    history.record(
        session,
        chain=chain,
        subject_kind="setting",
        subject_id=TIMEZONE,
        action="pin",
        actor=SYSTEM,
        facts={"value": zone.key},
        now=now,
        row=row,
    )
