"""Keep which keys a database is sealed with, and refuse to work without them (docs/decisions/0052)."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from sqlalchemy import Connection, inspect, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from cases.models.personal_keys import PersonalKeyInUse
from core.errors import Conflict
from core.persistence.db import Database
from core.sealing.personal_keys import PersonalKeys


def load_keys(session: Session) -> Sequence[PersonalKeyInUse]:
    """Return the keys of this database, the newest first; those that were replaced are among them."""
    newest = PersonalKeyInUse.used_from.desc()
    return session.scalars(select(PersonalKeyInUse).order_by(newest, PersonalKeyInUse.id)).all()


def ids_in_use(connection: Connection) -> list[str]:
    """Return the ids of the keys that something in a database is sealed with; none before they were known."""
    if PersonalKeyInUse.__tablename__ not in inspect(connection).get_table_names():
        return []
    return sorted(
        connection.scalars(select(PersonalKeyInUse.id).where(PersonalKeyInUse.replaced_at.is_(None)))
    )


def adopt(session: Session, key_id: str, *, now: datetime) -> None:
    """Enter a key, so that something may be sealed with it; one that was replaced is in use again."""
    known = session.get(PersonalKeyInUse, key_id)
    if known is None:
        session.add(PersonalKeyInUse(id=key_id, used_from=now))
    elif known.replaced_at is not None:
        known.used_from, known.replaced_at = now, None


def mark_sealed(session: Session, key_id: str, *, now: datetime, replaces: bool) -> Sequence[str]:
    """Note that everything is sealed with a key; give the ids of those that it replaces, if it does."""
    others = PersonalKeyInUse.id != key_id
    session.execute(update(PersonalKeyInUse).where(PersonalKeyInUse.id == key_id).values(sealed_at=now))
    if not replaces:
        return []
    replaced = session.scalars(
        select(PersonalKeyInUse.id).where(others, PersonalKeyInUse.replaced_at.is_(None))
    ).all()
    session.execute(
        update(PersonalKeyInUse)
        .where(PersonalKeyInUse.id.in_(replaced))
        .values(sealed_at=None, replaced_at=now)
    )
    return replaced


def require_keys(db: Database, keys: PersonalKeys) -> None:
    """Refuse to work with a database without the keys that it is sealed with, or with one it does not know.

    One that does not answer, or has no key yet, is left to whoever works with it. Raises Conflict
    `personal_key_not_here` with the id of a key that is missing, and `personal_key_unknown` for another one.
    """
    with suppress(DBAPIError, PoolTimeout), db.reading() as session:
        in_use = [key.id for key in load_keys(session) if key.replaced_at is None]
        require_known(keys, in_use)
        if in_use and keys.present.id not in in_use:
            raise Conflict("personal_key_unknown", key_id=keys.present.id, known=in_use[0])


def require_known(keys: PersonalKeys, in_use: Sequence[str]) -> None:
    """Refuse to go on without a key that something is sealed with: Conflict `personal_key_not_here`."""
    for key_id in in_use:
        if key_id not in keys.ids:
            raise Conflict("personal_key_not_here", key_id=key_id)
