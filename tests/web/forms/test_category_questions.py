"""What is asked beside the own words: on the form of a registration, and on the page of the case."""

from collections.abc import Callable

import pytest

from cases.models.case import Case
from core.persistence.db import Database
from tests.api.test_application_statements import counted
from tests.web.conftest import Browser
from tests.web.test_application_journeys import hidden, only_case
from tests.web.test_application_statements import MOST

pytestmark = pytest.mark.one_database

Open = Callable[..., Browser]
FORM = {"village": "SL", "category": "drinking_water", "kind": "problem", "own_words": "水管冻裂了。"}
CLOSED = '<details class="likely"><summary><span id="likely-line" class="hint">像的事会列在这里</span>'
ANSWERS = {
    "answers.asks_for": "早点把水接上。",
    "answers.households": "1,012",
    "answers.water_source": "piped",
    "answers.since": "2026-02-27",
}


def test_what_the_villager_asks_for_is_asked_whatever_the_category(browser: Open) -> None:
    page = browser("zuyuan").get("/register")
    assert 'name="answers.asks_for"' in page.text
    assert 'name="answers.households"' not in page.text


def test_the_questions_of_a_category_come_by_themselves(browser: Open) -> None:
    person = browser("zuyuan")
    part = person.get("/register/questions?category=drinking_water")
    assert part.status == 200
    assert all(f'name="{name}"' in part.text for name in ANSWERS if "asks_for" not in name)
    assert "How many" not in part.text
    english = person.get("/register/questions?category=roads", headers={"Accept-Language": "en"})
    assert "Which road, which stretch" in english.text
    assert person.get("/register/questions?category=nothing").text.strip() == ""


def test_without_a_script_the_form_comes_again_with_questions_and_what_was_typed(browser: Open) -> None:
    person = browser("zuyuan")
    page = person.post("/register/questions", **FORM, **{"answers.asks_for": "早点把水接上。"})
    assert page.status == 200
    assert 'name="answers.water_source"' in page.text
    assert "水管冻裂了。" in page.text
    assert "早点把水接上。" in page.text
    assert "错误：" not in page.text


def test_without_a_script_the_form_comes_again_with_what_others_raised_already(
    browser: Open, a_case: Callable[..., Case]
) -> None:
    known = a_case("received", own_words="村口的水管冻裂了，三天没有水。")
    person = browser("zuyuan")
    asked = person.post("/register/questions", **FORM)
    assert "可能是同一件事" in asked.text
    assert f"/register/join/{known.number}" in asked.text
    refused = person.post("/register", once=hidden(asked, "once"), **{**FORM, "category": ""})
    assert refused.status == 422
    assert f"/register/join/{known.number}" in refused.text
    other = person.post("/register/questions", **{**FORM, "own_words": "想问问低保怎么申请。"})
    assert "可能是同一件事" not in other.text
    broken = person.post("/register/questions", **{**FORM, "own_words": "水管冻裂了。" * 1000})
    assert (broken.status, "可能是同一件事" in broken.text) == (200, False)


def test_the_line_that_counts_what_is_alike_is_there_from_the_beginning_and_opens_on_a_form_shown_again(
    browser: Open, a_case: Callable[..., Case]
) -> None:
    a_case("received", own_words="村口的水管冻裂了，三天没有水。")
    person = browser("zuyuan")
    assert CLOSED in person.get("/register").text
    assert CLOSED in person.post("/register/questions", **{**FORM, "own_words": "水管裂"}).text
    assert (
        "没有找到像的事" in person.post("/register/questions", **{**FORM, "own_words": "低保怎么申请"}).text
    )
    assert '<details class="likely" open>' in person.post("/register/questions", **FORM).text
    asked = {name: FORM[name] for name in ("village", "own_words")}
    assert person.get("/register/likely", query_string=asked).status == 405
    person.post("/look", language="en", back="/")
    english = person.post("/register/likely", **asked).text
    assert '<p class="unseen" id="likely-said" role="status">Maybe the same: 1</p>' in english


def test_who_may_not_read_cases_is_offered_no_list_of_them(
    browser: Open, a_case: Callable[..., Case], with_role: Callable[[str, str], None]
) -> None:
    known = a_case("received", own_words="村口的水管冻裂了，三天没有水。")
    with_role("zuyuan", "guest")
    asked = browser("zuyuan").post("/register/questions", **FORM)
    assert asked.status == 200
    assert not any(part in asked.text for part in (known.number, "/register/likely", 'class="likely"'))


def test_answers_are_kept_and_shown_with_the_case(browser: Open, town: Database) -> None:
    person = browser("zuyuan")
    once = hidden(person.get("/register"), "once")
    assert person.post("/register", once=once, **FORM, **ANSWERS).status == 200
    number = only_case(town).number
    page = person.get(f"/cases/{number}").text
    for words in ("想怎么办", "早点把水接上。", "几户用水受影响", ">1012<", "自来水", "2月27日"):
        assert words in page


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("answers.households", "好几户", "请填一个数"),
        ("answers.households", "12,50", "逗号只写在每三位之间"),
        ("answers.households", "12，50", "逗号只写在每三位之间"),
        ("answers.since", "上个月", "请选一个日子"),
        ("answers.water_source", "sea", "没有这个选项"),
        ("answers.asks_for", "水\x00", "控制字符"),
    ],
)
def test_a_wrong_answer_is_named_and_nothing_typed_is_lost(
    browser: Open, name: str, value: str, said: str
) -> None:
    page = browser("zuyuan").post("/register", once="a-key-of-this-form", **FORM, **{**ANSWERS, name: value})
    assert page.status == 422
    assert said in page.text
    assert f'href="#f-{name.replace(".", "-").replace("_", "-")}"' in page.text
    assert "水管冻裂了。" in page.text


def test_answers_stay_readable_after_the_category_was_corrected(
    browser: Open, a_case: Callable[..., Case]
) -> None:
    case = a_case(category="drinking_water", answers={"households": 7, "water_source": "well"})
    leader = browser("zuzhang")
    version = hidden(leader.get(f"/cases/{case.number}"), "version")
    amended = {"field": "category", "value": "roads", "reason": "选错了"}
    done = leader.post(f"/cases/{case.number}/actions", action="amend", version=version, **amended)
    assert done.status == 303
    page = leader.get(f"/cases/{case.number}").text
    assert "几户" in page
    assert "水井" in page


def test_answers_cost_the_page_of_a_case_no_further_statement(
    browser: Open, town: Database, a_case: Callable[..., Case]
) -> None:
    case = a_case("closed", answers={"asks_for": "修好。", "land_mu": 2})
    person = browser("zuzhang")
    person.get(f"/cases/{case.number}")
    with counted(town) as seen:
        assert person.get(f"/cases/{case.number}").status == 200
    assert len(seen) <= MOST
