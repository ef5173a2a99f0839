"""Wherever a page writes a date that a notice may still move, it says so beside the date itself."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from cases.access import receipt_codes
from cases.configuration.case_rules import CountyRules
from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case
from cases.models.reference import CalendarYear
from core.persistence.db import Database
from notifications.models import Notice
from tests.notices import YEAR, without_notice
from tests.web.cases.test_bulk_actions import rows_of
from tests.web.conftest import Browser
from tests.web.test_application_sent_twice import REGISTRATION

__all__ = ["without_notice"]

Open = Callable[..., Browser]
Make = Callable[..., Case]
MARK = "（暂按周末推算）"


def visible_part(text: str) -> str:
    """Return what is seen of a page with nothing folded out."""
    return re.sub(r"(?s)<details(?! open).*?</details>", "", text)


def test_the_page_of_a_case_says_it_outside_the_fold(
    browser: Open, a_case: Make, without_notice: None
) -> None:
    page = visible_part(browser("cunwei-sl").get(f"/cases/{a_case('assigned').number}").text)
    assert re.search(r"最迟 <b>5月\d+日（暂按周末推算）</b> 办结", page)
    assert re.search(r"还剩 \d+ 个工作日（暂按周末推算）", page)


@pytest.mark.parametrize("path", ["/cases", "/todo"])
def test_a_list_says_it_in_every_row(browser: Open, a_case: Make, without_notice: None, path: str) -> None:
    a_case("assigned")
    page = browser("cunwei-sl").get(path).text
    assert f"个工作日{MARK}" in page


def test_the_slip_says_it(browser: Open, town: Database, without_notice: None) -> None:
    assert re.search(
        r"<b>3月\d+日（暂按周末推算）</b> 给您回话", browser("zuyuan").post("/register", **REGISTRATION).text
    )


def test_the_villager_is_told(
    browser: Open, town: Database, rules: CountyRules, a_case: Make, without_notice: None
) -> None:
    code = receipt_codes.new_code()
    a_case("assigned", complainants=(ComplainantEntry(name="田某", receipt_code=code),))
    page = browser().post("/status", receipt_code=code).text
    assert page.count(MARK) >= 2
    assert re.search(r"最迟 3月\d+日（暂按周末推算） 给您回话", page)


def test_a_reader_of_english_is_told_in_english(browser: Open, a_case: Make, without_notice: None) -> None:
    page = visible_part(
        browser("cunwei-sl")
        .get(f"/cases/{a_case('assigned').number}", headers={"Accept-Language": "en"})
        .text
    )
    assert re.search(r"working days left: \d+ \(provisional\)", page)
    assert MARK not in page


def test_a_notice_says_it_in_the_inbox_and_in_the_mail(
    browser: Open, town: Database, rules: CountyRules, without_notice: None
) -> None:
    browser("zuyuan").post("/register", **REGISTRATION)
    page = browser("zuzhang").get("/me/notices").text
    assert len(re.findall(r"请在 3月\d+日（暂按周末推算） 前分办", page)) == 1
    with town.reading() as session:
        told = session.scalars(select(Notice.facts)).all()
    assert told
    assert [facts["provisional"] for facts in told] == [True] * len(told)


def test_a_table_says_it_beside_the_date(browser: Open, a_case: Make, without_notice: None) -> None:
    case = a_case("assigned")
    heading, row = rows_of(browser("zuzhang").get("/cases/export"))
    place = heading.index("最迟")
    assert row[heading.index("编号")] == case.number
    assert (heading[place + 1], row[place + 1]) == ("暂按周末推算", "是")


def test_a_table_of_a_year_with_its_notice_says_no(browser: Open, a_case: Make) -> None:
    a_case("assigned")
    heading, row = rows_of(browser("zuzhang").get("/cases/export"))
    assert row[heading.index("暂按周末推算")] == "否"


def test_an_inbox_asks_the_calendar_as_it_stands_now(
    browser: Open, town: Database, without_notice: None
) -> None:
    browser("zuyuan").post("/register", **REGISTRATION)
    with town.transaction() as session:
        session.add(CalendarYear(year=YEAR, notice="国办发明电〔2026〕1 号", revision=1))
    assert MARK not in browser("zuzhang").get("/me/notices").text


def test_a_year_with_its_notice_says_nothing(browser: Open, a_case: Make) -> None:
    assert MARK not in browser("cunwei-sl").get(f"/cases/{a_case('assigned').number}").text
