"""Open the database and give out transactions; SQLite and PostgreSQL behave alike from here on."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import orjson
from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    String,
    TypeDecorator,
    create_engine,
    event,
    literal_column,
    make_url,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeEngine

from core.errors import Unavailable

BUSY_SECONDS = 5
#: What guards say of a value that is sealed with a key which is not in use (migration 0025).
KEY_GUARD = "personal_key_not_in_use"
#: So often a change is made anew for a unique key; each time somebody else's has gone through.
MOST_TRIES = 20
UNIQUE_STATE = "23505"
UNIQUE_NAMES = frozenset({"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"})
Result = TypeVar("Result")
#: What stands between joined values. A plain one would be put into the whole statement each time it is asked.
COMMA: Any = literal_column("','")


def quoted(values: Iterable[str]) -> str:
    """Write the values of a column as they stand in the text of a constraint: in quotes, with commas."""
    return ", ".join(f"'{value}'" for value in values)


class Base(DeclarativeBase):
    """Collect all tables; constraint names follow one convention so that migrations can address them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UTCDateTime(TypeDecorator[datetime]):
    """Store a moment as UTC and give it back aware.

    SQLite has no such type: there it is text of one fixed width, so that order by text is order by time.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose text on SQLite and timestamptz elsewhere."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse a naive time: without a zone nobody knows which moment is meant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        moment = value.astimezone(UTC)
        if dialect.name == "sqlite":
            return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
        return moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return the moment as aware UTC."""
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        return value.astimezone(UTC) if isinstance(value, datetime) else None


def is_unique_violation(error: IntegrityError) -> bool:
    """Return whether another row has a key already, and not that a row is wrong in itself."""
    state, name = (getattr(error.orig, said, None) for said in ("sqlstate", "sqlite_errorname"))
    return state == UNIQUE_STATE or name in UNIQUE_NAMES


class ReadAgain(Exception):
    """Say that somebody else wrote meanwhile what this transaction should have found: it is done anew."""


class Database:
    """Hold the engine and give out sessions: `transaction()` to write, `reading()` to read."""

    def __init__(self, url: str, *, durable: bool = True, pool_size: int = 8) -> None:
        """Prepare the engine without connecting.

        `durable=False` is for what is thrown away, as in tests: SQLite then does not wait for the disk.
        """
        self.url = make_url(url)
        if self.url.get_backend_name() == "postgresql":
            self.url = self.url.set(drivername="postgresql+psycopg")
        self.engine = _engine(self.url.render_as_string(hide_password=False), durable, pool_size)
        self._writer = self.engine.execution_options(write=True)
        self._reader = self.engine.execution_options(
            **({} if self.is_sqlite else {"postgresql_readonly": True})
        )
        self._inside = threading.local()
        #: What every session that writes knows of the program, by name.
        self.info: dict[str, Any] = {}
        self._writing = threading.Lock() if self.is_sqlite else None

    @property
    def is_sqlite(self) -> bool:
        """Return which of the two engines this is."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open the one writing transaction of a request or job; commit at the end, roll back on an error.

        Raises Unavailable where a process seals with a key that was replaced while it was running.
        """
        if getattr(self._inside, "open", False):
            raise RuntimeError("a transaction is already open: only the outermost caller opens one")
        self._await_turn()
        self._inside.open = True
        try:
            with Session(self._writer, expire_on_commit=False, info=self.info) as session, session.begin():
                yield session
        except IntegrityError as error:
            if KEY_GUARD in str(error.orig):
                raise Unavailable(reason="personal_key_replaced") from error
            raise
        finally:
            self._inside.open = False
            if self._writing is not None:
                self._writing.release()

    def apply(self, change: Callable[[Session], Result]) -> Result:
        """Make a change in one writing transaction, and return what it returns.

        Where somebody else was first with a unique key, everything is read again and done anew: whoever
        repeats a submission then finds the first one. So it is where `change` raises ReadAgain. It must not
        leave anything outside the session.
        """
        for _ in range(MOST_TRIES - 1):
            try:
                with self.transaction() as session:
                    return change(session)
            except ReadAgain:
                continue
            except IntegrityError as error:
                if not is_unique_violation(error):
                    raise
        with self.transaction() as session:
            return change(session)

    def _await_turn(self) -> None:
        """Let the threads of this process write to SQLite one after the other.

        SQLite allows one writer anyway, but whoever waits for it sleeps and looks again, so that eight
        threads get half as much done as one. Other processes still wait in that way. Raises Unavailable when
        the turn does not come in time.
        """
        if self._writing is not None and not self._writing.acquire(timeout=BUSY_SECONDS):
            raise Unavailable(reason="database_busy")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that never takes the write lock and keeps nothing.

        PostgreSQL is told that it only reads, and may then end like a transaction that writes: psycopg
        forgets every prepared statement after a rollback, and planning anew costs more than asking.
        """
        with Session(self._reader, expire_on_commit=False) as session:
            yield session
            if not self.is_sqlite:
                session.commit()

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


class RehearsalDatabase(Database):
    """A database whose transactions are all taken back at their end, to see what would be done.

    Whoever works through it sees what was written within one transaction, and nothing of it afterwards.
    """

    def __init__(self, db: Database) -> None:
        """Share the engine and the turn to write with the database itself."""
        self.__dict__.update(db.__dict__)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a writing transaction and take it back; what the database would refuse at once is refused."""
        with super().transaction() as session:
            yield session
            session.flush()
            session.rollback()


def _engine(url: str, durable: bool, pool_size: int) -> Engine:
    sqlite = url.startswith("sqlite")
    options: dict[str, Any] = {"pool_size": pool_size, "max_overflow": 8, "pool_timeout": 5}
    if sqlite:
        options["connect_args"] = {"timeout": BUSY_SECONDS, "check_same_thread": False}
    else:
        options["pool_pre_ping"] = True
        options["connect_args"] = {
            "connect_timeout": 5,
            "prepare_threshold": 2,
            # Compiling a plan takes a fifth of a second; what is asked here takes a hundredth of that.
            "options": "-c lock_timeout=3000 -c timezone=UTC -c jit=off",
        }
    engine = create_engine(
        url,
        hide_parameters=True,  # values are personal data, and errors go to the log
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=_read_json,
        **options,
    )
    if sqlite:
        _prepare_sqlite(engine, durable)
    return engine


def _read_json(stored: Any) -> Any:
    """Read a stored value; SQLite gives a number that stands alone in its column as a number."""
    return stored if isinstance(stored, int | float) else orjson.loads(stored)


def _prepare_sqlite(engine: Engine, durable: bool) -> None:
    """Set what SQLite must be told on each connection.

    `synchronous=FULL` because NORMAL loses acknowledged writes in a power cut; `BEGIN IMMEDIATE` for writing
    because a plain BEGIN fails as locked when two transactions want to write; `recursive_triggers` because
    without it INSERT OR REPLACE takes rows away unseen by the triggers that guard them.
    """

    @event.listens_for(engine, "connect")
    def connected(dbapi: Any, _record: object) -> None:
        dbapi.isolation_level = None
        cursor = dbapi.cursor()
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={'FULL' if durable else 'OFF'}",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_SECONDS * 1000}",
            "trusted_schema=OFF",
            "recursive_triggers=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        writing = connection.get_execution_options().get("write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
