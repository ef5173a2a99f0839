"""Bring a database to the newest schema and tell how far it is, with a connection of its own.

Everything of one upgrade happens in one transaction, which both databases can do for tables as well: whoever
is killed in the middle leaves the old schema whole. Of several processes that start at once one migrates and
the others wait and find it done.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, MetaData, create_engine, event, inspect, text
from sqlalchemy.pool import NullPool

from core.persistence.db import Base, Database
from core.persistence.revisions import FOLDER, OUTSIDE_MODELS, is_newer

#: Any number that nobody else takes: with it processes agree on who migrates a PostgreSQL database.
LOCK = 7_246_019
#: How long a process waits on SQLite for another one that migrates.
WAIT_SECONDS = 120
#: What one comparison of alembic says, nested as deep as the difference lies.
Difference = Any


class BrokenReferences(Exception):
    """Say that a migration would leave rows that point to nothing; it was taken back."""


def upgrade(db: Database, *, revision: str = "head", folder: Path = FOLDER) -> None:
    """Migrate to the newest schema, or to the one named; done already costs two statements.

    A SQLite file with content is copied beside itself first, as `NAME.before-REVISION`. A schema that a newer
    program has made holds all that this one needs, and stays as it is.
    """
    with _migrating(db.url) as connection:
        present = _present(connection)
        if present != _target(folder, revision) and not is_newer(present, newest_revision(folder)):
            _back_up(connection, db.url, folder)
            command.upgrade(_config(connection, folder), revision)


def downgrade(db: Database, *, revision: str, folder: Path = FOLDER) -> None:
    """Go back to an older schema; what only the newer one can hold is lost, hence the copy."""
    with _migrating(db.url) as connection:
        _back_up(connection, db.url, folder)
        command.downgrade(_config(connection, folder), revision)


def check(db: Database, *, metadata: MetaData = Base.metadata, folder: Path = FOLDER) -> list[str]:
    """Return every difference between the models, which the caller has imported, and the database."""
    with db.engine.connect() as connection:
        present, newest = _present(connection), newest_revision(folder)
        if present != newest:
            return [f"the database is at {present or 'nothing'}, the newest migration is {newest}"]
        options = {"compare_type": True, "include_name": _in_models}
        context = MigrationContext.configure(connection, opts=options)
        return [_words(one) for one in compare_metadata(context, metadata)]


def _in_models(name: str | None, kind: str, parents: object) -> bool:
    """Leave out the index of words, which the models do not describe: it is made by its migration alone."""
    del parents
    return kind != "table" or not (name or "").startswith(OUTSIDE_MODELS)


@cache
def newest_revision(folder: Path = FOLDER) -> str | None:
    """Return the revision of the newest migration there is."""
    return _scripts(folder).get_current_head()


def _scripts(folder: Path) -> ScriptDirectory:
    return ScriptDirectory(folder)


def _target(folder: Path, revision: str) -> str | None:
    return newest_revision(folder) if revision == "head" else revision


def _present(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config(connection: Connection, folder: Path) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config


@contextmanager
def _migrating(url: URL) -> Iterator[Connection]:
    """Open the one transaction of a migration and keep every other process out of it."""
    sqlite = url.get_backend_name() == "sqlite"
    if sqlite:
        _make_file(url)
    engine = create_engine(url, poolclass=NullPool)
    if sqlite:
        _prepare(engine)
    try:
        with engine.begin() as connection:
            if not sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            yield connection
            if sqlite:
                _check_references(connection)
    finally:
        engine.dispose()


def _make_file(url: URL) -> None:
    """Make an empty file in the mode that lets readers and a writer work side by side.

    Changing the mode needs the file for oneself and does not wait, so that of many beginners some are turned
    away; they try again.
    """
    place = Path(str(url.database))
    place.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(place, timeout=WAIT_SECONDS, isolation_level=None)) as raw:
        while True:
            try:
                raw.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError as error:
                if (error.sqlite_errorcode & 0xFF) not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                    raise
                raw.execute("BEGIN IMMEDIATE")  # waits until whoever is at it has finished
                raw.execute("COMMIT")
            else:
                return


def _prepare(engine: Any) -> None:
    """Migrate without foreign keys: rebuilding a table with them on deletes the rows that point to it."""

    @event.listens_for(engine, "connect")
    def connected(dbapi: Any, _record: object) -> None:
        dbapi.isolation_level = None
        for pragma in ("foreign_keys=OFF", f"busy_timeout={WAIT_SECONDS * 1000}", "synchronous=FULL"):
            dbapi.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _check_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(5)
    if broken:
        raise BrokenReferences("; ".join(f"{row[0]} row {row[1]} points to no {row[2]}" for row in broken))


def _back_up(connection: Connection, url: URL, folder: Path) -> None:
    """Copy a SQLite database that has tables beside itself, while the lock keeps every writer out."""
    if url.get_backend_name() != "sqlite" or not inspect(connection).get_table_names():
        return
    place = Path(str(url.database))
    aside = place.with_name(f"{place.name}.copying")
    with closing(sqlite3.connect(place)) as source, closing(sqlite3.connect(aside)) as target:
        source.backup(target)
    aside.replace(place.with_name(f"{place.name}.before-{newest_revision(folder)}"))


def _words(difference: Difference) -> str:
    """Write a difference in one line, in alembic's own terms."""
    if isinstance(difference, list):
        return "; ".join(_words(one) for one in difference)
    kind, *rest = difference
    return f"{kind}: " + ", ".join(str(getattr(one, "name", None) or one) for one in rest)
