"""Every page, as every role and as nobody: it answers or says no, and is what a page must be."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from accounts.access.permissions import Role
from cases.configuration.case_rules import CountyRules
from cases.lifecycle import take_step
from cases.lifecycle.build_values import build_values
from cases.models.case import Case
from config.settings import ROLES
from core.persistence.db import Database
from tests.builders import USERS, actor_named, at
from tests.markup import HTML
from tests.web.conftest import Browser, Page
from web.framework.blueprint import Enter

pytestmark = pytest.mark.one_database

Open = Callable[..., Browser]
BY_ROLE = {role: username for username, _, _, role, _ in USERS}


def routes(pages: Flask) -> list[tuple[str, str]]:
    return sorted(
        (method, rule.rule)
        for rule in pages.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    )


def filled(rule: str, case: Case) -> str:
    known = rule.replace("<number:number>", case.number).replace("<number:attachment_id>", "0" * 32)
    known = known.replace("<string(maxlength=40):code>", "SL")
    known = known.replace("<username>", "zuyuan").replace("<area>", "SL").replace("<unit>", "committee-SL")
    return re.sub(r"<(?:int|row)[^>]*>", "1", known)


def is_left_from(page: Page) -> bool:
    """Return whether whoever is signed in can sign out on this page, if it is one."""
    if 300 <= page.status < 400 or not page.text.startswith("<!doctype html>"):
        return True
    forms = [one for one in page.tree.iter(f"{HTML}form") if one.get("action") == "/sign-out"]
    return len(forms) == 1 and "退出登录" in page.text.replace("Sign out", "退出登录")


def test_every_page_says_who_may_enter(pages: Flask) -> None:
    unsaid = [
        rule.rule
        for rule in pages.url_map.iter_rules()
        if not isinstance(getattr(pages.view_functions[rule.endpoint], "enter", None), Enter)
    ]
    assert unsaid == []


@pytest.mark.parametrize("role", sorted(BY_ROLE))
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_page_can_be_opened_or_says_no(
    browser: Open, pages: Flask, a_case: Callable[..., Case], role: str, language: str
) -> None:
    cases = [a_case("assigned"), a_case("resolved"), a_case("received")]
    person = browser(BY_ROLE[role])
    for method, rule in routes(pages):
        if method == "GET":
            for case in cases if "number:number" in rule else cases[:1]:
                page = person.get(filled(rule, case), headers={"Accept-Language": language})
                assert page.status in (200, 302, 303, 403, 404, 409, 422), (rule, page.status)
                assert is_left_from(page), rule


def test_nobody_sees_nothing_but_where_to_sign_in(
    browser: Open, pages: Flask, a_case: Callable[..., Case]
) -> None:
    case = a_case("assigned")
    stranger = browser()
    for method, rule in routes(pages):
        page = stranger.get(filled(rule, case)) if method == "GET" else stranger.post(filled(rule, case))
        assert case.own_words not in page.text
        public = rule in {
            "/status",
            "/status/rating",
            "/status/reopen",
            "/status/words",
            "/sign-in",
            "/sign-in/code",
            "/sign-in/passkey",
            "/sign-in/openid",
            "/openid",
            "/openid/go-on",
            "/sign-out",
            "/look",
        }
        public |= rule in {"/setup", "/setup/code"}  # where there is somebody, they only say so
        assert public or page.status in (302, 401), (method, rule, page.status)


def test_a_page_without_a_way_out_would_be_found_and_a_stranger_needs_none(browser: Open) -> None:
    person, stranger = browser("cunwei-sl"), browser()
    page = person.get("/me")
    assert is_left_from(page)
    page.text = page.text.replace('action="/sign-out"', 'action="/elsewhere"')
    assert not is_left_from(page)
    assert "/sign-out" not in stranger.get("/sign-in").text


def test_an_error_and_a_form_that_was_refused_can_be_left_too(browser: Open) -> None:
    person = browser("guanli")
    for page in (person.get("/nowhere"), person.post("/people"), person.get("/cases")):
        assert (page.status >= 400, is_left_from(page)) == (True, True)


def test_the_roles_of_the_settings_are_those_that_people_hold() -> None:
    assert {*ROLES, "system", "villager"} == {role.value for role in Role}


def test_a_form_of_another_site_is_refused(browser: Open) -> None:
    person = browser("cunwei-sl")
    for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {}):
        answer = person.client.post("/sign-out", headers=headers)
        assert answer.status_code == 403
    assert person.get("/todo").status == 200


def test_pages_run_no_script_and_no_style_of_their_own(browser: Open) -> None:
    policy = browser().get("/status").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_case_whose_people_went_over_to_another_has_its_page(
    browser: Open, town: Database, rules: CountyRules, a_case: Callable[..., Case]
) -> None:
    case, target = a_case(), a_case()
    with town.transaction() as session:
        take_step.take_step(
            session,
            actor=actor_named(session, "zuzhang"),
            rules=rules,
            number=case.number,
            action="merge",
            values=build_values("merge", {"into": target.number, "reason": "同一条渠"}),
            now=at("2026-03-02"),
        )
    page = browser("lingdao").get(f"/cases/{case.number}")
    assert page.status == 200
    assert f"并入 {target.number}" in page.text
