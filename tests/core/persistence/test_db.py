"""Transactions and times behave alike on both databases."""

import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import literal, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.errors import Unavailable
from core.persistence import db as core_db
from core.persistence.db import Database, UTCDateTime

LEDGER = "CREATE TABLE ledger (id INTEGER PRIMARY KEY, value INTEGER NOT NULL)"
VALUE = text("SELECT value FROM ledger WHERE id = 1")


@pytest.fixture
def ledger(db: Database) -> Database:
    with db.transaction() as session:
        session.execute(text(LEDGER))
        session.execute(text("INSERT INTO ledger VALUES (1, 0)"))
    return db


def value(database: Database) -> int:
    with database.reading() as session:
        return int(session.execute(VALUE).scalar_one())


def add_one(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("UPDATE ledger SET value = value + 1 WHERE id = 1"))


def test_what_a_transaction_wrote_is_there_after_it(ledger: Database) -> None:
    add_one(ledger)
    assert value(ledger) == 1


def test_an_error_takes_everything_back(ledger: Database) -> None:
    def fail() -> None:
        with ledger.transaction() as session:
            session.execute(text("UPDATE ledger SET value = 7 WHERE id = 1"))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert value(ledger) == 0


def test_a_change_is_made_anew_when_somebody_else_was_first_with_its_key(ledger: Database) -> None:
    seen: list[int] = []

    def insert(session: Session) -> int:
        seen.append(session.execute(text("SELECT count(*) FROM ledger")).scalar_one())
        number = 1 if len(seen) < 3 else 2
        session.execute(text("INSERT INTO ledger VALUES (:id, 5)"), {"id": number})
        return number

    assert ledger.apply(insert) == 2
    assert seen == [1, 1, 1]


@pytest.mark.parametrize("values", ["(1, 0)", "(3, NULL)"])
def test_a_change_that_never_fits_ends_with_its_error(ledger: Database, values: str) -> None:
    tries: list[int] = []

    def insert(session: Session) -> None:
        tries.append(1)
        session.execute(text(f"INSERT INTO ledger VALUES {values}"))

    with pytest.raises(IntegrityError):
        ledger.apply(insert)
    assert len(tries) == (core_db.MOST_TRIES if values == "(1, 0)" else 1)


def test_a_transaction_inside_another_is_refused(ledger: Database) -> None:
    with ledger.transaction(), pytest.raises(RuntimeError, match="only the outermost"), ledger.transaction():
        pass
    add_one(ledger)  # the refusal left nothing behind that would stop the next one
    assert value(ledger) == 1


def test_a_reader_does_not_wait_for_the_writer_and_sees_the_state_before(ledger: Database) -> None:
    with ledger.transaction() as session:
        session.execute(text("UPDATE ledger SET value = 7 WHERE id = 1"))
        assert value(ledger) == 0


def test_eight_threads_lose_no_update(ledger: Database) -> None:
    def work() -> None:
        for _ in range(10):
            add_one(ledger)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert value(ledger) == 80


def test_whoever_waits_too_long_for_a_turn_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core_db, "BUSY_SECONDS", 0.05)
    database = Database(f"sqlite:///{tmp_path / 'busy.db'}", durable=False)
    refused: list[str] = []

    def write() -> None:
        try:
            with database.transaction():
                pass
        except Unavailable as refusal:
            refused.append(refusal.facts["reason"])

    with database.transaction():
        other = threading.Thread(target=write)
        other.start()
        other.join()
    write()
    database.dispose()
    assert refused == ["database_busy"]


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 2, 14, 8, 30, tzinfo=UTC),
        datetime(2026, 12, 31, 23, 59, 59, 999999, tzinfo=timezone(timedelta(hours=8))),
        datetime(2012, 1, 12, tzinfo=timezone(timedelta(hours=-11))),
    ],
)
def test_a_moment_comes_back_as_the_same_moment_in_utc(db: Database, moment: datetime) -> None:
    with db.reading() as session:
        found = session.scalars(select(literal(moment, UTCDateTime()))).one()
    assert found == moment
    assert found.tzinfo is UTC or found.utcoffset() == timedelta(0)


def test_a_time_without_a_zone_is_not_stored(db: Database) -> None:
    with db.reading() as session, pytest.raises(Exception, match="without a zone"):
        session.scalars(select(literal(datetime(2026, 2, 14), UTCDateTime()))).one()
