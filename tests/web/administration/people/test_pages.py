"""人员: people are added, changed and let go by whoever administers, and by nobody else."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from accounts.history import verify_chains
from accounts.models import User
from accounts.registers.users import by_username
from cases.configuration.case_rules import CountyRules
from cases.models.case import Case
from core.persistence.db import Database
from tests.api.conftest import Clock
from tests.builders import PASSWORD
from tests.web.conftest import Browser
from tests.web.test_application_journeys import hidden
from web.framework.request_context import EXTENSION

Open = Callable[..., Browser]
OWN = "山高水长路好走-2026"
OTHERS = ["zuyuan", "zuzhang", "cunwei-sl", "xiangzhen", "bumen", "lingdao", "jiandu"]
ZHOU = {"name": "周敏", "username": "zhou.min", "unit": "team", "roles": "member"}


def user(db: Database, username: str) -> User:
    with db.reading() as session:
        found = by_username(session, username)
    assert found is not None
    return found


def test_a_person_is_added_with_a_password_that_is_shown_once_and_signs_in(
    browser: Open, town: Database, rules: CountyRules
) -> None:
    admin = browser("guanli")
    form = admin.get("/people/new")
    shown = admin.post("/people", once=hidden(form, "once"), **ZHOU)
    password = re.findall(r'class="code">([a-z0-9-]+)<', shown.text)[0]
    assert shown.status == 200
    assert password not in admin.get("/people/zhou.min").text
    assert browser().sign_in("zhou.min", password).status == 303
    assert "周敏" in admin.get("/people").text
    with town.reading() as session:
        assert list(verify_chains(session, rules.services.chain)) == []


def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(browser: Open) -> None:
    admin = browser("guanli")
    wrong = admin.post("/people", name="周敏", username="周", unit="", password="short")
    assert wrong.status == 422
    assert "周敏" in wrong.text
    for words in ("只用小写字母", "请选角色", "没有这个单位", "至少 12 个字"):
        assert words in wrong.text
    assert "short" not in wrong.text
    taken = admin.post("/people", **{**ZHOU, "username": "zuyuan"})
    assert (taken.status, "已经有叫 zuyuan 的用户" in taken.text) == (409, True)


def test_a_person_changes_unit_and_roles_and_the_record_says_so(browser: Open, town: Database) -> None:
    admin = browser("guanli")
    form = {"name": "组员小周", "unit": "township-MA", "roles": ["coordinator", "member"], "email": ""}
    assert admin.post("/people/zuyuan", **form).status == 303
    changed = user(town, "zuyuan")
    assert (changed.roles, changed.email) == (["coordinator", "member"], None)
    page = admin.get("/people/zuyuan").text
    assert "team → township-MA" in page
    assert "组员 → 乡镇联络员、组员" in page
    assert "管理员" in page
    assert "example.org" not in page


def test_the_last_person_of_a_unit_that_owes_replies_stays(
    browser: Open, town: Database, a_case: Callable[..., Case]
) -> None:
    a_case("assigned")
    admin = browser("guanli")
    assert admin.post("/people/zuyuan/disable").status == 303
    last = admin.post("/people/zuzhang/disable")
    assert (last.status, "没办完的事只有组长老秦能办" in last.text) == (409, True)
    moved = admin.post("/people/zuzhang", name="组长老秦", unit="township-MA", roles="coordinator")
    assert (moved.status, "只有组长老秦能办" in moved.text) == (409, True)
    assert user(town, "zuzhang").active


def test_whoever_is_let_go_is_out_at_once_and_comes_back_only_with_a_new_password(browser: Open) -> None:
    admin, member = browser("guanli"), browser("zuyuan")
    assert admin.post("/people/zuyuan/disable").status == 303
    assert member.get("/cases").status == 302
    assert "已停用" in admin.get("/people?q=zuyuan").text
    assert admin.post("/people/zuyuan/enable").status == 303
    assert browser().sign_in("zuyuan", PASSWORD).status == 422
    assert admin.post("/people/zuyuan/password", password=OWN).status == 303
    assert browser().sign_in("zuyuan", OWN).status == 303


def test_a_new_password_ends_every_sign_in_and_a_lost_telephone_is_forgotten(
    browser: Open, clock: Clock
) -> None:
    admin, member = browser("guanli"), browser("zuyuan")
    member.post("/me/second-factor/new", present=PASSWORD)
    secret = re.findall(r'class="code">([A-Z2-7]{32})<', member.get("/me/second-factor").text)[0]
    assert member.post("/me/second-factor", code=pyotp.TOTP(secret).at(clock.moment)).status == 303
    assert "取消动态码" in admin.get("/people/zuyuan").text
    assert admin.post("/people/zuyuan/forget-code").status == 303
    assert member.get("/me").status == 302
    again = browser("zuyuan")
    assert admin.post("/people/zuyuan/password", password="").status == 200
    assert again.get("/me").status == 302


@pytest.mark.parametrize("step", ["", "/password", "/disable"])
def test_nobody_changes_their_own_roles_or_lets_themselves_go(
    browser: Open, town: Database, step: str
) -> None:
    admin = browser("guanli")
    form = {"name": "管理员", "unit": "county-office", "roles": ["admin", "leader"], "password": OWN}
    refused = admin.post(f"/people/guanli{step}", **form)
    assert (refused.status, "请另一位管理员" in refused.text) == (403, True)
    assert user(town, "guanli").roles == ["admin"]


@pytest.mark.parametrize(
    "username", ["zuyuan", "zuzhang", "cunwei-sl", "xiangzhen", "bumen", "lingdao", "jiandu"]
)
def test_only_an_administrator_manages_people(browser: Open, username: str) -> None:
    person = browser(username)
    paths = ("", "/zuyuan", "/zuyuan/password", "/zuyuan/disable", "/zuyuan/enable", "/zuyuan/forget-code")
    statuses = {person.post(f"/people{path}", **ZHOU).status for path in paths}
    statuses |= {person.get(f"/people{path}").status for path in ("", "/new", "/zuyuan")}
    assert statuses == {403}


def test_an_administrator_of_one_township_knows_nobody_outside_it(
    browser: Open, with_role: Callable[[str, str], None]
) -> None:
    with_role("xiangzhen", "admin")
    local = browser("xiangzhen")
    assert "水利局经办" not in local.get("/people").text
    statuses = [
        local.get("/people/bumen").status,
        local.post("/people/bumen/disable").status,
        local.post("/people", **{**ZHOU, "unit": "county-water"}).status,
        local.get("/people/cunwei-sl").status,
    ]
    assert statuses == [404, 404, 422, 200]


def test_a_form_that_the_database_cannot_take_now_says_so_and_keeps_what_was_typed(
    browser: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_given: object, **_named: object) -> None:
        raise OperationalError("INSERT", {}, Exception("the disk is full"))

    monkeypatch.setattr("web.administration.people.pages.users.add_user", away)
    refused = browser("guanli").post("/people", **ZHOU)
    assert (refused.status, "现在存不了" in refused.text, "周敏" in refused.text) == (503, True, True)


@pytest.mark.parametrize(
    ("said", "goes_to"),
    [(None, "/me/second-factor"), ((), None), (("member",), None), (("leader",), "/me/second-factor")],
)
def test_a_setting_goes_before_what_the_installation_was_founded_with(
    browser: Open, pages: Flask, said: tuple[str, ...] | None, goes_to: str | None
) -> None:
    asking(pages, said)
    assert browser("lingdao").get("/cases").headers.get("Location") == goes_to


def test_a_required_code_may_wait_for_days_that_are_shown_counted_and_recorded(
    browser: Open, pages: Flask, clock: Clock, town: Database
) -> None:
    admin, leader = browser("guanli"), browser("lingdao")
    asking(pages, None)
    assert leader.get("/cases").headers["Location"] == "/me/second-factor"
    path = "/people/lingdao/postpone-code"
    assert "准他晚几天设" in admin.get("/people/lingdao").text
    for wrong in ({"days": "0", "reason": "手机在修"}, {"days": "31", "reason": "手机在修"}, {"days": "3"}):
        assert admin.post(path, **wrong).status == 422
    assert admin.post(path, days="3", reason="手机在修").status == 303
    assert "还可以晚 3 天设" in leader.get("/cases").text
    assert "手机在修" in admin.get("/people/lingdao").text
    clock.moment += timedelta(days=2)
    again = browser("lingdao")
    assert "还可以晚 1 天设" in again.get("/cases").text
    clock.moment += timedelta(days=1)
    assert browser("lingdao").get("/cases").headers["Location"] == "/me/second-factor"
    assert user(town, "lingdao").factor_postponed_until is not None


def test_nobody_postpones_their_own_code(browser: Open, pages: Flask) -> None:
    admin = browser("guanli")
    pages.extensions[EXTENSION] = replace(pages.extensions[EXTENSION], factor_roles=lambda: ("leader",))
    assert admin.post("/people/guanli/postpone-code", days="3", reason="忙").status == 403


def asking(pages: Flask, said: tuple[str, ...] | None) -> None:
    """Let the installation be one that was founded with a code for leaders, with or without a setting."""
    services = pages.extensions[EXTENSION]
    pages.extensions[EXTENSION] = replace(
        services,
        settings=replace(services.settings, second_factor_roles=said),
        factor_roles=lambda: ("leader",),
    )
