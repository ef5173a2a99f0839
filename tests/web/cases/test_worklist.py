"""待办: each case stands in the group that its own pill says."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from cases.configuration.case_rules import CountyRules
from cases.deadlines import sweep
from cases.models.case import Case
from core.persistence.db import Database
from tests import builders
from tests.api.conftest import Clock
from tests.builders import at
from tests.cases.breaking_in import break_in
from tests.conftest import Filled
from tests.markup import HTML
from tests.web.conftest import Browser, Page
from tests.web.test_application_journeys import hidden

Open = Callable[..., Browser]
Make = Callable[..., Case]
LATE, SOON = re.compile(r"超期 \d+ 天"), re.compile(r"今天到期|明天到期|还剩 [12] 个工作日")
LATER = re.compile(r"还剩 \d+ 个工作日")
GROUPS = {"late": LATE, "soon": SOON, "later": LATER}


def pills(page: Page) -> dict[str, list[str]]:
    """Return what the pills of each group say, from the top."""
    found: dict[str, list[str]] = {}
    for section in page.tree.iter(f"{HTML}section"):
        name = (section.get("aria-labelledby") or "").removeprefix("group-")
        found[name] = [
            "".join(one.itertext()).strip()
            for one in section.iter()
            if "pill" in (one.get("class") or "").split()
        ]
    return found


def fill(session: Session, rules: CountyRules) -> None:
    """Bring a case of three categories into each open state."""
    for state in ("received", "assigned", "escalated", "resolved"):
        for category in ("roads", "irrigation", "village_org"):
            builders.a_case(session, rules, state, category=category)


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("filled", [Filled("every open state", fill)], ids=str)
@pytest.mark.parametrize("day", range(0, 50, 7))
@pytest.mark.parametrize("username", ["zuzhang", "cunwei-sl", "xiangzhen"])
def test_every_pill_says_what_its_group_says(
    browser: Open, town: Database, rules: CountyRules, clock: Clock, username: str, day: int
) -> None:
    clock.moment = at("2026-03-03") + timedelta(days=day)
    sweep.sweep(town, rules=rules, now=clock.moment)
    found = pills(browser(username).get("/todo"))
    assert sum(map(len, found.values())) >= 1
    for name, said in found.items():
        if name == "later":
            assert [one for one in said if not LATER.fullmatch(one) or SOON.fullmatch(one)] == []
        elif name in GROUPS:
            assert [one for one in said if not GROUPS[name].fullmatch(one)] == []


def test_a_word_that_is_owed_shows_its_own_date(browser: Open, a_case: Make, clock: Clock) -> None:
    case = a_case("assigned")
    assert case.reply_due_on is not None
    clock.moment = at(str(case.reply_due_on - timedelta(days=1)))
    assert pills(browser("zuzhang").get("/todo"))["owed"] == ["明天到期"]


def test_the_numbers_over_the_list_are_those_of_its_rows(browser: Open, a_case: Make) -> None:
    a_case("assigned")
    leader, person = browser("zuzhang"), browser("cunwei-sl")
    for case in (a_case("received"), a_case("received")):
        version = hidden(leader.get(f"/cases/{case.number}"), "version")
        fields = {"action": "assign", "version": version, "unit": "committee-SL"}
        assert leader.post(f"/cases/{case.number}/actions", **fields).status == 303
    shown = {}
    for only in ("", "unaccepted", "under_way"):
        page = person.get(f"/todo?only={only}")
        navigations = page.tree.iter(f"{HTML}nav")
        chips = [one for one in navigations if one.get("class") == "chips end"]
        numbers = re.findall(r"\d+", "".join(chips[0].itertext()))
        own = [said for name, said in pills(page).items() if name in GROUPS]
        shown[only] = (list(map(int, numbers)), sum(map(len, own)))
    numbers = shown[""][0]
    assert numbers == [3, 2, 1]
    assert [rows for _, rows in shown.values()] == numbers
    assert all(same == numbers for same, _ in shown.values())


def test_imported_history_is_a_line_until_somebody_acts_on_it(
    browser: Open, town: Database, a_case: Make, clock: Clock
) -> None:
    clock.moment = at("2026-06-01")
    waiting, open_case = a_case("resolved"), a_case("received")
    break_in(town, "UPDATE cases SET imported = true", "UPDATE clocks SET next_look_on = NULL")
    leader = browser("zuzhang")
    todo = leader.get("/todo").text
    assert "历史导入的事项里，1 件等回访" in todo
    assert waiting.number not in todo
    assert open_case.number not in todo
    listed = leader.get("/cases?state=resolved&taken_up=false").text
    assert waiting.number in listed
    for case in (waiting, open_case):
        page = leader.get(f"/cases/{case.number}")
        assert page.status == 200
        assert "还没有人接着办" in page.text
