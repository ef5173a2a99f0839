"""Every answer has every header, whoever gives it: pages, the interface, built files, and all refusals."""

import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import Client

import web.application
from cases.configuration.case_rules import CountyRules
from config.settings import load
from core.persistence.db import Database
from tests.api.conftest import Clock
from tests.web.conftest import assets
from tests.web.conftest import built as built
from tests.web.conftest import pages as pages
from web.framework.assets import serving
from wsgi.concurrency_limit import TURNED_AWAY
from wsgi.headers import LONGEST_LANGUAGES, SafeHeaders

pytestmark = pytest.mark.one_database

SECURE = "https://localhost"
#: What every answer over HTTPS has, and what must stand in it.
WANTED = {
    "Content-Security-Policy": r"default-src 'none'(;.*)?",
    "Cross-Origin-Opener-Policy": r"same-origin",
    "Cross-Origin-Resource-Policy": r"same-origin",
    "Permissions-Policy": r"camera=\(\), .+",
    "Referrer-Policy": r"same-origin|no-referrer",
    "Strict-Transport-Security": r"max-age=31536000",
    "X-Content-Type-Options": r"nosniff",
    "Cache-Control": r"no-store|max-age=60, public",
}


def lacking(headers: Any) -> list[str]:
    """Return which headers an answer lacks, or has more than once, or has with something else in it."""
    return [
        name
        for name, form in WANTED.items()
        if len(found := headers.getlist(name)) != 1 or not re.fullmatch(form, found[0])
    ]


def addresses(app: Flask) -> Iterator[str]:
    """Return an address of every route."""
    for rule in app.url_map.iter_rules():
        yield re.sub(r"<[^>]+>", "1", rule.rule)


def faults(app: Flask) -> list[tuple[str, list[str]]]:
    """Ask for every address of an application and others besides, and return which answers lack a header."""
    asking = app.test_client()
    answers = {path: asking.get(path, base_url=SECURE, buffered=True) for path in addresses(app)}
    answers |= {
        "nowhere": asking.get("/nowhere", base_url=SECURE),
        "method": asking.put("/api/v1/cases", base_url=SECURE),
        "host": asking.get("/", base_url="https://evil.example"),
        "no host": asking.get("/", base_url=SECURE, headers={"Host": "[::1"}),
        "turned away": asking.get("/", base_url=SECURE, environ_overrides={TURNED_AWAY: True}),
        "too large": asking.post("/", base_url=SECURE, data=b"x" * 12_000_000),
    }
    return [(name, found) for name, answer in answers.items() if (found := lacking(answer.headers))]


def test_every_answer_of_the_pages_has_every_header(pages: Flask) -> None:
    assert faults(pages) == []


def test_every_answer_of_the_interface_has_every_header(app: Flask) -> None:
    assert faults(app) == []


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT"])
def test_what_was_sent_is_echoed_by_neither(pages: Flask, app: Flask, method: str) -> None:
    for path, application in (("/", pages), ("/sign-in", pages), ("/api/v1/cases", app), ("/healthz", app)):
        answer = application.test_client().open(
            path, method=method, base_url=SECURE, headers={"X-Tells": "canary"}
        )
        assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED
        assert b"canary" not in answer.data


def test_an_application_that_leaves_a_header_out_is_found(app: Flask) -> None:
    bare = Flask("bare")
    assert [name for name, _ in faults(bare)]
    assert lacking(app.test_client().get("/", base_url="http://localhost").headers) == [
        "Strict-Transport-Security"
    ]


@pytest.mark.parametrize(
    ("subdomains", "said"), [("no", "max-age=31536000"), ("yes", "max-age=31536000; includeSubDomains")]
)
def test_built_files_have_them_too_and_subdomains_where_that_is_set(
    project_rules: CountyRules,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    subdomains: str,
    said: str,
) -> None:
    (tmp_path / "style.css").write_text("a {}")
    monkeypatch.setattr(web.application, "serving", lambda inner: serving(inner, tmp_path))
    settings = load({"HUIYIN_DATA_DIR": str(tmp_path), "HUIYIN_HSTS_SUBDOMAINS": subdomains})
    made = web.application.create(
        db=Database(settings.database_url), rules=project_rules, settings=settings, now=Clock(), assets=assets
    )
    client: FlaskClient = made.test_client()
    for headers, status in (({}, 200), ({"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}, 304)):
        answer = client.get("/static/style.css", base_url=SECURE, headers=headers, buffered=True)
        assert answer.status_code == status
        assert lacking(answer.headers) == (["Strict-Transport-Security"] if subdomains == "yes" else [])
        assert answer.headers["Strict-Transport-Security"] == said
        assert "Vary" not in answer.headers or "Cookie" not in answer.headers["Vary"]


def test_what_an_application_says_of_a_header_itself_holds() -> None:
    def inner(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        del environ
        start_response("200 OK", [("cache-control", "max-age=1")])
        return [b""]

    answer = Client(SafeHeaders(inner, {}, subdomains=False)).get("/")
    assert answer.headers.getlist("Cache-Control") == ["max-age=1"]
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("en-GB,en;q=0.9", "en-GB,en;q=0.9"),
        ("en;q=0.5," * 25_000, ",".join(["en;q=0.5"] * 22)),
        ("x" * 200_000, ""),
        ("", ""),
    ],
    ids=["usual", "many", "one", "none"],
)
def test_of_the_languages_that_somebody_prefers_only_the_first_are_read(given: str, read: str) -> None:
    seen = []

    def inner(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        seen.append(environ["HTTP_ACCEPT_LANGUAGE"])
        start_response("200 OK", [])
        return [b""]

    Client(SafeHeaders(inner, {}, subdomains=False)).get("/", headers={"Accept-Language": given})
    assert seen == [read]


def test_both_applications_read_no_more_of_them(app: Flask, pages: Flask) -> None:
    for one in (app, pages):
        read: list[int] = []
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(
                "werkzeug.sansio.request.parse_accept_header",
                lambda value, kind, read=read: read.append(len(value or "")) or kind([]),
            )
            one.test_client().get("/nowhere", headers={"Accept-Language": "en;q=0.5," * 20_000})
        assert read
        assert max(read) <= LONGEST_LANGUAGES
