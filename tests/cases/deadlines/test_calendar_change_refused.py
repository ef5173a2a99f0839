"""Who enters a year's notice, and what is left when it is taken back before it is kept."""

from collections.abc import Callable
from datetime import date

import pytest

from accounts.access.actor import Actor
from cases.configuration.case_rules import CountyRules
from cases.deadlines.calendar_change import enter_notice
from cases.deadlines.notice_days import NoticeDay
from core.errors import Forbidden, Invalid
from core.persistence.db import Database
from tests.builders import at
from tests.cases.deadlines.test_calendar_change import LONGER, NOTICE, SHORTER, Enter, enter
from workflow.statutory_holidays import days_off

__all__ = ["enter"]


def test_a_notice_that_is_taken_back_leaves_no_trace_in_memory(
    town: Database, rules: CountyRules, actor: Callable[[str], Actor], enter: Enter
) -> None:
    with town.transaction() as session:
        enter_notice(
            session,
            actor=actor("guanli"),
            rules=rules,
            year=2027,
            days=LONGER,
            notice=NOTICE,
            now=at("2026-12-15"),
            without=days_off(2027),
        )
        session.rollback()
    enter(SHORTER)
    with town.reading() as session:
        assert rules.services.calendars.current(session).is_working(date(2027, 1, 4))


def test_a_member_enters_no_notice(town: Database, rules: CountyRules, actor: Callable[[str], Actor]) -> None:
    with pytest.raises(Forbidden), town.transaction() as session:
        enter_notice(
            session,
            actor=actor("zuyuan"),
            rules=rules,
            year=2027,
            days=LONGER,
            notice=NOTICE,
            now=at("2026-12-15"),
        )


@pytest.mark.parametrize(
    ("day", "problem"),
    [
        (NoticeDay(date(2028, 1, 1), False, "元旦"), {"days.0.day": ["not_of_this_year"]}),
        (NoticeDay(date(2026, 11, 30), True, "元旦调休"), {"days.0.day": ["not_of_this_year"]}),
        (NoticeDay(date(2027, 1, 1), False, " "), {"days.0.name": ["required"]}),
    ],
)
def test_a_day_that_cannot_be_of_the_notice_is_refused(
    enter: Enter, day: NoticeDay, problem: dict[str, list[str]]
) -> None:
    with pytest.raises(Invalid) as refused:
        enter((day,))
    assert refused.value.errors == problem


def test_a_notice_may_name_a_day_of_the_december_before(
    town: Database, rules: CountyRules, enter: Enter
) -> None:
    enter((NoticeDay(date(2026, 12, 26), True, "元旦调休"), *SHORTER))
    enter(SHORTER)
    with town.reading() as session:
        assert not rules.services.calendars.current(session).is_working(date(2026, 12, 26))
