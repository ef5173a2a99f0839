"""Every error is a problem of RFC 9457, with a stable code and words in the reader's language."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from api.application import create
from api.framework.problems import problem
from api.framework.specification import PREFIX
from cases.configuration.case_rules import CountyRules
from config.settings import Settings
from core.errors import Unavailable
from core.i18n import catalogue
from core.persistence.db import Database
from tests.api.conftest import Caller, Clock
from wsgi.error_messages import PROBLEMS

pytestmark = pytest.mark.one_database

Call = Callable[[str], Caller]
MEMBERS = ["type", "title", "status", "detail", "code", "facts"]


@pytest.fixture
def own(town: Database, rules: CountyRules, settings: Settings, clock: Clock) -> Flask:
    """Return an application of one's own, for a test that adds a route to it."""
    return create(db=town, rules=rules, settings=settings, now=clock)


def failing(app: Flask, error: Exception) -> Any:
    """Return what the application answers when something inside it raises an error."""

    def fail() -> str:
        raise error

    app.add_url_rule(f"{PREFIX}v1/failing", view_func=fail)
    return app.test_client().get(f"{PREFIX}v1/failing")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("GET", "/api/", 404, "not_found"),
        ("PUT", "/api/v1/cases", 405, "method_not_allowed"),
        ("DELETE", "/api/v1/cases/SL-2026-0001", 405, "method_not_allowed"),
        ("GET", "/api/v1/cases", 401, "unauthenticated"),
        ("POST", "/api/v1/cases", 401, "unauthenticated"),
        ("GET", "/api/v1/cases/", 404, "not_found"),
    ],
)
def test_every_error_has_the_same_members(
    client: FlaskClient, method: str, path: str, status: int, code: str
) -> None:
    answer = client.open(path, method=method)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert (list(answer.json or ()), (answer.json or {})["code"]) == (MEMBERS, code)


def test_a_method_that_is_not_allowed_tells_those_that_are(client: FlaskClient) -> None:
    assert set(client.put("/api/v1/cases").headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


@pytest.mark.parametrize(
    ("path", "host", "status"), [("/nothing", "localhost", 404), ("/healthz", "evil.example", 400)]
)
def test_an_address_that_is_none_of_ours_is_answered_as_a_problem_too(
    client: FlaskClient, path: str, host: str, status: int
) -> None:
    answer = client.get(path, headers={"Host": host})
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert host not in answer.text


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer hy_wrong",
        "Basic eDp5",
        "Bearer hy_" + "A" * 43,
        "bearer " + "x" * 300,
    ],
)
def test_a_token_that_is_none_is_asked_for_again(client: FlaskClient, header: str) -> None:
    answer = client.get("/api/v1/cases", headers={"Authorization": header})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="huiyin"')


@pytest.mark.parametrize(
    ("reads", "language", "title"),
    [
        ("", "zh-CN", "没有找到"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN", "没有找到"),
        ("en-GB,en;q=0.9", "en", "Not found"),
        ("fr", "zh-CN", "没有找到"),
        ("x" * 200, "zh-CN", "没有找到"),
    ],
)
def test_the_words_follow_the_reader(client: FlaskClient, reads: str, language: str, title: str) -> None:
    answer = client.get("/api/v1/nothing", headers={"Accept-Language": reads})
    assert (answer.headers["Content-Language"], (answer.json or {})["title"]) == (language, title)


def test_every_problem_has_english_words() -> None:
    english = catalogue("en")
    missing = [words for words in PROBLEMS.values() if not {words.title, words.detail} <= english.keys()]
    assert missing == []


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Unavailable(), 503, "unavailable"),
        (OperationalError("SELECT 1", {}, Exception("database is locked")), 503, "unavailable"),
        (PoolTimeout("no connection in 5 s"), 503, "unavailable"),
        (OSError(28, "No space left on device"), 503, "unavailable"),
        (IntegrityError("INSERT", {}, Exception("UNIQUE constraint failed")), 409, "lost_race"),
        (StaleDataError("0 rows"), 409, "lost_race"),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, Exception) else str(one),
)
def test_trouble_of_the_database_is_told_as_what_it_means_to_the_caller(
    own: Flask, error: Exception, status: int, code: str
) -> None:
    answer = failing(own, error)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert ("Retry-After" in answer.headers) == (status == 503)


def test_what_nobody_foresaw_leaks_nothing_and_can_be_found_in_the_log(
    own: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = failing(own, RuntimeError("secret 13800002046"))
    assert (answer.status_code, answer.json["code"]) == (500, "internal")
    assert "13800002046" not in answer.text
    assert answer.json["facts"]["request_id"] == answer.headers["X-Request-Id"]
    assert answer.headers["X-Request-Id"] in caplog.text


@pytest.mark.parametrize(
    ("host", "status"), [("localhost", 200), ("127.0.0.1:8000", 200), ("evil.example", 400), ("", 400)]
)
def test_only_known_hosts_are_answered(client: FlaskClient, host: str, status: int) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == status


def test_forwarded_headers_are_believed_from_a_configured_proxy_alone(client: FlaskClient) -> None:
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "10.0.0.1"}
    answer = client.get("/healthz", headers=forged)
    assert (answer.status_code, "Strict-Transport-Security" in answer.headers) == (200, False)


def test_answers_are_neither_cached_nor_sniffed_nor_framed(call: Call) -> None:
    headers = call("zuzhang").get("/cases").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer"


def test_a_photo_of_a_type_that_is_not_taken_is_answered_in_words_about_photos(call: Call) -> None:
    refused = call("zuyuan").upload(b"\x00\x00\x00\x18ftypheic", "IMG_2046.HEIC", "image/heic")
    assert refused.status_code == 415
    assert "application/json" not in refused.json["detail"]
    assert "HEIC" in refused.json["detail"]


@pytest.mark.parametrize(("facts", "about_the_disk"), [({"reason": "no_place"}, False), ({}, True)])
def test_a_refusal_for_want_of_a_place_does_not_speak_of_the_disk(
    app: Flask, facts: dict[str, str], about_the_disk: bool
) -> None:
    with app.test_request_context("/api/v1/cases"):
        told = problem(503, "unavailable", facts=facts).get_json()
    assert ("磁盘" in told["detail"]) == about_the_disk
