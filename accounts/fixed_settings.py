"""Fix what an installation cannot change once it has data: its zone, its secret key, and what it is for."""

from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts import history
from accounts.access.actor import SYSTEM
from core.chain import Chain
from core.errors import Conflict
from core.persistence.db import Base, Database

TIMEZONE = "timezone"


class FixedSetting(Base):
    """A setting that was fixed when the database was made; the database refuses to change or delete it."""

    __tablename__ = "pinned_settings"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


def fixed_zone(session: Session, zone: ZoneInfo, *, chain: Chain, now: datetime) -> None:
    """Fix the county's zone at the first call; later calls change nothing.

    Every date in the database is a day of that zone (domain.md section 1, Times). Raises Conflict
    `zone_is_pinned` with both names when another zone is asked for.
    """
    if not _is_fixed(session, zone):
        add_setting(session, TIMEZONE, zone.key, chain=chain, now=now)


def add_setting(session: Session, name: str, value: str, *, chain: Chain, now: datetime) -> None:
    """Fix a setting for ever, with an entry in its chain; the database refuses a second value."""
    row = FixedSetting(name=name, value=value)
    session.add(row)
    history.record(
        session,
        chain=chain,
        subject_kind="setting",
        subject_id=name,
        action="pin",
        actor=SYSTEM,
        facts={"value": value},
        now=now,
        row=row,
    )


def require_same_zone(db: Database, zone: ZoneInfo, *, chain: Chain) -> None:
    """Refuse a database that was made with another zone or another secret key, before anything is written.

    With another zone every date would move, with another key the chains would break (threats.md 3.5). A
    database that does not answer, or that has not been made yet, is left to whoever works with it. Raises
    Conflict `zone_is_pinned` or `made_with_other_key`.
    """
    with suppress(DBAPIError, PoolTimeout), db.reading() as session:
        if not _is_fixed(session, zone):
            return
        entry = history.RegisterEntry
        made_with = session.scalars(
            select(entry.key_id).where(entry.subject_kind == "setting", entry.subject_id == TIMEZONE)
        ).first()
        if made_with is not None and made_with not in chain.keys:
            raise Conflict("made_with_other_key", key_id=made_with)


def _is_fixed(session: Session, zone: ZoneInfo) -> bool:
    """Return whether the zone is fixed already; raise Conflict `zone_is_pinned` when it is another one."""
    row = session.get(FixedSetting, TIMEZONE)
    if row is not None and row.value != zone.key:
        raise Conflict("zone_is_pinned", pinned=row.value, asked=zone.key)
    return row is not None
