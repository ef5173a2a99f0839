"""The weekly notice: units and never people, to those above, once a week."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from accounts.models import User
from cases.configuration.case_rules import CountyRules
from cases.deadlines import sweep as case_sweep
from cases.deadlines import weekly_notice
from cases.models.case import Case
from core.persistence.db import Database
from notifications.models import Notice
from tests.builders import at

ACase = Callable[..., Case]

#: Assigned on 2 March, due on 23 March, published on Thursday 2 April, raised on 7 April.
PUBLISHED, MONDAY = "2026-04-02", "2026-04-06"


def write(town: Database, rules: CountyRules, day: str, hour: int = 9, minute: int = 0) -> int:
    with town.transaction() as session:
        return weekly_notice.write(session, rules=rules, now=at(day, hour, minute))


def sweep(town: Database, rules: CountyRules, *days: str) -> None:
    for day in days:
        case_sweep.sweep(town, rules=rules, now=at(day, 9))


def notices(town: Database) -> dict[str, dict[str, Any]]:
    with town.reading() as session:
        rows = session.execute(
            select(User.username, Notice.facts)
            .join(Notice, Notice.user_id == User.id)
            .where(Notice.kind == "weekly")
        )
        return {username: facts for username, facts in rows}


@pytest.fixture
def published(town: Database, rules: CountyRules, a_case: ACase) -> Case:
    case = a_case("assigned", category="village_org")
    sweep(town, rules, PUBLISHED)
    return case


def test_the_unit_that_had_the_duty_is_listed_to_those_above(
    town: Database, rules: CountyRules, published: Case
) -> None:
    write(town, rules, MONDAY)
    told = notices(town)
    assert sorted(told) == ["jiandu", "lingdao", "xiangzhen"]
    (line,) = [line for line in told["lingdao"]["units"] if line["unit"] == "committee-SL"]
    assert (line["published"], line["stuck"]) == (1, 0)
    assert told["lingdao"]["week"] == "2026-W15"


def test_no_person_and_no_words_are_named(town: Database, rules: CountyRules, published: Case) -> None:
    write(town, rules, MONDAY)
    said = str(notices(town))
    assert published.own_words not in said
    assert "田" not in said
    assert "支书" not in said


@pytest.mark.parametrize(
    ("day", "hour", "minute", "expected"),
    [(MONDAY, 8, 29, 0), (MONDAY, 8, 30, 3), ("2026-04-09", 3, 0, 3)],
)
def test_it_is_written_from_monday_half_past_eight(
    town: Database, rules: CountyRules, published: Case, day: str, hour: int, minute: int, expected: int
) -> None:
    assert write(town, rules, day, hour, minute) == expected


def test_it_is_written_once_a_week_however_often_it_runs(
    town: Database, rules: CountyRules, published: Case
) -> None:
    assert write(town, rules, MONDAY) == 3
    assert write(town, rules, MONDAY, 10) == 0
    assert write(town, rules, "2026-04-08") == 0


def test_what_still_stands_is_listed_again_the_week_after(
    town: Database, rules: CountyRules, a_case: ACase
) -> None:
    a_case("escalated", category="village_org")
    # Raised to the top, the case can go no higher: 60 days, then the ladder, twice over.
    day = at("2026-03-03", 9)
    for number in range(220):
        case_sweep.sweep(town, rules=rules, now=day + number * (at("2026-03-04", 9) - day))
    assert write(town, rules, "2026-10-12") == 3
    assert any(line["stuck"] for line in notices(town)["lingdao"]["units"])
    assert write(town, rules, "2026-10-19") == 3


def test_without_anything_to_list_nothing_is_written(
    town: Database, rules: CountyRules, a_case: ACase
) -> None:
    a_case("assigned")
    assert write(town, rules, "2026-03-09") == 0


def test_whom_a_matter_names_does_not_read_of_it(town: Database, rules: CountyRules, a_case: ACase) -> None:
    a_case("assigned", category="village_org", named_users=("lingdao",))
    sweep(town, rules, PUBLISHED)
    write(town, rules, MONDAY)
    assert sorted(notices(town)) == ["jiandu", "xiangzhen"]
