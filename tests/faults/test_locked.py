"""Another process holds the lock of SQLite: reading goes on, writing is unavailable, nobody hangs (T14)."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from core.persistence import db as core_db
from core.persistence.db import Database
from tests.faults.indoors import Indoors
from tests.faults.served_township import ServedTownship
from tests.patience import PATIENCE

HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
held.execute("ROLLBACK")
"""
#: How long the program waits for the lock, and how long another process holds it at least.
SHORT, LONG = (1, 1.5), (core_db.BUSY_SECONDS, 14.0)


@contextmanager
def held(place: str) -> Iterator[None]:
    """Let another process hold the lock for the time of a test."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, place], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        yield
        holder.communicate(timeout=PATIENCE)


@pytest.fixture
def backend() -> str:
    """Name the engine: PostgreSQL has no such lock."""
    return "sqlite"


@pytest.mark.parametrize(
    ("patience", "seconds"),
    [pytest.param(*SHORT, id="short"), pytest.param(*LONG, id="long", marks=pytest.mark.proof)],
)
def test_while_another_process_holds_the_lock_reading_goes_on_and_writing_is_unavailable(
    township: ServedTownship, monkeypatch: pytest.MonkeyPatch, patience: int, seconds: float
) -> None:
    monkeypatch.setattr(core_db, "BUSY_SECONDS", patience)
    database = Database(township.environ["HUIYIN_DATABASE_URL"])
    inside = Indoors(township, database)
    number = (inside.register("before").json or {})["number"]
    refused: list[tuple[int, bool]] = []
    waits: list[float] = []
    reads: list[float] = []
    began = time.monotonic()
    with held(str(Path(str(database.url.database)))):
        while time.monotonic() - began < seconds:
            asked = time.monotonic()
            answer = inside.register(f"while-{len(refused)}")
            waits.append(time.monotonic() - asked)
            refused.append((answer.status_code, "Retry-After" in answer.headers))
            asked = time.monotonic()
            assert inside.get(f"/cases/{number}").status_code == 200
            reads.append(time.monotonic() - asked)
    # All of this was answered while the other process still held the lock: nobody waited for its end.
    assert set(refused) == {(503, True)}
    with database.reading() as session:
        assert session.scalar(text("PRAGMA busy_timeout")) == 1000 * patience
    assert inside.register("after").status_code == 201
    database.dispose()
    assert township.cases() == 2
    print(f"\nlongest write {max(waits):.1f} s, longest read {max(reads):.3f} s, {len(refused)} refused")
