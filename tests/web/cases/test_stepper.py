"""The stepper of a case: what is past, what is next, what is to come."""

import re
from collections.abc import Callable

import pytest

from cases.models.case import Case
from tests.web.conftest import Browser
from tests.web.test_application_journeys import hidden

pytestmark = pytest.mark.one_database

Open = Callable[..., Browser]


def steps(page: str) -> list[tuple[str, str]]:
    found = re.search(r'<ol class="steps".*?</ol>', page, re.S)
    assert found is not None
    return re.findall(r'<li class="(\w+)[^>]*><span>([^<]+)', found[0])


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("received", [("past", "受理"), ("here", "交办"), ("later", "答复办结"), ("later", "回访归档")]),
        ("assigned", [("past", "受理"), ("past", "交办"), ("here", "答复办结"), ("later", "回访归档")]),
        ("resolved", [("past", "受理"), ("past", "交办"), ("good", "答复办结"), ("here", "回访归档")]),
        ("closed", [("past", "受理"), ("past", "交办"), ("good", "答复办结"), ("good", "回访归档")]),
        ("rejected", [("past", "受理"), ("here", "不予受理")]),
    ],
)
def test_each_state_has_its_steps(
    browser: Open, a_case: Callable[..., Case], state: str, expected: list[tuple[str, str]]
) -> None:
    case = a_case(state)
    assert steps(browser("zuzhang").get(f"/cases/{case.number}").text) == expected


def test_what_was_passed_over_is_not_shown_as_owed(browser: Open, a_case: Callable[..., Case]) -> None:
    case = a_case("received")
    leader = browser("zuzhang")
    version = hidden(leader.get(f"/cases/{case.number}"), "version")
    fields = {"report.number": "3 号", "report.addressee": "乡政府", "report.sent_on": "2026-03-02"}
    done = leader.post(
        f"/cases/{case.number}/actions",
        action="escalate",
        version=version,
        unit="leading-group",
        reason="要县里拨款",
        **fields,
    )
    assert done.status == 303
    found = steps(leader.get(f"/cases/{case.number}").text)
    assert found == [("past", "受理"), ("past", "上报"), ("here", "答复办结"), ("later", "回访归档")]


def test_a_case_that_was_returned_waits_to_be_assigned_again(
    browser: Open, a_case: Callable[..., Case]
) -> None:
    case = a_case("assigned")
    committee = browser("cunwei-sl")
    version = hidden(committee.get(f"/cases/{case.number}"), "version")
    done = committee.post(
        f"/cases/{case.number}/actions",
        action="return",
        version=version,
        reason="不归村里管",
        unit="township-MA",
    )
    assert done.status == 303
    found = steps(browser("zuzhang").get(f"/cases/{case.number}").text)
    assert found[:2] == [("past", "受理"), ("here", "交办")]


def test_a_reopened_case_begins_its_steps_anew(browser: Open, a_case: Callable[..., Case]) -> None:
    case = a_case("resolved")
    member = browser("zuyuan")
    page = member.get(f"/cases/{case.number}/revisit")
    member.post(
        f"/cases/{case.number}/revisit",
        version=hidden(page, "version"),
        complainant=hidden(page, "complainant"),
        heard="no",
        rating="dissatisfied",
        words="还是漏",
    )
    found = steps(member.get(f"/cases/{case.number}").text)
    assert found[:2] == [("past", "重新交办"), ("here", "交办")]


def test_a_word_that_is_owed_before_the_matter_itself_is_told_apart_from_it(
    browser: Open, a_case: Callable[..., Case]
) -> None:
    case = a_case("assigned", category="roads")
    assert case.due_on is not None
    assert case.reply_due_on is not None
    assert case.reply_due_on < case.due_on
    page = " ".join(re.sub(r"<[^>]+>", "", browser("cunwei-sl").get(f"/cases/{case.number}").text).split())
    ends, word = (f"{day.month}月{day.day}日" for day in (case.due_on, case.reply_due_on))
    assert f"最迟 {ends} 办结" in page
    assert f"在那之前，{word} 前先给群众回个话" in page
