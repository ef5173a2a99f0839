"""Write rows in bulk, with the guards set aside meanwhile and back at the end, whatever happens."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, Protocol

import psycopg
from psycopg import sql

from core.persistence.db import Database

Rows = Sequence[Sequence[Any]]
#: In kilobytes, as SQLite wants it with a minus; a million cases have about six gigabytes.
CACHE = 3_000_000


def refresh(db: Database) -> None:
    """Let PostgreSQL look at what is there, as it does by itself after a while; its plans depend on it."""
    if not db.is_sqlite:
        where = db.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")


class Writer(Protocol):
    """What both engines can do with rows."""

    def write(self, table: str, columns: Sequence[str], rows: Rows) -> None:
        """Write rows, all with the same columns; texts, numbers and None as SQLite keeps them."""


@contextmanager
def writing(db: Database) -> Iterator[Writer]:
    """Open a bulk transaction on an empty database; it is committed with every guard back in its place."""
    if db.is_sqlite:
        db.dispose()  # changing the journal needs the file for oneself
        with closing(sqlite3.connect(str(db.url.database), isolation_level=None)) as raw:
            yield from _sqlite(raw)
        return
    where = db.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(where) as connection:
        yield from _postgresql(connection)


class _Sqlite:
    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw

    def write(self, table: str, columns: Sequence[str], rows: Rows) -> None:
        names = ", ".join(f'"{name}"' for name in columns)
        places = ", ".join("?" for _ in columns)
        self._raw.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({places})', rows)


def _sqlite(raw: sqlite3.Connection) -> Iterator[Writer]:
    """Write without a journal; a load that is killed leaves a file to throw away."""
    for pragma in (
        "journal_mode=OFF",
        "synchronous=OFF",
        "foreign_keys=OFF",
        "locking_mode=EXCLUSIVE",
        "temp_store=MEMORY",
        f"cache_size=-{CACHE}",
    ):
        raw.execute(f"PRAGMA {pragma}")
    aside = raw.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
        " ORDER BY type"
    ).fetchall()
    raw.execute("BEGIN IMMEDIATE")
    for kind, name, _ in aside:
        raw.execute(f'DROP {kind} "{name}"')
    try:
        yield _Sqlite(raw)
    finally:
        for _, _, statement in aside:
            raw.execute(statement)
        raw.execute("COMMIT")
        raw.execute("PRAGMA locking_mode=NORMAL")
        raw.execute("PRAGMA journal_mode=WAL").fetchall()


class _Postgresql:
    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def write(self, table: str, columns: Sequence[str], rows: Rows) -> None:
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        with self._connection.cursor().copy(statement) as copy:
            for row in rows:
                copy.write_row(row)


def _postgresql(connection: psycopg.Connection[Any]) -> Iterator[Writer]:
    """Write all in one transaction: when it fails, nothing was written and no guard was away."""
    guarded = connection.execute(
        "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
    ).fetchall()
    for (table,) in guarded:
        connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield _Postgresql(connection)
    connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    serials = connection.execute(
        "SELECT table_name, column_name, pg_get_serial_sequence(table_name, column_name)"
        " FROM information_schema.columns WHERE table_schema = current_schema()"
        " AND pg_get_serial_sequence(table_name, column_name) IS NOT NULL"
    ).fetchall()
    for table, column, sequence in serials:
        highest = sql.SQL("SELECT setval(%s, max({})) FROM {} HAVING max({}) IS NOT NULL").format(
            sql.Identifier(column), sql.Identifier(table), sql.Identifier(column)
        )
        connection.execute(highest, [sequence])
    for (table,) in guarded:
        connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
