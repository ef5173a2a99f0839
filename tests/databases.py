"""Hand out test databases quickly: fill a template once for each engine, then copy it for every test."""

import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql

from core.persistence.db import Database
from tests import postgres
from tests.cleaning import Cleaner

Fill = Callable[[Database], None]
SINCE_STRATEGY = 150000


class Engine(Protocol):
    """What both engines can do with a template."""

    def template(self, name: str, fill: Fill, base: str | None = None) -> None:
        """Make a template, from nothing or from another one, and fill it."""

    def copy(self, name: str) -> Database:
        """Return a database with the content of a template."""

    def drop(self, database: Database) -> None:
        """Take a copy back; the next test may get the same one, clean again."""

    def close(self) -> None:
        """Release what all copies share."""


class Sqlite:
    """Copy files; nothing waits for the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = count(1)
        #: Copies that no test uses just now, by their template, and the template of each copy.
        self._idle: dict[str, list[Database]] = {}
        self._names: dict[str, str] = {}

    def template(self, name: str, fill: Fill, base: str | None = None) -> None:
        """Make a template file; closing the last connection brings the write-ahead log into it."""
        self._place(name).unlink(missing_ok=True)
        if base is not None:
            shutil.copyfile(self._place(base), self._place(name))
        database = self._open(self._place(name))
        fill(database)
        database.dispose()

    def copy(self, name: str) -> Database:
        """Copy a template file, to the place of an earlier copy if any, whose statements are compiled."""
        idle = self._idle.setdefault(name, [])
        database = idle.pop() if idle else self._open(self._place(f"copy-{next(self._number)}"))
        self._names[str(database.url)] = name
        Path(str(database.url.database)).touch(0o600)  # as the program makes it
        shutil.copyfile(self._place(name), str(database.url.database))
        return database

    def drop(self, database: Database) -> None:
        """Close a copy and remove it with everything that lies beside it."""
        database.dispose()
        for rest in self._folder.glob(f"{Path(str(database.url.database)).stem}.*"):
            rest.unlink(missing_ok=True)
        self._idle[self._names[str(database.url)]].append(database)

    def close(self) -> None:
        """Leave the folder to pytest."""

    def _place(self, name: str) -> Path:
        return self._folder / f"{name}.db"

    def _open(self, place: Path) -> Database:
        return Database(f"sqlite:///{place.as_posix()}", durable=False)


class Postgres:
    """Copy databases inside a server of our own."""

    def __init__(self, programs: Path) -> None:
        self._server = postgres.start(programs)
        self._number = count(1)
        #: Copies that no test uses just now, by their template; and what puts each copy back.
        self._idle: dict[str, list[Database]] = {}
        self._cleaners: dict[str, tuple[str, Cleaner]] = {}
        self._admin = psycopg.connect(
            host=self._server.host,
            port=self._server.port,
            user="postgres",
            dbname="postgres",
            autocommit=True,
        )
        # Copying files takes 12 ms where copying through the log takes 80; older servers know no other way.
        newer = self._admin.info.server_version >= SINCE_STRATEGY
        self._how = sql.SQL(" STRATEGY file_copy" if newer else "")

    def template(self, name: str, fill: Fill, base: str | None = None) -> None:
        """Make a template database; one that an earlier test could not fill is made anew."""
        self._admin.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        self._create(name, base or "template1")
        database = Database(self._server.url(name))
        fill(database)
        database.dispose()

    def copy(self, name: str) -> Database:
        """Return a copy of a template database, one that was put back after another test if there is any."""
        idle = self._idle.setdefault(name, [])
        if idle:
            return idle.pop()
        copied = f"copy_{next(self._number)}"
        self._create(copied, name)
        where = f"host={self._server.host} port={self._server.port} user=postgres dbname={copied}"
        self._cleaners[copied] = (name, Cleaner(where))
        return Database(self._server.url(copied))

    def drop(self, database: Database) -> None:
        """Put a copy back for the next test, or drop it where that cannot be done."""
        copied = str(database.url.database)
        name, cleaner = self._cleaners[copied]
        if cleaner.put_back():
            self._idle[name].append(database)
            return
        database.dispose()
        cleaner.close()
        del self._cleaners[copied]
        self._admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(copied)))

    def close(self) -> None:
        """Stop the server."""
        for idle in self._idle.values():
            for database in idle:
                database.dispose()
        for _, cleaner in self._cleaners.values():
            cleaner.close()
        self._admin.close()
        self._server.stop()

    def _create(self, name: str, template: str) -> None:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template)
        )
        self._admin.execute(statement + self._how)


class Databases:
    """Keep one engine of each kind, started when the first test asks for it, and its templates."""

    def __init__(self, folder: Path, programs: Path | None) -> None:
        self._folder = folder
        self._programs = programs
        self._engines: dict[str, Engine] = {}
        self._made: set[tuple[str, str]] = set()

    def engine(self, backend: str) -> Engine:
        """Return the engine called sqlite or postgresql."""
        if backend not in self._engines:
            if backend == "sqlite":
                self._engines[backend] = Sqlite(self._folder)
            elif self._programs is not None:
                self._engines[backend] = Postgres(self._programs)
            else:
                raise LookupError("PostgreSQL is not installed here")
        return self._engines[backend]

    def template(self, backend: str, name: str, fill: Fill, base: str | None = None) -> None:
        """Make a template unless it is made already."""
        if (backend, name) not in self._made:
            self.engine(backend).template(name, fill, base)
            self._made.add((backend, name))

    def lend(self, backend: str, name: str) -> Iterator[Database]:
        """Yield a copy of a template for the time of a test."""
        engine = self.engine(backend)
        database = engine.copy(name)
        yield database
        engine.drop(database)

    def close(self) -> None:
        """Release every engine that was started."""
        for engine in self._engines.values():
            engine.close()
