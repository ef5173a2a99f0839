"""Every question waits for the database: who comes next is refused fast, and health stays up (T17)."""

import http.client
import threading
import time

import psycopg
import pytest

from core.persistence.db import Database
from tests.conftest import PROGRAMS
from tests.faults.served import Served
from tests.faults.served_township import ServedTownship
from tests.patience import PATIENCE

ASKING = 40


@pytest.fixture
def backend() -> str:
    """Name the engine: on SQLite reading waits for nobody."""
    return "postgresql"


def asked(port: int, path: str, token: str = "") -> tuple[int, float]:
    """Ask over a connection of one's own; give the status and the seconds until the answer was there."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    began = time.monotonic()
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, time.monotonic() - began


@pytest.mark.parametrize("asking", [ASKING] * bool(PROGRAMS))
def test_while_every_request_waits_for_the_database_others_are_refused_fast_and_health_is_answered(
    township: ServedTownship, asking: int
) -> None:
    url = Database(township.environ["HUIYIN_DATABASE_URL"]).url.set(drivername="postgresql")
    answers: list[tuple[int, float]] = []
    health: list[tuple[int, float]] = []
    with (
        Served(township.environ) as served,
        psycopg.connect(url.render_as_string(hide_password=False)) as other,
    ):
        token = township.tokens["zuzhang"]
        assert asked(served.port, "/api/v1/cases", token)[0] == 200
        other.execute("LOCK TABLE cases IN ACCESS EXCLUSIVE MODE")
        crowd = [
            threading.Thread(target=lambda: answers.append(asked(served.port, "/api/v1/cases", token)))
            for _ in range(asking)
        ]
        for one in crowd:
            one.start()
        while any(one.is_alive() for one in crowd):
            health.append(asked(served.port, "/healthz"))
            time.sleep(0.1)
        other.rollback()  # not before everybody was answered: nobody waited for the end of the lock
        assert asked(served.port, "/api/v1/cases", token)[0] == 200
    assert {status for status, _ in answers} == {503}
    assert {status for status, _ in health} == {200}
    assert len(health) > 1, "health was answered only when the others were"
    longest, unwell = max(seconds for _, seconds in answers), max(seconds for _, seconds in health)
    print(f"\nlongest answer {longest:.1f} s, longest look at health {unwell:.2f} s of {len(health)}")
