"""Whoever came by the provider proves there once more who they are before their ways in change."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from accounts.history import RegisterEntry
from accounts.models import User
from accounts.openid.identities import OpenIdBinding
from accounts.sign_in.sign_ins import SignIn
from core.persistence.db import Database
from tests.accounts.openid.provider import FakeProvider, provider
from tests.api.conftest import Clock
from tests.builders import PASSWORD
from tests.web.account.by_provider import Open, come_back, come_in, lead, set_provider, without_password
from tests.web.conftest import Browser
from web.framework.request_context import PROVED_FOR

WHO, FRESH = "zuyuan", "山高水长路好走-2026"
SECRET = re.compile(r'class="code">([A-Z2-7]{32})<')


@pytest.fixture
def asked(pages: Flask) -> Iterator[FakeProvider]:
    with provider() as found:
        set_provider(pages, found.settings)
        yield found


def pass_time(clock: Clock, asked: FakeProvider) -> None:
    clock.moment += PROVED_FOR
    asked.moment = clock.moment


def prove(person: Browser, asked: FakeProvider, who: str, **form: str) -> int:
    return come_back(person, asked.approve(lead(person, "/me/openid", **form), who)).status


def test_without_a_password_here_a_second_factor_is_set_up_all_the_same(
    browser: Open, asked: FakeProvider, clock: Clock, town: Database
) -> None:
    without_password(town, WHO)
    person = browser()
    come_in(person, asked, WHO)
    pass_time(clock, asked)
    page = person.get("/me/second-factor")
    assert ("先去统一身份认证再登录一次" in page.text, 'name="present"' in page.text) == (True, False)
    refused = person.post("/me/second-factor/new", present=PASSWORD)
    assert (refused.status, "请先再证明一次是您" in refused.text) == (422, True)
    kept = person.client.get_cookie("huiyin")
    back = come_back(person, asked.approve(lead(person, "/me/openid", next="/me/second-factor"), WHO))
    assert (back.status, back.headers["Location"]) == (303, "/me/second-factor")
    assert person.client.get_cookie("huiyin") == kept
    assert "先去统一身份认证" not in person.get("/me/second-factor").text
    assert person.post("/me/second-factor/new").status == 303
    (secret,) = SECRET.findall(person.get("/me/second-factor").text)
    assert person.post("/me/second-factor", code=pyotp.TOTP(secret).at(clock.moment)).status == 303
    pass_time(clock, asked)
    assert person.post("/me/second-factor/remove").status == 422


@pytest.mark.parametrize("form", ["/me/second-factor/new", "/me/passkeys/new", "/me/password"])
def test_a_proof_counts_for_some_minutes_and_the_password_does_not_stand_in_for_it(
    browser: Open, asked: FakeProvider, clock: Clock, form: str
) -> None:
    person = browser()
    come_in(person, asked, WHO)
    sent = {"present": PASSWORD, "fresh": FRESH, "again": FRESH}
    clock.moment += PROVED_FOR
    assert person.post(form, **sent).status == 422
    asked.moment = clock.moment
    assert prove(person, asked, WHO) == 303
    clock.moment += PROVED_FOR - timedelta(seconds=1)
    assert person.post(form, **sent).status == 303


def test_nobody_without_a_password_gives_themselves_one(
    browser: Open, asked: FakeProvider, town: Database
) -> None:
    without_password(town, WHO)
    person = browser()
    come_in(person, asked, WHO)
    assert person.post("/me/password", fresh=FRESH, again=FRESH).status == 403


def test_a_proof_of_another_or_of_an_old_sign_in_is_none(
    browser: Open, asked: FakeProvider, clock: Clock
) -> None:
    person, colleague = browser(), browser()
    come_in(person, asked, WHO)
    come_in(colleague, asked, "zuzhang")
    pass_time(clock, asked)
    assert prove(person, asked, "zuzhang") == 422
    asked.claims = {"auth_time": int((clock.moment - timedelta(minutes=5)).timestamp())}
    refused = come_back(person, asked.approve(lead(person, "/me/openid"), WHO))
    assert (refused.status, "没有证明成" in refused.text) == (422, True)
    assert person.post("/me/second-factor/new").status == 422


def test_a_proof_is_for_the_sign_in_that_asked_for_it(
    browser: Open, asked: FakeProvider, clock: Clock
) -> None:
    first, second = browser(), browser()
    for one in (first, second):
        come_in(one, asked, WHO)
    pass_time(clock, asked)
    back = asked.approve(lead(first, "/me/openid"), WHO)
    kept = first.client.get_cookie("huiyin-provider")
    assert kept is not None
    second.client.set_cookie("huiyin-provider", kept.value)
    assert come_back(second, back).status == 422
    assert second.post("/me/second-factor/new").status == 422


def test_whoever_came_by_the_password_has_nothing_to_prove_there(browser: Open, asked: FakeProvider) -> None:
    person = browser(WHO)
    assert 'name="present"' in person.get("/me/second-factor").text
    assert person.post("/me/openid").status == 403
    assert browser().post("/me/openid").status == 401


def test_a_form_that_came_too_late_is_gone_on_with_on_its_own_page(
    browser: Open, asked: FakeProvider, clock: Clock
) -> None:
    words = "水渠又堵了"
    person = browser()
    come_in(person, asked, WHO)
    clock.moment += timedelta(hours=3)
    asked.moment = clock.moment
    page = person.post("/register", own_words=words)
    assert (page.status, "会另开一页" in page.text) == (401, True)
    (kept,) = re.findall(r'name="kept" value="([^"]+)"', page.text)
    early = person.post("/openid/go-on", kept=kept, username="", password="")
    assert (early.status, words in early.text, kept in early.text) == (401, False, True)
    come_in(person, asked, WHO)
    assert words in person.post("/openid/go-on", kept=kept).text
    other = browser()
    come_in(other, asked, "zuzhang")
    assert words not in other.post("/openid/go-on", kept=kept).text


def test_an_administrator_sees_who_is_bound_and_releases_them(
    browser: Open, asked: FakeProvider, town: Database
) -> None:
    person, admin = browser(), browser("guanli")
    assert "解开" not in admin.get(f"/people/{WHO}").text
    come_in(person, asked, WHO)
    page = admin.get(f"/people/{WHO}")
    assert ("解开" in page.text, "第一次从统一身份认证进来" in page.text) == (True, True)
    asked.claims = {"preferred_username": WHO, "sub": "made anew"}
    assert come_in(browser(), asked, WHO).status == 422
    assert admin.post(f"/people/{WHO}/release-openid").status == 303
    assert person.get("/me").status == 302
    assert come_in(person, asked, WHO).status == 303
    with town.reading() as session:
        assert session.scalars(select(OpenIdBinding.subject)).all() == ["made anew"]
        of_users = select(RegisterEntry.action).where(RegisterEntry.subject_kind == "user")
        actions = session.scalars(of_users.order_by(RegisterEntry.seq)).all()
        told = [one for one in actions if one.startswith("openid")]
        assert told == ["openid_bound", "openid_released", "openid_bound"]
        ended = session.scalars(select(SignIn.provider_proof).where(SignIn.ended_at.is_not(None)))
        assert set(ended) == {None}


def test_somebody_is_added_who_comes_by_the_provider_alone(
    browser: Open, asked: FakeProvider, town: Database
) -> None:
    admin, person = browser("guanli"), browser()
    assert "这里不给密码" in admin.get("/people/new").text
    sent = {"name": "小林", "username": "xiaolin", "unit": "team", "roles": "member"}
    assert admin.post("/people", no_password="yes", **sent).status == 303
    with town.reading() as session:
        assert session.scalars(select(User.password_hash).where(User.username == "xiaolin")).one() is None
    assert "1 个人没有密码" in admin.get("/administration").text
    assert come_in(person, asked, "xiaolin").status == 303
    assert "个人没有密码" not in admin.get("/administration").text


def test_without_a_provider_nobody_is_added_without_a_password(browser: Open, town: Database) -> None:
    admin = browser("guanli")
    assert "这里不给密码" not in admin.get("/people/new").text
    sent = {"name": "小林", "username": "xiaolin", "unit": "team", "roles": "member"}
    assert admin.post("/people", no_password="yes", **sent).status == 200
    with town.reading() as session:
        assert session.scalars(select(User.password_hash).where(User.username == "xiaolin")).one() is not None


def test_nobody_but_an_administrator_releases_and_none_their_own(browser: Open, asked: FakeProvider) -> None:
    assert browser("zuzhang").post(f"/people/{WHO}/release-openid").status == 403
    assert browser("guanli").post("/people/guanli/release-openid").status == 403
