"""So many requests are let in at once; the others are told to come back, and health is answered (T17)."""

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.rates import COUNTING
from core.persistence.db import Database
from tests.api.conftest import Caller
from tests.api.test_application_statements import counted
from tests.patience import PATIENCE
from wsgi.concurrency_limit import TURNED_AWAY, ConcurrencyLimit, OwnPlaces, turned_away
from wsgi.dispatcher import ApplicationDispatcher

Call = Callable[[str], Caller]
PLACES = 3
ADDRESSES = itertools.count()


class Slow:
    """An application whose requests take until somebody lets them go."""

    def __init__(self) -> None:
        self.under_way = 0
        self.go_on = threading.Event()
        self.changed = threading.Condition()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if turned_away(environ):
            return [b"come back"]
        if environ["PATH_INFO"] != "/slow":
            return [b"done"]
        with self.changed:
            self.under_way += 1
            self.changed.notify_all()
        assert self.go_on.wait(PATIENCE)
        return [b"done"]


@contextmanager
def full(joined: ApplicationDispatcher, slow: Slow) -> Iterator[list[threading.Thread]]:
    """Take every place with a slow request."""
    taking = [threading.Thread(target=ask, args=(joined, "/slow")) for _ in range(PLACES)]
    for one in taking:
        one.start()
    with slow.changed:
        assert slow.changed.wait_for(lambda: slow.under_way == PLACES, PATIENCE)
    try:
        yield taking
    finally:
        slow.go_on.set()
        for one in taking:
            one.join(PATIENCE)


def ask(joined: ApplicationDispatcher, path: str) -> bytes:
    # Each from an address of its own, so that only the places of all are counted.
    address = f"10.0.0.{next(ADDRESSES) % 250}"
    return b"".join(joined({"PATH_INFO": path, "REMOTE_ADDR": address}, lambda *_: None))


def made(patience: float) -> tuple[ApplicationDispatcher, Slow]:
    slow = Slow()
    return ApplicationDispatcher(
        programs=slow,
        people=slow,
        admission=ConcurrencyLimit(slots=PLACES, patience=patience),
        own=OwnPlaces(most=PLACES, waiting=PLACES),
    ), slow


class Watched(threading.Semaphore):
    """Places that note how long each who finds none of them is ready to wait."""

    def __init__(self, value: int = 1) -> None:
        super().__init__(value)
        self.refused: list[float | None] = []

    def acquire(self, blocking: bool = True, timeout: float | None = None) -> bool:
        taken = super().acquire(blocking, timeout)
        if not taken:
            self.refused.append(timeout)
        return taken


def test_whoever_finds_no_place_waits_once_and_those_after_it_are_told_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    places = Watched(PLACES)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(threading, "Semaphore", lambda _: places)
        joined, slow = made(patience=0.5)
    with full(joined, slow):
        assert ask(joined, "/api/v1/cases") == b"come back"
        assert [ask(joined, "/cases") for _ in range(20)] == [b"come back"] * 20
    assert places.refused == [0.5] + [0] * 20


def test_health_is_answered_while_every_place_is_taken() -> None:
    joined, slow = made(patience=20)
    with full(joined, slow):
        assert ask(joined, "/healthz") == b"done"


def test_a_place_that_becomes_free_goes_to_whoever_waits_for_it() -> None:
    joined, slow = made(patience=20)
    with full(joined, slow):
        threading.Timer(0.2, slow.go_on.set).start()
        assert ask(joined, "/cases") == b"done"


def test_after_a_full_time_there_is_room_for_everybody_again() -> None:
    joined, slow = made(patience=0.05)
    with full(joined, slow):
        assert ask(joined, "/cases") == b"come back"
    assert [ask(joined, "/cases") for _ in range(2 * PLACES)] == [b"done"] * (2 * PLACES)


def test_a_place_is_given_back_by_a_request_that_fails() -> None:
    def broken(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        raise RuntimeError(environ["PATH_INFO"])

    joined = ApplicationDispatcher(
        programs=broken, people=broken, admission=ConcurrencyLimit(slots=1, patience=0.05)
    )
    for _ in range(3):
        with pytest.raises(RuntimeError, match="/cases"):
            ask(joined, "/cases")


def test_only_one_counts_all_rates_at_a_time_and_the_others_work_on(call: Call) -> None:
    leader, member = call("lingdao"), call("zuyuan")
    with COUNTING.slot("somebody else counts"):
        refused = leader.get("/rates")
        assert (refused.status_code, refused.json["facts"]) == (503, {"reason": "already_counting"})
        assert int(refused.headers["Retry-After"]) > 0
        assert member.get("/cases").status_code == 200
    assert leader.get("/rates").status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/cases", "/readyz"])
def test_programs_are_told_when_to_come_back_without_a_word_to_the_database(
    client: FlaskClient, town: Database, path: str
) -> None:
    with counted(town) as seen:
        answer = client.get(path, environ_overrides={TURNED_AWAY: True})
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert int(answer.headers["Retry-After"]) > 0
    assert (answer.get_json() or {})["facts"] == {"reason": "no_place"}
    assert seen == []
