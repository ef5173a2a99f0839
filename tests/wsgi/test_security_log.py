"""What each door writes into the security log: who, from where, which case; no word or name of anybody."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from accounts.security_log.writer import FOLDER
from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case
from config.settings import Settings
from tests.api.conftest import Caller, app, call, client, clock, described, token
from tests.builders import PASSWORD
from tests.statements import statements
from tests.web.conftest import Browser, browser, built, pages, settings

__all__ = ["app", "browser", "built", "call", "client", "clock", "described", "pages", "settings", "token"]

pytestmark = pytest.mark.one_database

Call = Callable[[str], Caller]
OpenBrowser = Callable[..., Browser]
Lines = Callable[[], list[dict[str, Any]]]
PDF = b"%PDF-1.4 \xe4\xba\x95"
PHONE, NAME, WORDS = "13900001234", "向秀英", "鱼塘边的老井干了"


@pytest.fixture
def lines(settings: Settings) -> Lines:
    """Return the lines since the last time one asked."""
    seen = 0

    def fresh() -> list[dict[str, Any]]:
        nonlocal seen
        found = [
            json.loads(line)
            for place in sorted((settings.data_dir / FOLDER).glob("*"))
            for line in place.read_text().splitlines()
        ]
        seen, rest = len(found), found[seen:]
        return rest

    return fresh


@pytest.fixture
def a_matter(a_case: Callable[..., Case]) -> Case:
    return a_case(own_words=WORDS, complainants=(ComplainantEntry(name=NAME, phone=PHONE),))


def told(found: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    return [(line["event"], line.get("numbers", line.get("way"))) for line in found]


def test_a_line_tells_when_who_where_what_and_which_request(call: Call, a_matter: Case, lines: Lines) -> None:
    answer = call("zuzhang").get(f"/cases/{a_matter.number}")
    (line,) = lines()
    assert line.pop("from") == call_from(call, lines)
    assert isinstance(line.pop("user"), int)
    assert line == {
        "at": "2026-03-03T01:00:00.000000+00:00",
        "event": "case",
        "method": "GET",
        "route": "/api/v1/cases/<number:number>",
        "status": 200,
        "request_id": answer.headers["X-Request-Id"],
        "numbers": [a_matter.number],
    }


def call_from(call: Call, lines: Lines) -> str:
    """Return the digest of the address that all requests of tests come from."""
    call("jiandu").get("/cases")
    (line,) = lines()
    assert "127.0.0.1" not in str(line)
    return str(line["from"])


def test_what_is_read_through_the_interface_is_told_by_its_kind(
    call: Call, a_matter: Case, lines: Lines
) -> None:
    zuzhang, number = call("zuzhang"), a_matter.number
    stored = zuzhang.upload(PDF, "井.pdf", "application/pdf").json["id"]
    zuzhang.act(number, "attach", attachments=[stored])
    person = zuzhang.get(f"/cases/{number}").json["complainants"][0]["id"]
    lines()
    asked: dict[str, Callable[[], Any]] = {
        "case": lambda: zuzhang.get(f"/cases/{number}/history"),
        "list": lambda: zuzhang.get("/cases"),
        "complainants": lambda: zuzhang.get("/complainants"),
        "file": lambda: zuzhang.get(f"/attachments/{stored}"),
        "revealed": lambda: zuzhang.act(number, "reveal", complainant=person, reason="要打电话"),
    }
    for event, ask in asked.items():
        assert ask().status_code == 200
        assert told(lines()) == [(event, [number])]
    zuzhang.get("/households")
    assert told(lines()) == [("households", [])]
    zuzhang.get("/inbox")
    assert lines() == []


def test_what_is_read_on_pages_is_told_by_its_kind(
    browser: OpenBrowser, a_matter: Case, lines: Lines
) -> None:
    zuzhang, number = browser("zuzhang"), a_matter.number
    lines()
    for path, event in (
        (f"/cases/{number}", "case"),
        ("/cases/export", "export"),
        ("/complainants", "complainants"),
        ("/cases", "list"),
    ):
        assert zuzhang.get(path).status == 200
        assert told(lines()) == [(event, [number])]
    zuzhang.get("/me")
    assert lines() == []


def test_a_kept_answer_that_is_given_again_is_told_again(call: Call, a_matter: Case, lines: Lines) -> None:
    key, number = {"Idempotency-Key": "once"}, a_matter.number
    note = {"action": "note", "text": "看过了"}
    for again in (None, True):
        call("zuzhang").post(f"/cases/{number}/actions", note, headers=key)
        assert [(line["numbers"], line.get("again")) for line in lines()] == [([number], again)]


def test_who_comes_in_who_is_refused_and_who_leaves_is_told(browser: OpenBrowser, lines: Lines) -> None:
    somebody = browser()
    somebody.sign_in("zuzhang", "wrong")
    somebody.sign_in("13900001234", "wrong")
    somebody.sign_in("zuzhang")
    somebody.post("/sign-out")
    found = lines()
    assert told(found) == [
        ("sign_in_refused", "password"),
        ("sign_in_refused", "password"),
        ("sign_in", "password"),
        ("sign_out", None),
    ]
    assert [line["user"] for line in found[:2]] == [None, None]
    assert found[2]["user"] == found[3]["user"] is not None
    assert found[0]["name"] != found[1]["name"]


def test_a_sign_in_that_is_refused_for_too_many_tries_is_told_with_its_name(
    browser: OpenBrowser, lines: Lines
) -> None:
    somebody = browser()
    pages = [somebody.sign_in("zuzhang", "wrong") for _ in range(11)]
    found = lines()
    assert pages[-1].status == 429
    assert found[-2]["event"] == "sign_in_refused"
    assert found[-2]["name"] == found[0]["name"]
    assert found[-1]["event"] == "refused"


def test_a_token_that_nobody_holds_is_a_refused_sign_in(app: Flask, lines: Lines) -> None:
    Caller(app.test_client(), "hy_" + "a" * 43).get("/cases")
    assert told(lines()) == [("sign_in_refused", "token")]


def test_whoever_asks_for_what_is_not_theirs_is_told_with_the_number_alone(
    call: Call, a_case: Callable[..., Case], lines: Lines
) -> None:
    theirs = a_case(village="YY").number
    call("cunwei-sl").get(f"/cases/{theirs}")
    call("cunwei-sl").get("/cases/向秀英13900001234")
    call("guanli").get("/cases")
    found = lines()
    assert told(found) == [("refused", [theirs]), ("refused", []), ("refused", [])]
    assert [line["status"] for line in found] == [404, 404, 403]


def test_no_line_holds_a_word_or_name_or_telephone_of_anybody(
    call: Call, browser: OpenBrowser, a_matter: Case, settings: Settings
) -> None:
    number, zuzhang = a_matter.number, browser("zuzhang")
    for typed in (PHONE, NAME):
        browser().sign_in(typed, PASSWORD)
        zuzhang.get(f"/cases?q={typed}")
        call("zuzhang").get(f"/cases/{typed}")
    call("zuzhang").get(f"/cases/{number}", headers={"User-Agent": NAME})
    written = b"".join(place.read_bytes() for place in (settings.data_dir / FOLDER).iterdir())
    assert written.isascii()
    assert written.count(b"\n") == 6
    for mark in (PHONE, NAME, WORDS, "zuzhang", PASSWORD):
        assert mark.encode() not in written
        assert json.dumps(mark)[1:-1].encode() not in written


def test_nothing_is_written_to_the_database_for_a_read(
    call: Call, a_matter: Case, town: Any, settings: Settings
) -> None:
    zuzhang = call("zuzhang")
    with statements(town) as sent:
        for path in (f"/cases/{a_matter.number}", "/cases", "/complainants"):
            assert zuzhang.get(path).status_code == 200
    assert [one for one in sent if not one.lstrip("( ").startswith(("SELECT", "WITH"))] == []
    assert len(list((settings.data_dir / FOLDER).iterdir())) == 1


def test_who_is_refused_and_who_is_shown_an_empty_list_has_read_nothing(
    call: Call, browser: OpenBrowser, a_matter: Case, lines: Lines
) -> None:
    zuyuan, form = call("zuyuan"), browser("zuyuan")
    lines()
    intake = {"village": "SL", "category": "roads", "kind": "problem", "own_words": "路坏了，走不通。"}
    person = {"household": "SL-99-999"}
    answer = zuyuan.post("/cases", {**intake, "client_ref": "refused", "complainants": [person]})
    page = form.post("/register", **{**intake, "village": "YY", "kind": "no such kind"}, name="覃某")
    assert (answer.status_code, page.status) == (422, 422)
    zuyuan.get("/cases", q="没有这样的话")
    call("zuzhang").act(a_matter, "note")
    assert told(lines()) == []
    zuyuan.get(f"/cases/{a_matter.number}")
    assert told(lines()) == [("case", [a_matter.number])]


def test_a_log_that_cannot_be_written_keeps_nobody_from_reading(
    call: Call, a_matter: Case, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    (settings.data_dir / FOLDER).write_text("a file where the folder should be")
    assert call("zuzhang").get(f"/cases/{a_matter.number}").status_code == 200
    assert "the security log cannot be written" in caplog.text


def test_what_was_loaded_for_an_answer_that_failed_is_not_told_as_shown(
    call: Call, a_matter: Case, lines: Lines, monkeypatch: pytest.MonkeyPatch, app: Flask
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("api.cases.case_response", fails)
    assert call("zuzhang").get(f"/cases/{a_matter.number}").status_code == 500
    assert lines() == []
