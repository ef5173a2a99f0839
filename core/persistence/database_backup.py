"""Copy a whole database to a file and back, consistently while others write."""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from core import child_process
from core.errors import Unavailable
from core.persistence import postgres_programs
from core.persistence.checked_copy import write_copy
from core.persistence.db import Database

SQLITE_COPY, POSTGRES_COPY = "huiyin.db", "huiyin.dump"


class ProgramFailed(Unavailable):
    """Say that a program did not do its work, and what it said."""

    def __init__(self, program: str, said: str) -> None:
        super().__init__(program=program, said=said)
        self.code = "program_failed"


@contextmanager
def snapshot(db: Database, folder: Path) -> Iterator[tuple[Path, Connection]]:
    """Copy the database into a folder; give the copy, and a connection that reads exactly what it holds.

    A plain copy of a SQLite file loses what is written meanwhile and still looks whole (threats.md T26).
    """
    if db.is_sqlite:
        place = folder / SQLITE_COPY
        with closing(db.engine.raw_connection()) as raw:
            raw.cursor().execute("VACUUM INTO ?", (str(place),))
        _sync(place)
        # Immutable, because opening it otherwise would change the file that is about to be sealed.
        uri = f"sqlite:///file:{quote(place.as_posix())}?mode=ro&immutable=1&uri=true"
        copy = create_engine(uri, poolclass=NullPool)
        with copy.connect() as connection:
            yield place, connection
        return
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        place = folder / POSTGRES_COPY
        held = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        _run(db, "pg_dump", "--format=custom", f"--snapshot={held}", f"--file={place}")
        _sync(place)
        yield place, connection


def is_empty(db: Database) -> bool:
    """Return whether the database has no table yet, or does not even exist as a file."""
    if db.is_sqlite:
        place = Path(str(db.url.database))
        if not place.exists() or place.stat().st_size == 0:
            return True
    return not inspect(db.engine).get_table_names()


def restore(db: Database, copy: BinaryIO, sha256: str) -> None:
    """Fill an empty database from a copy that has this hash; wholly or not at all.

    Raises ProgramFailed, and OtherContent for a file that is not what it was when its hash was taken.
    """
    if not db.is_sqlite:
        _run(db, "pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", given=copy)
        return
    db.dispose()
    place = Path(str(db.url.database))
    place.parent.mkdir(parents=True, exist_ok=True)
    aside = place.with_name(f"{place.name}.restoring")
    aside.unlink(missing_ok=True)
    write_copy(copy, aside, sha256)
    for rest in ("-wal", "-shm"):
        place.with_name(place.name + rest).unlink(missing_ok=True)
    os.replace(aside, place)


def _run(db: Database, program: str, *arguments: str, given: BinaryIO | None = None) -> None:
    """Run a PostgreSQL program on the database, with a file as its standard input if it is given one.

    The password stands neither on its command line, which others can see, nor in its environment, but in a
    file that is taken away afterwards.
    """
    known: Mapping[str, Any] = {
        **db.url.translate_connect_args(username="user", database="dbname"),
        **db.url.query,
    }
    options = {
        name: ",".join(value) if isinstance(value, tuple) else str(value) for name, value in known.items()
    }
    password = options.pop("password", None) or os.environ.get("PGPASSWORD")
    with _password_file(password) as file:
        conninfo = " ".join(f"{name}={_quoted(value)}" for name, value in {**options, **file}.items())
        done = subprocess.run(
            [postgres_programs.find(program), f"--dbname={conninfo}", "--no-password", *arguments],
            env=child_process.surroundings(child_process.POSTGRES),
            stdin=given or subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise ProgramFailed(program, (done.stderr.strip().splitlines() or [str(done.returncode)])[-1])


@contextmanager
def _password_file(password: str | None) -> Iterator[dict[str, str]]:
    """Keep a password in a file of its owner's alone until the end; give the option that names it, if any."""
    if not password:
        yield {}
        return
    escaped = password.replace("\\", "\\\\").replace(":", "\\:")
    handle, name = tempfile.mkstemp(prefix="huiyin-")  # mode 600; libpq reads no other
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"*:*:*:*:{escaped}\n")
        yield {"passfile": name}
    finally:
        os.unlink(name)


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _sync(place: Path) -> None:
    with place.open("rb+") as stored:
        os.fsync(stored.fileno())
