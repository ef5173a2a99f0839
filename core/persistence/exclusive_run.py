"""Let one process at a time do a thing with a database, whatever machine it runs on."""

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import text

from core.errors import Conflict
from core.persistence.db import Database


@contextmanager
def exclusive_run(db: Database, name: str) -> Iterator[None]:
    """Hold a lock of this name until the end; the system ends it with the process, however that ends.

    PostgreSQL keeps it with an open transaction, SQLite with one on an empty file beside the database. Raises
    Conflict `already_running` at once when somebody else has it.
    """
    locked = _locked_file(Path(str(db.url.database)), name) if db.is_sqlite else _locked_key(db, name)
    with locked:
        yield


@contextmanager
def _locked_key(db: Database, name: str) -> Iterator[None]:
    key = zlib.crc32(f"huiyin {name}".encode())
    with db.engine.connect() as connection, connection.begin():
        if not connection.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": key}):
            raise Conflict("already_running", name=name)
        yield


@contextmanager
def _locked_file(database: Path, name: str) -> Iterator[None]:
    place = database.with_name(f"{database.name}.{name}-lock")
    with closing(sqlite3.connect(place, timeout=0, isolation_level=None)) as lock:
        try:
            lock.execute("PRAGMA journal_mode=MEMORY")  # nothing is written that could be undone
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorname != "SQLITE_BUSY":
                raise
            raise Conflict("already_running", name=name) from None
        yield
