"""Passkeys on the pages: registered with the password, asked for at the sign-in, refused without TLS."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from tests.accounts.sign_in.authenticator import Authenticator
from tests.builders import PASSWORD
from tests.web.account.enrolling import PAGE_SITE, asked_question, enrol
from tests.web.conftest import Browser
from web.framework.request_context import EXTENSION

pytestmark = pytest.mark.one_database
Open = Callable[..., Browser]


def test_a_passkey_stands_beside_the_password_at_the_next_sign_in(browser: Open) -> None:
    other, device = browser("zuyuan"), Authenticator()
    person = enrol(browser, "zuyuan", device)
    assert other.get("/me").status == 302  # what was signed in elsewhere has ended
    assert "我的手机" in person.get("/me/passkeys").text
    asked = other.sign_in("zuyuan")
    assert other.get("/cases").headers["Location"] == "/sign-in/code"
    assert asked_question(other.get("/sign-in/code")) == asked_question(asked)
    signed = device.sign(asked_question(asked), PAGE_SITE)
    assert other.post("/sign-in/passkey", passkey=signed).status == 303
    assert other.get("/cases").status == 200


def test_a_wrong_answer_is_counted_and_asks_another_question(browser: Open) -> None:
    other, device = browser(), Authenticator()
    enrol(browser, "zuyuan", device)
    first = asked_question(other.sign_in("zuyuan"))
    wrong = device.sign(first, PAGE_SITE, origin="http://evil.example")
    again = other.post("/sign-in/passkey", passkey=wrong)
    assert (again.status, "通行密钥没有成" in again.text) == (422, True)
    assert asked_question(again) != first
    assert other.post("/sign-in/passkey", passkey=device.sign(first, PAGE_SITE)).status == 422
    statuses = [other.post("/sign-in/passkey", passkey="{}").status for _ in range(4)]
    assert statuses == [422, 422, 422, 429]


def test_one_who_must_have_a_second_factor_is_content_with_a_passkey_and_keeps_the_last(
    browser: Open, pages: Flask
) -> None:
    services = pages.extensions[EXTENSION]
    strict = replace(services.settings, second_factor_roles=("member",))
    pages.extensions[EXTENSION] = replace(services, settings=strict)
    assert browser("zuyuan").get("/cases").headers["Location"] == "/me/second-factor"
    person = enrol(browser, "zuyuan", Authenticator())
    assert person.get("/cases").status == 200
    (its_end,) = re.findall(r"/me/passkeys/\d+/remove", person.get("/me/passkeys").text)
    assert person.post(its_end, present=PASSWORD).status == 403
    pages.extensions[EXTENSION] = services
    assert person.post(its_end, present="not it").status == 422
    assert person.post(its_end, present=PASSWORD).status == 303


@pytest.mark.parametrize(
    ("address", "possible"),
    [
        ("http://localhost", True),
        ("https://localhost", True),
        ("http://127.0.0.1", False),
        ("https://127.0.0.1", False),
        ("http://localhost:8000", True),
    ],
)
def test_the_page_says_where_browsers_offer_no_passkeys(browser: Open, address: str, possible: bool) -> None:
    person = browser()
    given: dict[str, Any] = {"base_url": address, "headers": {"Origin": address}}
    form = {"username": "zuyuan", "password": PASSWORD}
    assert person.client.post("/sign-in", data=form, **given).status_code == 303
    page = person.get("/me/passkeys", base_url=address)
    assert page.status == 200
    assert ("浏览器不给用通行密钥" in page.text) != possible
    assert ('name="present"' in page.text) == possible
