"""PostgreSQL stops in every way: unavailable meanwhile, and back unaided with all that was acknowledged."""

import http.client
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.persistence import migrations
from core.persistence.db import Database
from tests import builders
from tests.conftest import PROGRAMS
from tests.faults.cluster import STOPS, Cluster
from tests.faults.ledger import Ledger
from tests.faults.load import Load
from tests.faults.served import Served
from tests.faults.served_township import ServedTownship, occupy, rules_of
from tests.patience import PATIENCE

BETWEEN = 10
PEOPLE = 3
#: Where there is no PostgreSQL there is nothing to stop; the summary of the tests says that it was missing.
ROUNDS = [
    pytest.param(1, id="short"),
    pytest.param(4, id="long", marks=pytest.mark.proof),
] * bool(PROGRAMS)


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    assert PROGRAMS is not None
    cluster = Cluster(PROGRAMS)
    yield cluster
    cluster.close()


@pytest.fixture
def standing(cluster: Cluster, tmp_path: Path) -> Iterator[ServedTownship]:
    """Yield a township in a server that may be stopped."""
    url = cluster.url("huiyin")
    database = Database(url)
    migrations.upgrade(database)
    builders.settle(database, rules_of(url, tmp_path))
    database.dispose()
    township = occupy(url, tmp_path / "var")
    yield township
    township.db.dispose()


def life(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", "/healthz")
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_stopped_database_is_told_as_unavailable_and_work_goes_on_when_it_is_back(
    standing: ServedTownship, cluster: Cluster, rounds: int
) -> None:
    ledger = Ledger()
    with (
        Served(standing.environ) as served,
        Load(served.port, standing.tokens, ledger, people=PEOPLE),
    ):
        for how in STOPS * rounds:
            ledger.writes(BETWEEN)
            cluster.stop(how)
            ledger.refusals(2 * PEOPLE)
            assert life(served.port) == 200
            cluster.start()
            ledger.writes(BETWEEN)
        assert served.process.poll() is None
    assert ledger.broken_off == 0
    with standing.db.reading() as session:
        assert ledger.missing(session) == []
    assert standing.findings() == []
    print(f"\n{3 * rounds} stops, {len(ledger.acknowledged)} writes, slowest answer {ledger.slowest:.1f} s")
