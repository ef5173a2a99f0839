"""Processes that are killed under load lose nothing that was acknowledged (threats.md T01 to T03)."""

import time
from collections.abc import Sequence

import pytest
from sqlalchemy import text

from tests.faults.ledger import Ledger
from tests.faults.load import Load
from tests.faults.served import Served
from tests.faults.served_township import ServedTownship
from tests.patience import PATIENCE
from wsgi.models import StoredAnswer

WHOLE, WORKER = "whole", "worker"
SHORT = (WORKER, WORKER, WHOLE)
LONG = (WHOLE, WORKER, WHOLE, WORKER) * 6
#: Writes acknowledged between two kills.
BETWEEN = 12
PEOPLE = 4
#: Seconds without an answer after which a request counts as held up.
HELD_UP = 2.0


@pytest.mark.parametrize(
    ("kills", "back_with"),
    [pytest.param(SHORT, 1, id="short"), pytest.param(LONG, 2, id="long", marks=pytest.mark.proof)],
)
def test_nothing_acknowledged_is_lost_by_kills_and_an_ending_server_answers_who_waits(
    township: ServedTownship, kills: Sequence[str], back_with: int
) -> None:
    """The short form starts one process again instead of several, which takes less time."""
    ledger, outages = Ledger(), []
    with Served(township.environ, workers=2) as served:
        with Load(served.port, township.tokens, ledger, people=PEOPLE):
            for number, kill in enumerate(kills):
                ledger.writes(BETWEEN)
                served.workers = back_with
                outages.append(_killed(served, ledger, kill, number))
            ledger.writes(BETWEEN)
        _ends_answering(served, township, ledger)
    with township.db.reading() as session:
        assert ledger.missing(session) == []
    assert township.findings() == []
    print(f"\n{len(kills)} kills, {len(ledger.acknowledged)} writes, longest outage {max(outages):.1f} s")


def _killed(served: Served, ledger: Ledger, kill: str, number: int) -> float:
    """Kill and wait for the next acknowledged write, which must come; give the seconds until then."""
    began = time.monotonic()
    if kill == WHOLE:
        served.kill()
        served.start()
    else:
        served.kill_a_worker(number)
    ledger.writes(1)
    return time.monotonic() - began


def _ends_answering(served: Served, township: ServedTownship, ledger: Ledger) -> None:
    """Ask the program to end while everybody waits for a lock; all of them are answered, with success."""
    broken_off, writes = ledger.broken_off, len(ledger.acknowledged)
    load = Load(served.port, township.tokens, ledger, people=PEOPLE, name="end")
    with township.db.transaction() as session:
        session.connection()  # on SQLite this is the lock
        if not township.db.is_sqlite:
            session.execute(text(f"LOCK TABLE {StoredAnswer.__tablename__} IN EXCLUSIVE MODE"))
        load.start()
        _wait_until_all_wait(load)
        load.stop_asking_anew()
        served.terminate()
    load.stop()
    assert served.ended() == 0
    assert (ledger.broken_off, len(ledger.acknowledged)) == (broken_off, writes + PEOPLE)


def _wait_until_all_wait(load: Load) -> None:
    """Watch until every request is held up by the lock: none of them is answered for a while.

    Long enough for a busy machine to have taken all of them in, and shorter than they wait for a lock.
    """
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        now = time.monotonic()
        since = [asking.waits_since for asking in load.askings]
        if all(began is not None and now - began > HELD_UP for began in since):
            return
        load.pause()
    raise AssertionError("the requests were not held up")
