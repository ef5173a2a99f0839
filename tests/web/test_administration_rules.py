"""日历, 类别, 流程, 核对 and 管理: what a county decided, shown; and the calendar, changed after a look."""

import ast
import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from sqlalchemy import select

from cases.configuration.case_rules import CountyRules
from cases.models.case import Case, Clock
from cases.models.reference import CalendarDay, CalendarYear
from cases.verification.verify import RULES, verify
from core.errors import Invalid
from core.persistence.db import Database
from tests.api.conftest import Clock as Now
from tests.builders import add_deputies, at
from tests.cases.breaking_in import break_in
from tests.rules.sources import name, nodes, product, tree
from tests.web.administration.people.test_pages import OTHERS
from tests.web.conftest import Browser
from tests.web.test_application_statements import MOST, cost
from web.administration import notice_text, verification
from web.administration.diagram import diagram
from workflow.texts import labels

Open = Callable[..., Browser]
NOTICE = {
    "notice": "关于2027年部分节假日安排的通知",
    "holidays": "1月1日至1月5日 元旦\n2月5日至2月8日 春节\n4月5日 清明节\n"
    "6月9日 端午节\n9月15日 中秋节\n10月1日 国庆节",
    "working": "1月23日 元旦调休\n1月30日 元旦调休",
}
#: What is sent when the statutory days that a notice leaves out are confirmed.
TICKED = re.compile('name="without" value="([^"]+)"')
PAGES = (
    *("/administration", "/areas", "/areas/SL", "/units", "/units/team", "/people", "/people/new"),
    *("/people/zuyuan", "/calendar", "/calendar/2026", "/checking", "/categories", "/life-cycle"),
)


@pytest.fixture
def december(a_case: Callable[..., Case], clock: Now) -> Case:
    """Return a case whose fifteen working days end in January 2027, seen in the middle of December."""
    clock.moment = at("2026-12-15", 11)
    return a_case("assigned", category="village_org", now=at("2026-12-15"))


def handling(db: Database, case: Case) -> date:
    with db.reading() as session:
        return session.scalars(
            select(Clock.due_on).where(Clock.case_id == case.id, Clock.clock == "handling")
        ).one()


def test_a_notice_is_entered_after_a_look_at_the_deadlines_it_moves(
    browser: Open, town: Database, rules: CountyRules, december: Case
) -> None:
    admin = browser("guanli")
    assert "2027 年的放假通知还没有录入" in admin.get("/calendar").text
    before = handling(town, december)
    look = admin.post("/calendar/2027/look", **NOTICE)
    assert "1 件没办完的事期限会变" in look.text
    assert december.number not in look.text  # an administrator sees no case
    assert december.own_words not in look.text
    assert handling(town, december) == before
    with town.reading() as session:
        assert session.get(CalendarYear, 2027) is None
    assert admin.post("/calendar/2027", **NOTICE).status == 303
    assert handling(town, december) > before
    assert "录入放假通知" in admin.get("/calendar/2027").text
    with town.reading() as session:
        assert list(verify(session, rules=rules)) == []
    assert "期限都不变" in admin.post("/calendar/2027/look", **NOTICE).text
    told = browser("lingdao").get(f"/cases/{december.number}").text
    assert "期限重新算过" in told
    assert "按 2027 年的放假通知" in told


def test_a_notice_that_leaves_statutory_days_out_is_confirmed_with_those_days(
    browser: Open, town: Database
) -> None:
    admin = browser("guanli")
    short = {**NOTICE, "holidays": "1月1日 元旦\n2月5日至2月8日 春节\n10月1日 国庆节"}
    look = admin.post("/calendar/2027/look", **short)
    assert "通知里少了 3 天法定假日：" in look.text
    assert "2027年4月5日、2027年6月9日、2027年9月15日" in look.text
    for confirmed in ({}, {"without": "2027-04-05"}, {"without": "是"}):
        refused = admin.post("/calendar/2027", **short, **confirmed)
        assert (refused.status, "少了法定假日：" in refused.text) == (422, True)
        assert "2027-09-15" in refused.text
    with town.reading() as session:
        assert session.get(CalendarYear, 2027) is None
    assert admin.post("/calendar/2027", **short, without=TICKED.findall(look.text)[0]).status == 303
    with town.reading() as session:
        assert session.get(CalendarYear, 2027) is not None


