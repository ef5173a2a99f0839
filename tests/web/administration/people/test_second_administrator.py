"""Two administrators give somebody power, on the page of the person; each sees what the other did."""

import re
from collections.abc import Callable

import pytest

from core.persistence.db import Database
from tests.builders import PASSWORD
from tests.web.administration.people.test_pages import OWN, user
from tests.web.conftest import ORIGIN, Browser, Page
from tests.web.test_application_journeys import hidden

Open = Callable[..., Browser]
XIN = {"name": "新来的", "username": "xin", "unit": "leading-group", "roles": "leader"}
WAITS, AGREE = "等另一位管理员确认", "同意给这些角色"


def answered(who: Browser, username: str, answer: str = "agree", act: str = "roles") -> Page:
    """Answer what is proposed as the page of the person shows it."""
    shown = hidden(who.get(f"/people/{username}"), "proposal")
    return who.post(f"/people/{username}/{answer}", act=act, proposal=shown)


@pytest.fixture
def second(browser: Open, with_role: Callable[[str, str], None]) -> Browser:
    """Sign another administrator in, who manages the whole county too."""
    with_role("bumen", "admin")
    return browser("bumen")


def test_a_leader_is_proposed_by_one_and_agreed_to_by_another(
    browser: Open, second: Browser, town: Database
) -> None:
    first = browser("guanli")
    shown = first.post("/people", **XIN)
    assert "等另一位管理员确认" in shown.text
    page = first.get("/people/xin").text
    assert (WAITS in page, AGREE in page, "撤回提请" in page) == (True, False, True)
    assert "有件事等另一位管理员确认" in second.get("/me/notices").text
    assert "有件事等另一位管理员确认" not in first.get("/me/notices").text
    assert WAITS in second.get("/people").text
    page = second.get("/people/xin").text
    assert (WAITS in page, AGREE in page, "管理员提请" in page) == (True, True, True)
    assert user(town, "xin").roles == []
    assert answered(second, "xin").status == 303
    assert user(town, "xin").roles == ["leader"]
    record = first.get("/people/xin").text
    assert "另一位管理员同意，给了角色" in record
    assert WAITS not in record
    for reader in (first, browser("jiandu")):
        assert "有人得了授权，由管理员共同办" in reader.get("/me/notices").text


def test_whoever_proposed_it_is_told_that_another_has_to_agree(browser: Open, town: Database) -> None:
    first = browser("guanli")
    first.post("/people", **XIN)
    refused = first.post("/people/xin/agree", act="roles")
    assert (refused.status, "要由另一位管理员同意" in refused.text) == (403, True)
    assert user(town, "xin").roles == []


def test_a_role_more_for_somebody_who_is_there_waits_and_the_rest_is_saved(
    browser: Open, second: Browser, town: Database
) -> None:
    first = browser("guanli")
    form = {"name": "小周改名", "unit": "team", "roles": ["member", "auditor"], "email": ""}
    saved = first.post("/people/zuyuan", **form)
    assert saved.headers["Location"].endswith("done=person_proposed")
    assert (user(town, "zuyuan").name, user(town, "zuyuan").roles) == ("小周改名", ["member"])
    assert answered(second, "zuyuan", "disagree").status == 303
    late = second.post("/people/zuyuan/agree", act="roles")
    assert (late.status, "没有等着确认的事" in late.text) == (409, True)
    assert user(town, "zuyuan").roles == ["member"]


def test_the_password_of_a_leader_takes_two_and_is_shown_to_the_second_alone(
    browser: Open, second: Browser
) -> None:
    first = browser("guanli")
    page = first.get("/people/lingdao").text
    assert ('name="password"' in page, "提请换密码" in page) == (False, True)
    alone = first.post("/people/lingdao/password", password=OWN)
    assert (alone.status, "一位管理员不能单独换" in alone.text) == (403, True)
    assert browser().sign_in("lingdao", PASSWORD).status == 303
    assert first.post("/people/lingdao/propose-password").status == 303
    shown = answered(second, "lingdao", act="password")
    made = re.findall(r'class="code">([a-z0-9-]+)<', shown.text)[0]
    assert browser().sign_in("lingdao", PASSWORD).status == 422
    assert browser().sign_in("lingdao", made).status == 303


def test_somebody_without_a_role_yet_signs_in_and_sees_nothing(browser: Open) -> None:
    first = browser("guanli")
    made = re.findall(r'class="code">([a-z0-9-]+)<', first.post("/people", **XIN).text)[0]
    newcomer = browser()
    assert newcomer.sign_in("xin", made).status == 303
    assert newcomer.post("/me/password", present=made, fresh=OWN, again=OWN).status == 303
    assert newcomer.get("/").status == 302
    assert {newcomer.get(path).status for path in ("/cases", "/people", "/dashboard", "/register")} == {403}


@pytest.mark.parametrize("step", ["propose-password", "agree", "disagree"])
@pytest.mark.parametrize("username", ["zuzhang", "lingdao", "jiandu"])
def test_nobody_but_administrators_comes_in_here(browser: Open, username: str, step: str) -> None:
    assert browser(username).post(f"/people/zuyuan/{step}", act="roles").status == 403


@pytest.mark.parametrize("answer", ["agree", "disagree"])
@pytest.mark.parametrize(
    ("language", "said"),
    [("zh-CN", "您打开以后，提请的事变过了"), ("en", "What was proposed has changed since you opened this")],
)
def test_who_answers_another_proposal_than_was_shown_sees_the_one_of_now(
    browser: Open, second: Browser, town: Database, answer: str, language: str, said: str
) -> None:
    first, path = browser("guanli"), f"/people/xin/{answer}"
    first.post("/people", **XIN)
    shown = hidden(second.get("/people/xin"), "proposal")
    first.post("/people/xin", **{**XIN, "roles": "auditor"})
    old, spoken = {"act": "roles", "proposal": shown}, {**ORIGIN, "Accept-Language": language}
    refused = Page(second.client.post(path, data=old, headers=spoken))
    assert (refused.status, said in refused.text) == (409, True)
    assert user(town, "xin").roles == []
    now = hidden(refused, "proposal")
    assert now != shown
    assert second.post(path, act="roles", proposal=now).status == 303
    assert user(town, "xin").roles == (["auditor"] if answer == "agree" else [])


def test_whose_role_one_administrator_took_away_is_neither_given_a_password_nor_moved_by_one_alone(
    browser: Open, town: Database
) -> None:
    first, form = browser("guanli"), {"name": "领导", "unit": "team", "roles": "leader"}
    moved = first.post("/people/lingdao", **form)
    assert (moved.status, "换单位也不能单独做" in moved.text) == (403, True)
    held = user(town, "lingdao").unit_id
    unit = re.findall(r'<option value="([a-z-]+)" selected', first.get("/people/lingdao").text)[0]
    assert first.post("/people/lingdao", **{**form, "unit": unit, "roles": "member"}).status == 303
    assert (user(town, "lingdao").roles, user(town, "lingdao").unit_id) == (["member"], held)
    page = first.get("/people/lingdao").text
    assert ('name="password"' in page, "提请换密码" in page) == (False, True)
    assert first.post("/people/lingdao/password", password=OWN).status == 403
