"""Every way in leaves a line in the security log, for whoever it lets in and for whoever it refuses."""

import json
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from accounts.security_log import shown
from accounts.security_log.writer import FOLDER
from config.settings import Settings
from tests.accounts.sign_in.authenticator import Authenticator
from tests.web.account.by_provider import describe_provider
from tests.web.account.enrolling import enrol
from tests.web.conftest import Browser, browser, built, clock, pages, settings

__all__ = ["browser", "built", "clock", "pages", "settings"]

pytestmark = pytest.mark.one_database

OpenBrowser = Callable[..., Browser]
FIRST = "/sign-in"
ANSWER = "code=of-nobody&state=of-nobody"
WRONG = {"username": "lingdao", "password": "wrong", "code": "000000", "passkey": "{}"}


def ways_in(application: Flask) -> Iterator[tuple[str, str]]:
    """Yield the addresses at which somebody comes in: the first, and what is asked after the password.

    One that takes no form is where another site sends somebody back to, with an answer in the address.
    """
    found = [one for one in application.url_map.iter_rules() if one.rule.startswith(FIRST)]
    forms = {one.rule for one in found if "POST" in (one.methods or ())}
    yield from (("POST", rule) for rule in forms)
    yield from (("GET", rule) for rule in {one.rule for one in found} - forms)


def events(settings: Settings) -> list[tuple[str, str]]:
    written = [place.read_text() for place in (settings.data_dir / FOLDER).iterdir()]
    lines = [json.loads(line) for text in written for line in text.splitlines()]
    return [(line["event"], line["way"]) for line in lines if line["event"].startswith("sign_in")]


def unrecorded(pages: Flask, browser: OpenBrowser, settings: Settings) -> list[str]:
    """Return the ways in that refuse somebody and leave no line of it."""
    found = []
    for method, way in ways_in(pages):
        somebody = browser()
        if way != FIRST:
            somebody.sign_in("lingdao")
        before = events(settings)
        refused = somebody.post(way, **WRONG) if method == "POST" else somebody.get(f"{way}?{ANSWER}")
        assert refused.status == 422, way
        if [event for event, _ in events(settings)[len(before) :]] != ["sign_in_refused"]:
            found.append(way)
    return found


def test_every_way_in_that_refuses_somebody_leaves_a_line(
    pages: Flask, browser: OpenBrowser, settings: Settings
) -> None:
    enrol(browser, "lingdao", Authenticator())
    describe_provider(pages)
    known = {
        ("POST", FIRST),
        ("POST", "/sign-in/code"),
        ("POST", "/sign-in/passkey"),
        ("GET", "/sign-in/openid"),
    }
    assert known <= {*ways_in(pages)}
    assert unrecorded(pages, browser, settings) == []


def test_a_way_in_that_leaves_no_line_is_found(
    pages: Flask, browser: OpenBrowser, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrol(browser, "lingdao", Authenticator())
    describe_provider(pages)
    monkeypatch.setattr(shown, "attempt", lambda way, **_: None)
    assert {*unrecorded(pages, browser, settings)} == {way for _, way in ways_in(pages)}


def test_a_way_in_that_says_nothing_of_an_attempt_tells_of_the_sign_in_all_the_same(
    browser: OpenBrowser, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown, "attempt", lambda way, **_: None)
    browser("zuzhang")
    assert events(settings) == [("sign_in", shown.UNTRIED)]