def test_a_whole_notice_asks_for_no_confirmation(browser: Open) -> None:
    look = browser("guanli").post("/calendar/2027/look", **NOTICE)
    assert (look.status, TICKED.findall(look.text)) == (200, [])


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"notice": " "}, "请填写"),
        ({"holidays": "元旦放三天"}, "第 1 行读不懂"),
        ({"holidays": "1月1日 元旦\n2月30日 春节"}, "第 2 行读不懂"),
        ({"working": "1月2日 元旦调休"}, "2027-01-02 写了两次"),
        ({"working": "2028年1月8日 元旦调休"}, "2028-01-08 不在这一年"),
        ({"holidays": "1月1日 元\x00旦"}, "控制字符"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
@pytest.mark.parametrize("path", ["/calendar/2027/look", "/calendar/2027"])
def test_a_notice_that_cannot_be_read_is_shown_again_with_the_line(
    browser: Open, town: Database, path: str, changed: dict[str, str], words: str
) -> None:
    refused = browser("guanli").post(path, **{**NOTICE, **changed})
    assert refused.status == 422
    assert words in refused.text
    assert "元旦调休" in refused.text
    with town.reading() as session:
        assert session.get(CalendarYear, 2027) is None


def test_what_is_written_of_a_year_reads_as_the_same_days(town: Database, browser: Open) -> None:
    assert "国庆节" in browser("guanli").get("/calendar/2025").text
    with town.reading() as session:
        rows = session.execute(
            select(CalendarDay.day, CalendarDay.working, CalendarDay.name).order_by(CalendarDay.day)
        )
        days = [(day, working, name) for day, working, name in rows if day.year == 2025]
    again = notice_text.read(2025, *notice_text.written(2025, days))
    assert [(one.day, one.working, one.name) for one in again] == days


@pytest.mark.parametrize("line", ["10-1至10-3 国庆节", "2027/10/1 到 10/3 国庆节", "10.1—10.3： 国庆节"])
def test_days_are_read_as_people_write_them(line: str) -> None:
    days = notice_text.read(2027, line, "")
    assert [(one.day, one.name) for one in days] == [(date(2027, 10, day), "国庆节") for day in (1, 2, 3)]


def test_a_holiday_of_half_a_year_is_a_slip() -> None:
    with pytest.raises(Invalid):
        notice_text.read(2027, "1月1日至6月30日 长假", "")


def test_categories_and_the_life_cycle_are_shown_as_they_are_configured(
    browser: Open, rules: CountyRules
) -> None:
    admin, member = browser("guanli"), browser("zuyuan")
    categories, cycle = admin.get("/categories").text, admin.get("/life-cycle").text
    assert all(one.zh in categories for one in rules.categories.values())
    definition = rules.definition
    assert all(state.zh in cycle for state in definition.states.values())
    assert all(step.zh in cycle for step in definition.steps.values())
    assert "categories.toml" in categories
    assert "workflow.toml" in cycle
    assert ".toml" not in member.get("/categories").text + member.get("/life-cycle").text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_guard_of_the_running_life_cycle_stands_in_its_tables_in_words(
    browser: Open, rules: CountyRules, language: str
) -> None:
    shown = browser("guanli").get("/life-cycle", headers={"Accept-Language": language})
    page = unescape(shown.text)
    definition = rules.definition
    actions = [*definition.steps.values(), *definition.acts.values()]
    guards = {name for one in actions for row in one.rows for name in (*row.guards, *one.guards)}
    assert guards
    # The first letter of a line is a capital.
    assert [name for name in guards if labels.name("guard", name, language)[1:] not in page] == []


def test_every_step_of_the_life_cycle_is_an_arrow_and_no_two_share_a_line(rules: CountyRules) -> None:
    drawn = diagram(rules.definition, "zh")
    pairs = {(s, one.target) for one in rules.definition.steps.values() for s in one.sources or ("",)}
    assert len(drawn.arrows) == len(pairs)
    assert {step for arrow in drawn.arrows for step in arrow.steps} == set(rules.definition.steps)
    starts = [(arrow.anchor, arrow.words_y) for arrow in drawn.arrows]
    assert len(set(starts)) == len(starts)


@pytest.mark.parametrize("username", ["guanli", "jiandu"])
def test_a_check_says_that_all_is_well_and_what_was_looked_at(
    browser: Open, a_case: Callable[..., Case], username: str
) -> None:
    a_case("assigned")
    page = browser(username).post("/checking", span="all")
    assert page.status == 200
    assert "记录没有断，没有改" in page.text
    assert "看了事项和全部登记" in page.text
    assert re.search(r"\d 件", page.text) is None  # some of them may name the reader


def test_a_check_names_the_matter_and_the_rule_that_does_not_hold(
    browser: Open, town: Database, a_case: Callable[..., Case]
) -> None:
    case = a_case("assigned")
    admin = browser("guanli")
    break_in(town, "UPDATE cases SET category = 'roads' WHERE id = :id", id=case.id)
    page = admin.post("/checking", span="all")
    assert "处不符" in page.text
    assert case.number in page.text
    assert "事项和最后一条记录一致" in page.text
    assert case.own_words not in page.text


@pytest.mark.parametrize(
    ("language", "chain", "answers"),
    [
        ("zh-CN", "<td>事项在第 3 条记录之后被改过</td>", "<td>追问「place」的回答和记录不一样</td>"),
        ("en", "<td>the case row was changed after entry 3</td>", "<td>the answer to “place”"),
    ],
)
def test_a_check_says_what_is_wrong_in_the_readers_language(
    browser: Open, town: Database, a_case: Callable[..., Case], language: str, chain: str, answers: str
) -> None:
    case = a_case("assigned")
    break_in(
        town,
        "UPDATE cases SET category = 'roads' WHERE id = :id",
        "INSERT INTO case_answers (case_id, key, value) VALUES (:id, 'place', '1')",
        id=case.id,
    )
    admin = browser("guanli")
    admin.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    page = admin.post("/checking", span="all")
    assert chain in page.text
    assert answers in page.text


def test_a_check_that_takes_too_long_says_that_it_did_not_come_to_the_end(
    browser: Open, a_case: Callable[..., Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    a_case("assigned")
    monkeypatch.setattr("web.administration.verification.LONGEST", at("2026-01-01") - at("2026-01-02"))
    assert "秒到了，没看完就停下" in browser("guanli").post("/checking", span="all").text


def test_whoever_has_one_township_does_not_check_the_county(
    browser: Open, with_role: Callable[[str, str], None]
) -> None:
    with_role("xiangzhen", "admin")
    local = browser("xiangzhen")
    assert "由管全县的管理员" in local.get("/checking").text
    assert local.post("/checking", span="all").status == 403


def test_an_administrator_lands_on_what_is_done_and_what_is_next(browser: Open, town: Database) -> None:
    with town.transaction() as session:
        add_deputies(session)
    admin = browser("guanli")
    assert admin.get("/").headers["Location"] == "/administration"
    page = admin.get("/administration").text
    assert "下一步：管理员" in page
    assert "1 个乡镇，3 个村" in page
    assert "只有一位管理员" in page


@pytest.mark.parametrize("username", OTHERS)
def test_only_an_administrator_sees_the_overview_and_changes_the_calendar(
    browser: Open, username: str
) -> None:
    person = browser(username)
    statuses = {person.get(path).status for path in ("/administration", "/calendar", "/calendar/2027")}
    statuses |= {person.post(path, **NOTICE).status for path in ("/calendar/2027", "/calendar/2027/look")}
    if username != "jiandu":
        statuses |= {person.get("/checking").status, person.post("/checking").status}
    assert statuses == {403}


def test_no_page_of_administration_costs_more_statements_for_more_rows(browser: Open, town: Database) -> None:
    admin = browser("guanli")
    few = {path: cost(town, admin, path) for path in PAGES}
    for number in range(10):
        area = {"parent": "MA", "level": "village", "name": f"村{number}", "code": f"V{number}"}
        unit = {"name": f"村{number}两委", "code": f"c-{number}", "kind": "committee", "area": f"V{number}"}
        person = {"name": "某", "username": f"u{number}", "unit": "team", "roles": "member"}
        assert admin.post("/areas", **area).status == 303
        assert admin.post("/units", **unit).status == 303
        assert admin.post("/people", **person).status == 200
    assert {path: cost(town, admin, path) for path in PAGES} == few
    assert max(few.values()) <= MOST


def test_every_rule_that_is_checked_has_its_words_on_the_page() -> None:
    named = {
        node.args[0].value
        for place in product()
        if name(place).startswith("cases/verification/")
        for node in nodes(tree(place))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "Finding"
        and isinstance(node.args[0], ast.Constant)
    }
    assert named | RULES.keys() == verification.RULES.keys()
