"""区域 and 单位: entered, corrected, merged and renamed from a day, closed; by administrators alone."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import update

from accounts.models import Area, User
from accounts.registers.areas import by_code
from accounts.registers.units import by_code as by_code_of_unit
from cases.configuration.case_rules import CountyRules
from cases.models.case import Case
from cases.verification.verify import verify
from core.persistence.db import Database
from tests.web.administration.people.test_pages import OTHERS
from tests.web.conftest import Browser
from tests.web.test_application_journeys import hidden

Open = Callable[..., Browser]
LIN = {"parent": "MA", "level": "village", "name": "林口村", "code": "lk", "households_declared": "120"}
DESK = {"name": "林口村两委", "code": "committee-LK", "kind": "committee", "area": "LK"}
ROUND = {**DESK, "kind": "township", "area": "MA", "superior": "committee-SL"}


def area(db: Database, code: str) -> Area:
    with db.reading() as session:
        found = by_code(session, code)
    assert found is not None
    return found


def test_a_village_and_its_committee_are_entered_and_can_be_chosen_at_the_desk(
    browser: Open, town: Database, rules: CountyRules
) -> None:
    admin = browser("guanli")
    assert "村" in admin.get("/areas/new?parent=MA").text
    assert admin.post("/areas", **LIN).headers["Location"] == "/areas/LK?done=area_added"
    assert admin.post("/units", superior="township-MA", **DESK).status == 303
    assert (area(town, "LK").path, area(town, "LK").households_declared) == ("/SX/MA/LK/", 120)
    assert "林口村两委" in admin.get("/areas/LK").text
    assert "林口村" in admin.get("/areas").text
    assert "还没有人" in admin.get("/units").text
    assert "林口村" in browser("zuyuan").get("/register").text
    with town.reading() as session:
        assert list(verify(session, rules=rules)) == []


def test_the_telephone_of_a_unit_is_entered_corrected_and_taken_away(
    browser: Open, town: Database, rules: CountyRules
) -> None:
    admin = browser("guanli")
    form = {"name": "驻马鞍乡工作组", "kind": "team", "area": "MA", "superior": "leading-group"}
    for phone, shown in (("0834-7654321", "08347654321"), ("", "")):
        seen = hidden(admin.get("/units/team"), "seen")
        assert admin.post("/units/team", **form, phone=phone, seen=seen).status == 303
        with town.reading() as session:
            unit = by_code_of_unit(session, "team")
            assert unit is not None
            assert (unit.phone or "") == shown
            assert list(verify(session, rules=rules)) == []
    page = admin.get("/units/team").text
    assert "给村民打的电话：无 → 08347654321" in page
    assert "给村民打的电话：08347654321 → 无" in page
    refused = admin.post("/units/team", **form, phone="没有", seen=hidden(admin.get("/units/team"), "seen"))
    assert refused.status == 422


@pytest.mark.parametrize(
    ("path", "form", "words"),
    [
        ("/areas", {**LIN, "code": "SL"}, "代码 SL 已经用过"),
        ("/areas", {**LIN, "code": "a b"}, "代码只用字母"),
        ("/areas", {**LIN, "level": "county"}, "要选更高一级"),
        ("/areas", {**LIN, "households_declared": "many"}, "请填一个数"),
        ("/areas", {**LIN, "households_declared": "12,50"}, "逗号只写在每三位之间"),
        ("/areas/SL", {"name": ""}, "请填写"),
        ("/units", {**DESK, "code": "team", "area": "SL"}, "代码 team 已经用过"),
        ("/units", {**DESK, "area": ""}, "请填写"),
        ("/units/township-MA", ROUND, "绕成了一圈"),
        ("/areas/SL/merge", {"into": "MA", "on": "2026-03-01"}, "同一级"),
        ("/areas/SL/rename", {"new_name": "", "new_code": "S", "on": "x"}, "请填写"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    browser: Open, path: str, form: dict[str, str], words: str
) -> None:
    refused = browser("guanli").post(path, **form)
    assert refused.status in (409, 422)
    assert words in refused.text
    assert form.get("name", "") in refused.text


def test_a_slip_in_a_name_is_mended_and_the_record_keeps_both(browser: Open) -> None:
    admin = browser("guanli")
    assert admin.post("/areas/SL", name="杉林村", households_declared="292").status == 303
    page = admin.get("/areas/SL").text
    assert "杉岭村 → 杉林村" in page
    assert "291 → 292" in page
    assert admin.post("/units/committee-SL", name="杉林村两委", kind="committee", area="SL").status == 303
    assert "杉岭村两委 → 杉林村两委" in admin.get("/units/committee-SL").text


def test_a_declared_total_that_is_emptied_is_gone_and_one_that_is_not_sent_stays(
    browser: Open, town: Database, rules: CountyRules
) -> None:
    admin = browser("guanli")
    before = area(town, "SL")
    assert admin.post("/areas/SL", name="杉岭村", households_declared="", land_mu=" ").status == 303
    after = area(town, "SL")
    assert (after.households_declared, after.land_mu) == (None, None)
    assert after.population_declared == before.population_declared
    assert "291 → 无" in admin.get("/areas/SL").text
    with town.reading() as session:
        assert list(verify(session, rules=rules)) == []


def test_a_village_is_renamed_after_a_look_at_what_that_brings_along(
    browser: Open, town: Database, a_case: Callable[..., Case]
) -> None:
    case = a_case("assigned", village="SL")
    admin = browser("guanli")
    asked = "/areas/SL/rename?new_name=杉西村&new_code=sx2&on=2026-03-01"
    look = admin.get(asked)
    assert "从 3月1日 起，杉岭村改叫杉西村" in look.text
    assert "1 件没办完的事" in look.text
    assert "2 户的户号不变" in look.text
    assert area(town, "SL").valid_until is None
    form = {name: hidden(look, name) for name in ("new_name", "new_code", "on", "once")}
    assert admin.post("/areas/SL/rename", **form).headers["Location"].startswith("/areas/SX2")
    page = admin.get("/areas/SX2").text
    assert "杉岭村" in page
    assert "到 2月28日 为止" in page
    assert area(town, "SL").valid_until == date(2026, 2, 28)
    assert "现在归" in admin.get("/areas/SL").text
    committee = browser("cunwei-sl")
    assert "田家" in committee.get("/todo").text
    assert committee.get(f"/cases/{case.number}").status == 200
    assert "杉西村" in browser("zuyuan").get("/register").text


def test_two_villages_are_merged(browser: Open, town: Database) -> None:
    admin = browser("guanli")
    assert "从 3月1日 起，杉岭村并到养鱼村" in admin.get("/areas/SL/merge?into=YY&on=2026-03-01").text
    assert admin.get("/areas/SL/merge?into=YY&on=2027-03-01").status == 422
    done = {"into": "YY", "on": "2026-03-01"}
    assert admin.post("/areas/SL/merge", **done).status == 303
    again = admin.post("/areas/SL/merge", **done)
    assert (again.status, "杉岭村已经在 2026-02-28 并走或更名" in again.text) == (409, True)
    assert "杉岭村" not in browser("zuyuan").get("/register").text
    assert area(town, "SL").path == "/SX/MA/YY/SL/"


@pytest.mark.parametrize("change", ["rename?new_name=杉西村&new_code=SX2", "merge?into=YY"])
@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2036-03-01", "2036-03-01 还没到。更名和合并不能提前登记，也不能撤回：请到那天再来办"),
        ("0206-03-01", "太早或太晚"),
        ("0001-01-01", "太早或太晚"),
        ("x", "请填写"),
    ],
)
def test_a_day_on_which_nothing_can_begin_is_refused_with_what_to_do_instead(
    browser: Open, town: Database, change: str, day: str, words: str
) -> None:
    admin = browser("guanli")
    path, _, asked = change.partition("?")
    for refused in (
        admin.get(f"/areas/SL/{change}&on={day}"),
        admin.post(f"/areas/SL/{path}", **{**dict(part.split("=") for part in asked.split("&")), "on": day}),
    ):
        assert (refused.status, words in refused.text) == (422, True)
        assert "杉西村" in refused.text or path == "merge"
    assert area(town, "SL").valid_until is None


def test_a_new_name_cannot_begin_before_its_area_did(browser: Open) -> None:
    admin = browser("guanli")
    first = {"new_name": "杉西村", "new_code": "SX2", "on": "2026-03-01"}
    assert admin.post("/areas/SL/rename", **first).status == 303
    refused = admin.get("/areas/SX2/rename?new_name=杉东村&new_code=SD&on=2026-02-01")
    assert (refused.status, "它从 2026-03-01 才开始用，请填那以后的日子" in refused.text) == (422, True)


def test_a_unit_is_closed_only_when_it_owes_nothing(browser: Open, a_case: Callable[..., Case]) -> None:
    a_case("assigned", village="SL")
    admin = browser("guanli")
    for refused in (admin.get("/units/committee-SL/close"), admin.post("/units/committee-SL/close")):
        assert (refused.status, "杉岭村两委还有没办完的事" in refused.text) == (409, True)
    look = admin.get("/units/committee-GG/close").text
    assert "这里的 1 个人还登录得了" in look
    assert "办了以后不能撤回" in look
    assert "已撤销" not in admin.get("/units").text
    assert admin.post("/units/committee-GG/close").status == 303
    assert "已撤销" in admin.get("/units").text
    assert admin.get("/units/committee-GG/close").status == 303
    assert "高观村两委" not in admin.get("/people/new").text


@pytest.mark.parametrize("username", OTHERS)
def test_only_an_administrator_manages_places(browser: Open, username: str) -> None:
    person = browser(username)
    read = ("/areas", "/areas/new", "/areas/SL", "/areas/SL/merge", "/units", "/units/new", "/units/team")
    sent = ("/areas", "/areas/SL", "/areas/SL/rename", "/areas/SL/merge", "/units", "/units/team")
    statuses = {person.get(path).status for path in read}
    statuses |= {person.get("/units/team/close").status}
    statuses |= {person.post(path).status for path in (*sent, "/units/team/close")}
    assert statuses == {403}


def test_an_administrator_of_one_township_changes_nothing_outside_it(
    browser: Open, with_role: Callable[[str, str], None]
) -> None:
    with_role("xiangzhen", "admin")
    local = browser("xiangzhen")
    statuses = [
        local.get("/areas/SX").status,
        local.post("/areas/SX", name="别县").status,
        local.get("/units/county-water").status,
        local.post("/units/county-water/close").status,
        local.get("/areas/SL").status,
        local.get("/areas/%00").status,
        local.get("/units/%00").status,
        local.post("/units", **{**DESK, "area": "SX"}).status,
        local.post("/areas", **{**LIN, "parent": ""}).status,
    ]
    assert statuses == [404, 404, 404, 404, 200, 404, 404, 422, 422]


def test_a_unit_with_open_matters_and_nobody_to_act_on_them_stands_on_the_first_page(
    browser: Open, town: Database, a_case: Callable[..., Case]
) -> None:
    a_case("assigned", village="GG")
    assert "没有能办的人" not in browser("guanli").get("/administration").text
    with town.transaction() as session:
        session.execute(update(User).where(User.username == "cunwei-gg").values(roles=["auditor"]))
    assert "高观村两委有 1 件没办完的事，那里没有能办的人" in browser("guanli").get("/administration").text
