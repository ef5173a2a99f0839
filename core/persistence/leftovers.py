"""Remove what is left of replaced values: both databases keep old rows in their files for a while."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing

from sqlalchemy import text

from core.persistence.db import Database

#: How long SQLite waits for others who read or write.
WAIT_SECONDS = 60


def remove(db: Database, tables: Iterable[str]) -> None:
    """Write a SQLite file anew and empty its journal; on PostgreSQL forget what its planner keeps of tables.

    PostgreSQL gives the room of old rows away with time. That they are gone at once takes `VACUUM FULL`, for
    which nobody may work meanwhile (docs/operations.md). Raises OperationalError while somebody else holds a
    SQLite file for longer than a minute.
    """
    if db.is_sqlite:
        db.dispose()
        with closing(
            sqlite3.connect(str(db.url.database), timeout=WAIT_SECONDS, isolation_level=None)
        ) as raw:
            raw.execute("VACUUM")
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in tables:
            connection.execute(text(f"ANALYZE {table}"))
