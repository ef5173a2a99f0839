"""The history on the page of a case is told as a colleague would tell it, without leaving anything out."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from cases.access import receipt_codes
from cases.configuration.case_rules import CountyRules
from cases.deadlines import sweep
from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case, Complainant
from core.persistence.db import Database
from tests.api.test_application_statements import counted
from tests.builders import at
from tests.cases.breaking_in import break_in
from tests.cases.conftest import act
from tests.web.conftest import Browser

__all__ = ["act"]

Open = Callable[..., Browser]
Make = Callable[..., Case]
Act = Callable[..., None]


def history(page: Any) -> str:
    """Return what the page tells of the history, from the first entry to the last."""
    start = page.text.index('<ol class="line">')
    return str(page.text[start : page.text.index("</ol>", start)])


def test_how_a_matter_came_and_whom_it_is_about_is_told(browser: Open, a_case: Make) -> None:
    case = a_case(
        channel="hotline",
        kind="dispute",
        named_units=("committee-YY",),
        named_users=("cunwei-yy",),
    )
    told = history(browser("zuzhang").get(f"/cases/{case.number}"))
    assert "怎么来的：热线转来；性质：纠纷" in told
    assert "反映到的单位：养鱼村两委" in told
    assert "反映到的人：养鱼村支书" in told


def test_the_kind_at_registration_stays_when_it_is_corrected(browser: Open, a_case: Make, act: Act) -> None:
    case = a_case(kind="dispute")
    act("zuzhang", case.number, "amend", "2026-03-02", field="kind", value="help", reason="写错了")
    told = history(browser("zuzhang").get(f"/cases/{case.number}"))
    assert "性质：纠纷" in told
    assert "性质：从「纠纷」改成「求助」" in told


def test_a_binding_assignment_is_told_as_one(browser: Open, a_case: Make, act: Act) -> None:
    case = a_case()
    for day in ("2026-03-03", "2026-03-05"):
        act("zuzhang", case.number, "assign", day, unit="committee-SL")
        act("cunwei-sl", case.number, "return", day, unit="county-water", reason="不归我们管")
    act("xiangzhen", case.number, "assign", "2026-03-06", unit="committee-SL", binding=True)
    told = history(browser("zuzhang").get(f"/cases/{case.number}"))
    assert told.count("指定承办，不得退回") == 1
    assert told.count("建议由示范县水利局办") == 2


def test_a_reply_tells_how_it_was_given(browser: Open, a_case: Make) -> None:
    case = a_case("resolved")
    told = history(browser("zuzhang").get(f"/cases/{case.number}"))
    assert "上门当面，最终答复" in told


def test_a_withdrawal_tells_the_words_and_who_took_them_down(browser: Open, a_case: Make) -> None:
    case = a_case("withdrawn")
    told = history(browser("zuzhang").get(f"/cases/{case.number}"))
    assert "由组员小周记下" in told
    assert "不反映了" in told


def test_a_written_report_tells_to_whom_and_when(browser: Open, a_case: Make, act: Act) -> None:
    case = a_case("escalated")
    told = history(browser("zuzhang").get(f"/cases/{case.number}"))
    assert "书面汇报：1 号" in told
    assert "呈送马鞍乡人民政府，3月2日 送出" in told
    assert "上级" not in told
    act("xiangzhen", case.number, "send_down", "2026-03-04", reason="就地能办")
    told = history(browser("zuzhang").get(f"/cases/{case.number}"))
    assert "上级 3月4日 答复" in told


def test_every_failed_attempt_is_told_with_its_day(
    browser: Open, a_case: Make, act: Act, town: Database
) -> None:
    case = a_case()
    with town.reading() as session:
        person = session.scalars(select(Complainant.id).where(Complainant.case_id == case.id)).one()
    for mode, day in (("phone", 3), ("day_home", 6)):
        act(
            "zuyuan",
            case.number,
            "attempt",
            f"2026-03-{day:02d}",
            complainant=person,
            mode=mode,
            words="没人",
        )
    act(
        "zuzhang",
        case.number,
        "unreachable",
        "2026-03-11",
        complainant=person,
        text="邻居说全家外出",
        attempts=[{"mode": "evening", "words": "门锁着"}],
    )
    told = history(browser("zuzhang").get(f"/cases/{case.number}"))
    assert "找田家找了 3 次，没联系上" in told
    assert "3月3日 电话访谈、3月6日 白天入户、3月11日 夜间走访" in told
    assert "当作最终答复" in told
    assert "找田家，没联系上" in told
    assert "说明：邻居说全家外出" in told
    assert "门锁着" in told


def test_at_the_top_it_is_told_that_nobody_is_above(
    browser: Open, a_case: Make, act: Act, town: Database, rules: CountyRules
) -> None:
    case = a_case("assigned", category="village_org")
    act("xiangzhen", case.number, "reassign", "2026-03-03", unit="leading-group", reason="县里定")
    sweep.sweep(town, rules=rules, now=at("2026-04-10", 9))
    page = browser("zuzhang").get(f"/cases/{case.number}")
    assert "已到最高一级，列入每周通报" in history(page)
    assert "no_superior" not in page.text
    assert "上报</" not in page.text[: page.text.index('<ol class="line">')]


@pytest.mark.parametrize(("who", "shown"), [("zuyuan", True), ("zuzhang", True), ("lingdao", False)])
def test_the_household_that_was_corrected_is_told_with_the_reason_to_who_may_know_it(
    browser: Open, a_case: Make, act: Act, who: str, shown: bool
) -> None:
    case = a_case(complainants=(ComplainantEntry(household="SL-01-001", confidential=True),))
    values = {"field": "household", "value": "SL-02-005", "reason": "记错户"}
    act("zuzhang", case.number, "amend", "2026-03-02", **values)
    told = history(browser(who).get(f"/cases/{case.number}"))
    assert ("哪一户：从「1 组 1 户」改成「2 组 5 户」" in told) == shown
    assert ("记错户" in told) == shown


@pytest.mark.parametrize("who", ["zuyuan", "zuzhang", "cunwei-sl", "lingdao"])
def test_what_was_corrected_of_somebody_who_hides_from_nobody_is_told_to_everybody(
    browser: Open, a_case: Make, act: Act, who: str
) -> None:
    case = a_case(complainants=(ComplainantEntry(household="SL-01-001"),))
    for field, value in (("household", "SL-02-005"), ("name", "田小某"), ("phone", "13812345678")):
        act("zuzhang", case.number, "amend", "2026-03-02", field=field, value=value, reason=f"{field}记错了")
    told = history(browser(who).get(f"/cases/{case.number}"))
    for words in ("改成「2 组 5 户」", "改成「田小某」", "改成「138****5678」"):
        assert words in told
    assert told.count("记错了") == 3


def test_the_reason_of_a_relation_is_told_beside_it(browser: Open, a_case: Make, act: Act) -> None:
    case, other = a_case(), a_case()
    act("zuzhang", case.number, "relate", "2026-03-02", to=other.number, reason="同一条渠")
    told = history(browser("cunwei-sl").get(f"/cases/{case.number}"))
    assert f"和 {other.number} 有关" in told
    assert "理由：同一条渠" in told


def test_an_entry_that_says_something_else_is_shown_without_it(
    browser: Open, a_case: Make, town: Database
) -> None:
    case = a_case("assigned")
    break_in(town, "UPDATE history SET facts = '{\"unit\": 7}' WHERE seq = 2")
    told = history(browser("zuzhang").get(f"/cases/{case.number}"))
    assert "交办" in told
    assert "交给" not in told


@pytest.mark.parametrize(
    "facts",
    [
        {"field": "zzz", "before": "one", "after": "two", "reason": "按规定"},
        {"complainant": 1, "stands_for": "zzz", "attempts": 3},
        {"outcome": "zzz"},
        {"clock": "zzz", "cycle": 1, "skipped": True, "reason": "zzz"},
        {"field": "category", "before": "zzz", "after": "irrigation", "reason": "按规定"},
    ],
    ids=["field", "stands_for", "outcome", "clock", "category"],
)
def test_a_code_that_nobody_knows_is_told_as_unknown(
    browser: Open, a_case: Make, town: Database, facts: dict[str, Any]
) -> None:
    case = a_case("assigned")
    actions = {"field": "amend", "complainant": "unreachable", "outcome": "resolve", "clock": "raise"}
    action = actions[next(iter(facts))]
    changed = "UPDATE history SET action = :action, facts = :facts WHERE seq = 2"
    break_in(town, changed, action=action, facts=json.dumps(facts))
    told = history(browser("zuzhang").get(f"/cases/{case.number}"))
    assert "不认识的内容" in told
    assert "zzz" not in told


def test_naming_units_people_and_households_costs_one_statement(
    browser: Open, a_case: Make, act: Act, town: Database
) -> None:
    case = a_case("assigned", named_units=("committee-YY",), named_users=("cunwei-yy",))
    person = browser("zuzhang")
    costs = []
    for day in range(3, 9):
        path = f"/cases/{case.number}"
        person.get(path)
        with counted(town) as seen:
            person.get(path)
        costs.append(len(seen))
        unit = "county-water" if day % 2 else "committee-SL"
        act("xiangzhen", case.number, "reassign", f"2026-03-0{day}", unit=unit, reason="换一家")
    assert len(set(costs)) == 1


def test_a_villager_is_not_told_of_a_rung_that_went_nowhere(
    browser: Open, a_case: Make, act: Act, town: Database, rules: CountyRules
) -> None:
    code = receipt_codes.new_code()
    people = (ComplainantEntry(name="田某", receipt_code=code),)
    case = a_case("assigned", category="village_org", complainants=people)
    act("xiangzhen", case.number, "reassign", "2026-03-03", unit="leading-group", reason="县里定")
    sweep.sweep(town, rules=rules, now=at("2026-04-10", 9))
    page = browser().post("/status", receipt_code=code)
    assert "交给杉岭村两委办" in page.text
    assert "提给" not in page.text
    assert "每周通报" not in page.text


def test_a_villager_is_not_told_of_an_entry_that_says_something_else(
    browser: Open, a_case: Make, town: Database
) -> None:
    code = receipt_codes.new_code()
    a_case("assigned", complainants=(ComplainantEntry(name="田某", receipt_code=code),))
    break_in(town, "UPDATE history SET facts = '[]' WHERE seq = 2")
    page = browser().post("/status", receipt_code=code)
    assert page.status == 200
    assert "收下了" in page.text
    assert "交给" not in page.text
