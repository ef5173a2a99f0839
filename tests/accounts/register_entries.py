"""Name what the tests of the registers share."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Executable, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from accounts.history import RegisterEntry
from core.chain import Chain
from core.persistence.db import Database

CHAIN = Chain(
    "registers", {"registers": b"a key that only these tests know", "test": b"a key for tests alone"}
)
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def entries(session: Session, kind: str) -> list[RegisterEntry]:
    """Return what was recorded of subjects of a kind by the test itself, oldest first."""
    statement = (
        select(RegisterEntry)
        .where(RegisterEntry.subject_kind == kind, RegisterEntry.key_id == CHAIN.key_id)
        .order_by(RegisterEntry.subject_id, RegisterEntry.seq)
    )
    return list(session.scalars(statement))


def accepted(db: Database, statements: Iterable[tuple[Any, Executable]]) -> list[Any]:
    """Try statements that the database must refuse and give the names of those that it took."""
    taken = []
    for name, statement in statements:
        try:
            with db.transaction() as session:
                session.execute(statement)
        except IntegrityError:
            continue
        taken.append(name)
    return taken
