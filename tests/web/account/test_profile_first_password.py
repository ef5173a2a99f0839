"""A password that somebody else chose opens nothing but the form for one's own."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.models import User
from cases.models.case import Case
from core.persistence.db import Database
from tests.web.conftest import Browser
from tests.web.test_application_pages import filled, is_left_from, routes
from web.framework.request_context import EXTENSION

pytestmark = pytest.mark.one_database
Open = Callable[..., Browser]
GIVEN, OWN = "三辆水车慢慢地转-2026", "山高水长路好走-2026"
#: Open to everybody, signed in or not: they do not ask who is there.
OPEN_TO_ALL = ("/status", "/sign-in", "/sign-out", "/look", "/setup", "/openid")
FORM = "/me/password"


def reached(pages: Flask, person: Browser, case: Case) -> Iterator[str]:
    """Yield every page and form that somebody comes to although a password of their own is missing."""
    for method, rule in routes(pages):
        if rule.startswith(OPEN_TO_ALL) or rule == FORM:
            continue
        answer = person.get(filled(rule, case)) if method == "GET" else person.post(filled(rule, case))
        if (answer.status, answer.headers.get("Location")) != (302, FORM):
            yield f"{method} {rule}"


@pytest.fixture
def newcomer(browser: Open) -> Browser:
    """Return a member whom the administrator gave a new password."""
    assert browser("guanli").post("/people/zuyuan/password", password=GIVEN).status == 303
    person = browser()
    assert person.sign_in("zuyuan", GIVEN).status == 303
    return person


def test_every_page_and_form_but_that_change_is_refused_until_it_is_made(
    pages: Flask, browser: Open, newcomer: Browser, a_case: Callable[..., Case]
) -> None:
    case = a_case("assigned")
    assert list(reached(pages, newcomer, case)) == []
    assert list(reached(pages, browser("zuzhang"), case)) != []


def test_the_change_asks_for_another_one_and_then_everything_is_open(newcomer: Browser) -> None:
    same = newcomer.post(FORM, present=GIVEN, fresh=GIVEN, again=GIVEN)
    assert (same.status, "要和现在的密码不一样" in same.text) == (422, True)
    assert newcomer.post(FORM, present="not it", fresh=OWN, again=OWN).status == 422
    assert newcomer.get("/cases").headers["Location"] == FORM
    assert is_left_from(newcomer.get(FORM))
    assert newcomer.post(FORM, present=GIVEN, fresh=OWN, again=OWN).status == 303
    assert newcomer.get("/cases").status == 200


def test_leaving_ends_a_sign_in_that_has_not_come_all_the_way(newcomer: Browser, browser: Open) -> None:
    cookie = newcomer.client.get_cookie("huiyin")
    assert cookie is not None
    newcomer.post("/sign-out")
    thief = browser()
    thief.client.set_cookie("huiyin", str(cookie.value))
    assert thief.get(FORM).headers["Location"].startswith("/sign-in")


def test_a_sample_asks_nobody_for_a_password_of_their_own(newcomer: Browser, pages: Flask) -> None:
    pages.extensions[EXTENSION] = replace(pages.extensions[EXTENSION], is_sample=lambda: True)
    assert newcomer.get("/cases").status == 200


def test_one_s_own_password_is_not_to_be_changed(browser: Open, town: Database) -> None:
    with town.reading() as session:
        assert set(session.scalars(select(User.password_given))) == {None}
    assert browser("zuyuan").get("/cases").status == 200
