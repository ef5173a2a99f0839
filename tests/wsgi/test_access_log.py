"""The line of a request: who, which route, how it ended and how long it took; never the address."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.models import User
from cases.models.case import Case
from core import logs
from core.persistence.db import Database
from tests.api.conftest import Caller

pytestmark = pytest.mark.one_database

Call = Callable[[str], Caller]
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[Lines]:
    """Yield the lines of requests so far."""
    with logs.as_json_lines():
        yield lambda: [
            line
            for line in map(json.loads, capsys.readouterr().err.splitlines())
            if line["event"] == "request"
        ]


def test_a_request_is_told_with_user_route_status_and_duration(
    call: Call, a_case: Callable[..., Case], town: Database, lines: Lines
) -> None:
    answer = call("zuzhang").get(f"/cases/{a_case().number}")
    line = lines()[0]  # the test itself may read the description after it
    with town.reading() as session:
        user = session.scalars(select(User.id).where(User.username == "zuzhang")).one()
    assert 0 < line.pop("ms") < 60_000
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "info",
        "logger": "wsgi.access_log",
        "event": "request",
        "request_id": answer.headers["X-Request-Id"],
        "user": user,
        "method": "GET",
        "route": "/api/v1/cases/<number:number>",
        "status": 200,
    }


@pytest.mark.parametrize(
    ("path", "method", "told"),
    [
        ("/api/v1/cases?q=覃二妹", "GET", ("GET", "/api/v1/cases", 401)),
        ("/nowhere/覃二妹", "GET", ("GET", None, 404)),
        ("/api/v1/cases", "QINERMEI", ("other", None, 405)),
    ],
)
def test_a_request_of_nobody_is_told_without_its_address(
    client: FlaskClient, lines: Lines, path: str, method: str, told: tuple[str, str | None, int]
) -> None:
    client.open(path, method=method)
    (line,) = lines()
    assert (line["method"], line["route"], line["status"]) == told
    assert line["user"] is None


def test_that_a_service_is_well_is_no_news(client: FlaskClient, lines: Lines) -> None:
    assert client.get("/healthz").status_code == 200
    assert lines() == []


def test_an_unknown_host_is_told_too(client: FlaskClient, lines: Lines) -> None:
    client.get("/healthz", headers={"Host": "evil.example"})
    assert [line["status"] for line in lines()] == [400]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("trace-0123456789", True),
        ("13800002046", False),
        ("K7M2P-9XQ4D", False),
        ("a\u202eb-12345678", False),
    ],
)
def test_a_number_that_was_given_is_kept_unless_it_could_be_somebodys(
    client: FlaskClient, lines: Lines, given: str, kept: bool
) -> None:
    answer = client.get("/api/v1/cases", headers={"X-Request-Id": given.encode().decode("latin-1")})
    assert (answer.headers["X-Request-Id"] == given) == kept
    assert [line["request_id"] for line in lines()] == [answer.headers["X-Request-Id"]]
