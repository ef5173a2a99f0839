"""Coming in by the provider: who is let in, as whom, and that no other browser and no second time will do."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.history import RegisterEntry
from accounts.models import User
from accounts.openid.flow import LASTS
from accounts.openid.identities import OpenIdBinding
from accounts.security_log.writer import FOLDER
from accounts.sign_in.rate_limits import Attempt
from accounts.sign_in.sessions import SHARED
from accounts.sign_in.sign_ins import SignIn
from cases.configuration.case_rules import CountyRules
from config.settings import Settings
from core.persistence.db import Database
from tests.accounts.openid.provider import CLIENT, DISCOVERY, TOKEN, FakeProvider, provider
from tests.accounts.sign_in.authenticator import Authenticator
from tests.api.conftest import Clock
from tests.web.account.by_provider import (
    Open,
    address_on,
    come_back,
    come_in,
    lead,
    set_provider,
    without_password,
)
from tests.web.account.enrolling import PAGE_SITE, asked_question, enrol, give_token
from web.framework.request_context import EXTENSION

WHO = "zuyuan"


@pytest.fixture
def asked(pages: Flask) -> Iterator[FakeProvider]:
    with provider() as found:
        set_provider(pages, found.settings)
        yield found


def bindings(town: Database) -> list[tuple[str, str]]:
    with town.reading() as session:
        rows = session.execute(
            select(User.username, OpenIdBinding.subject).join(User, User.id == OpenIdBinding.user_id)
        )
        return [(username, subject) for username, subject in rows]


def test_the_button_is_there_where_a_provider_is_set_and_nowhere_else(
    browser: Open, pages: Flask, asked: FakeProvider
) -> None:
    assert "用统一身份认证登录" in browser().get("/sign-in").text
    named = pages.extensions[EXTENSION].settings.openid
    set_provider(pages, type(named)(**{**vars(named), "name": "县统一门户"}))
    assert "用县统一门户登录" in browser().get("/sign-in").text
    assert asked.asked == []  # nobody is asked before somebody presses it


def test_without_a_provider_none_of_its_pages_is_there(browser: Open) -> None:
    assert "统一身份认证" not in browser().get("/sign-in").text
    for answer in (browser().post("/openid"), browser().get("/sign-in/openid?code=a&state=b")):
        assert answer.status == 404


def test_somebody_of_the_register_comes_in_and_goes_on_to_where_they_wanted(
    browser: Open, town: Database, asked: FakeProvider, settings: Settings
) -> None:
    person = browser()
    back = come_back(person, asked.approve(lead(person, next="/cases?q=1"), WHO))
    assert (back.status, back.headers["Location"]) == (303, "/cases?q=1")
    assert person.get("/cases").status == 200
    assert "统一身份认证" in person.get("/me").text
    assert bindings(town) == [(WHO, f"id of {WHO}")]
    with town.reading() as session:
        (entry,) = session.scalars(select(RegisterEntry).where(RegisterEntry.action == "openid_bound"))
        kept = session.scalars(select(SignIn)).one()
        assert kept.ends_at - kept.created_at == SHARED
        assert WHO.encode() not in (kept.provider_proof or b"")
    assert "id of" not in json.dumps(entry.facts)
    written = "".join(one.read_text() for one in (settings.data_dir / FOLDER).iterdir())
    lines = [json.loads(line) for line in written.splitlines()]
    assert ("sign_in", "openid") in [(line["event"], line.get("way")) for line in lines]


def test_who_is_known_by_the_subject_stays_that_user_whatever_the_name_says(
    browser: Open, town: Database, asked: FakeProvider
) -> None:
    come_in(browser(), asked, WHO)
    asked.claims = {"preferred_username": "lingdao"}
    person = browser()
    assert come_in(person, asked, WHO).status == 303
    assert bindings(town) == [(WHO, f"id of {WHO}")]
    asked.claims = {"preferred_username": WHO}  # another took the name over
    refused = come_in(browser(), asked, "a newcomer")
    assert (refused.status, "换了人" in refused.text) == (422, True)


@pytest.mark.parametrize("name", ["nobody", "Zuyuan", "ｚｕｙｕａｎ", "zuyuan ", "zuyuan\x00", "", 7, None])
def test_nobody_is_made_of_a_stranger_and_a_name_in_another_form_is_a_stranger_s(
    browser: Open, town: Database, asked: FakeProvider, name: Any
) -> None:
    asked.claims, asked.person = {"preferred_username": name}, {"sub": "id of somebody"}
    with town.reading() as session:
        before = len(session.scalars(select(User.id)).all())
    refused = come_in(browser(), asked, "somebody")
    assert (refused.status, "没有您的用户" in refused.text) == (422, True)
    with town.reading() as session:
        assert len(session.scalars(select(User.id)).all()) == before
    assert bindings(town) == []


def test_nobody_becomes_a_program(
    browser: Open, town: Database, asked: FakeProvider, rules: CountyRules, clock: Clock
) -> None:
    give_token(town, rules, WHO, clock.moment)
    without_password(town, WHO)
    assert come_in(browser(), asked, WHO).status == 422
    assert bindings(town) == []


def test_whoever_was_let_go_stays_outside(browser: Open, asked: FakeProvider) -> None:
    person = browser()
    come_in(person, asked, "zuzhang")
    admin = browser("guanli")
    admin.post("/people/zuzhang/disable")
    disabled = person.get("/me").status == 302
    refused = come_in(browser(), asked, "zuzhang")
    assert (disabled, refused.status, "已经停用" in refused.text) == (True, 422, True)


def test_a_way_that_another_browser_began_lets_nobody_in(browser: Open, asked: FakeProvider) -> None:
    evil, victim = browser(), browser()
    back = asked.approve(lead(evil), "lingdao")
    refused = come_back(victim, back)
    assert (refused.status, "过期了，或者已经用过" in refused.text) == (422, True)
    lead(victim)  # one of its own does not help
    assert come_back(victim, back).status == 422
    assert victim.get("/me").status == 302
    assert TOKEN not in asked.asked


@pytest.mark.parametrize(
    "changes", [{"state": "another"}, {"state": None}, {"iss": "https://other.example"}, {"code": "no"}]
)
def test_an_answer_that_is_wrong_in_one_thing_lets_nobody_in(
    browser: Open, asked: FakeProvider, changes: dict[str, str | None]
) -> None:
    person = browser()
    assert come_in(person, asked, WHO, **changes).status == 422
    assert person.get("/me").status == 302


def test_a_parameter_that_is_there_twice_is_refused(browser: Open, asked: FakeProvider) -> None:
    person = browser()
    assert come_back(person, asked.approve(lead(person), WHO) + "&code=another").status == 422


def test_an_answer_counts_once_and_for_ten_minutes(browser: Open, asked: FakeProvider, clock: Clock) -> None:
    person = browser()
    back = asked.approve(lead(person), WHO)
    (began,) = asked.given.values()
    kept = person.client.get_cookie("huiyin-provider")
    assert kept is not None
    assert come_back(person, back).status == 303
    assert person.client.get_cookie("huiyin-provider") is None
    assert come_back(person, back).status == 422
    person.client.set_cookie("huiyin-provider", kept.value)  # whoever copied it is no further
    asked.given["another"] = began  # even where a careless provider gives two codes for one way
    again = come_back(person, back.replace("code=", "code=another&was="))
    assert (again.status, "已经用过" in again.text) == (422, True)
    late = asked.approve(lead(person), WHO)
    clock.moment += LASTS
    assert come_back(person, late).status == 422


def test_whoever_turns_back_there_is_told_so_and_not_counted(browser: Open, asked: FakeProvider) -> None:
    person = browser()
    for _ in range(3):
        back = asked.approve(lead(person), WHO, code=None, error="access_denied")
        answer = come_back(person, back)
        assert (answer.status, "取消了" in answer.text) == (422, True)


def test_wrong_answers_are_counted_by_the_address(browser: Open, asked: FakeProvider, town: Database) -> None:
    person = browser()
    assert come_in(person, asked, WHO, code="no").status == 422
    with town.transaction() as session:
        for row in session.scalars(select(Attempt)):
            row.count = 10_000
    assert come_in(person, asked, WHO).status == 429


@pytest.mark.parametrize("has_password", [True, False])
def test_a_stranger_s_answers_shut_out_no_device_known_before_and_no_password(
    browser: Open, asked: FakeProvider, town: Database, has_password: bool
) -> None:
    if not has_password:
        without_password(town, WHO)
    known, stranger = browser(), browser()
    assert come_in(known, asked, WHO).status == 303
    known.post("/sign-out")
    assert come_in(stranger, asked, WHO, code="junk").status == 422
    with town.transaction() as session:
        for row in session.scalars(select(Attempt).where(Attempt.limit.startswith("provider_a"))):
            row.count = 10_000
    assert come_in(stranger, asked, WHO).status == 429
    assert come_in(known, asked, WHO).status == 303
    assert browser().sign_in("zuzhang").status == 303
    known.post("/sign-out")
    assert [come_in(known, asked, WHO, code="junk").status for _ in range(11)] == [422] * 10 + [429]


def test_a_second_factor_of_ours_is_asked_for_unless_the_provider_asked_for_one(
    browser: Open, town: Database, asked: FakeProvider
) -> None:
    device = Authenticator()
    enrol(browser, WHO, device)
    person = browser()
    back = come_back(person, asked.approve(lead(person, next="/cases"), WHO))
    assert (back.status, back.headers["Location"]) == (303, "/sign-in/code?next=/cases")
    assert (person.get("/cases").status, bindings(town)) == (302, [])  # not bound before it is given
    signed = device.sign(asked_question(person.get(back.headers["Location"])), PAGE_SITE)
    assert person.post("/sign-in/passkey", passkey=signed, next="/cases").headers["Location"] == "/cases"
    assert (person.get("/cases").status, bindings(town)) == (200, [(WHO, f"id of {WHO}")])
    asked.claims = {"amr": ["pwd", "mfa"]}
    other = browser()
    assert come_in(other, asked, WHO).headers["Location"] == "/"
    assert other.get("/cases").status == 200


@pytest.mark.parametrize(("amr", "onward"), [(None, "/me/second-factor"), (["mfa"], None)])
def test_a_role_that_must_have_one_is_content_with_that_of_the_provider(
    browser: Open, pages: Flask, asked: FakeProvider, amr: list[str] | None, onward: str | None
) -> None:
    services = pages.extensions[EXTENSION]
    strict = type(services.settings)(**{**vars(services.settings), "second_factor_roles": ("member",)})
    pages.extensions[EXTENSION] = type(services)(**{**vars(services), "settings": strict})
    asked.claims = {"amr": amr}
    person = browser()
    come_in(person, asked, WHO)
    assert person.get("/cases").headers.get("Location") == onward


def test_a_password_that_somebody_else_chose_is_no_matter_for_the_provider(
    browser: Open, town: Database, asked: FakeProvider
) -> None:
    with town.transaction() as session:
        session.scalars(select(User).where(User.username == WHO)).one().password_given = True
    person, other = browser(), browser(WHO)
    come_in(person, asked, WHO)
    assert (person.get("/cases").status, other.get("/cases").status) == (200, 302)


def test_while_the_provider_is_away_the_password_goes_on_and_the_button_says_so(
    browser: Open, asked: FakeProvider
) -> None:
    asked.replies[DISCOVERY] = (503, b"{}")
    person = browser()
    answer = person.post("/openid", next="/cases")
    assert (answer.status, "现在连不上" in answer.text) == (503, True)
    assert person.sign_in(WHO).status == 303


def test_a_provider_that_goes_away_on_the_way_lets_nobody_in(browser: Open, asked: FakeProvider) -> None:
    person = browser()
    back = asked.approve(lead(person), WHO)
    asked.replies[TOKEN] = (503, b"{}")
    answer = come_back(person, back)
    assert (answer.status, "现在连不上" in answer.text) == (503, True)


def test_no_other_site_begins_it(browser: Open, asked: FakeProvider) -> None:
    answer = browser().client.post("/openid", headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403
    assert browser().get("/openid").status == 405


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example", "/\\evil", "/" + "x" * 2_000])
def test_nobody_is_led_to_another_site_afterwards(browser: Open, asked: FakeProvider, onward: str) -> None:
    person = browser()
    assert come_back(person, asked.approve(lead(person, next=onward), WHO)).headers["Location"] == "/"


def test_another_who_was_signed_in_here_is_signed_out(browser: Open, asked: FakeProvider) -> None:
    person = browser("zuzhang")
    kept = person.client.get_cookie("huiyin")
    come_in(person, asked, WHO)
    assert kept is not None
    assert person.client.get_cookie("huiyin") != kept
    person.client.set_cookie("huiyin", kept.value)
    assert person.get("/me").status == 302


def test_who_leaves_here_is_led_to_leave_there_too(browser: Open, asked: FakeProvider) -> None:
    person = browser()
    come_in(person, asked, WHO)
    page = person.post("/sign-out")
    assert "这里已经退出了" in page.text
    there, _, query = address_on(page).partition("?")
    said = {"client_id": [CLIENT], "post_logout_redirect_uri": ["http://localhost/sign-in"]}
    assert (there, parse_qs(query)) == (f"{asked.issuer}/leave", said)
    assert person.get("/me").status == 302
    assert browser(WHO).post("/sign-out").headers["Location"] == "/sign-in"  # by the password: here alone


def test_the_program_does_not_wait_for_the_provider_where_somebody_leaves(
    browser: Open, asked: FakeProvider
) -> None:
    person = browser()
    come_in(person, asked, WHO)
    before = len(asked.asked)
    asked.hung.update({DISCOVERY, TOKEN})
    assert person.post("/sign-out").status == 200
    assert len(asked.asked) == before


def test_a_sign_in_by_the_provider_ends_like_all_others(
    browser: Open, asked: FakeProvider, clock: Clock, town: Database
) -> None:
    person = browser()
    come_in(person, asked, WHO)
    clock.moment += timedelta(hours=2, minutes=1)
    assert person.get("/me").status == 302
    without_password(town, WHO)
    asked.moment = clock.moment
    assert come_in(person, asked, WHO).status == 303
    assert "这里没有密码" in person.get("/me").text
