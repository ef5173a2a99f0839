from datetime import date

import pytest
from sqlalchemy import delete, select

from accounts.models import User
from cases.configuration import missing_notices
from cases.configuration.case_rules import CountyRules
from cases.models.reference import CalendarDay, CalendarYear
from core.persistence.db import Database
from notifications.models import Notice
from tests.builders import at


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2026-10-31", []), ("2026-11-01", [2027]), ("2026-12-31", [2027]), ("2027-01-04", [2027])],
)
def test_a_year_without_notice_is_missed_from_november_on(
    town: Database, day: str, expected: list[int]
) -> None:
    with town.reading() as session:
        assert missing_notices.missing_years(session, at(day).date()) == expected


def test_administrators_are_told_once_a_month(town: Database, rules: CountyRules) -> None:
    told = []
    for day in ("2026-11-02", "2026-11-20", "2026-12-01"):
        with town.transaction() as session:
            told.append(missing_notices.warn(session, rules=rules, now=at(day)))
    assert told == [1, 0, 1]
    with town.reading() as session:
        names = session.scalars(
            select(User.username).join(Notice, Notice.user_id == User.id).where(Notice.subject == "2027")
        )
        assert set(names) == {"guanli"}


def test_nobody_is_told_when_the_notice_is_there(town: Database, rules: CountyRules) -> None:
    with town.transaction() as session:
        session.execute(delete(CalendarDay))
        session.add(CalendarYear(year=2027, notice="关于2027年的通知", revision=1))
        session.flush()
        assert missing_notices.warn(session, rules=rules, now=at("2026-12-01")) == 0


def test_the_statutory_days_that_a_notice_leaves_out_are_found_by_year(town: Database) -> None:
    today = at("2026-12-01").date()
    with town.transaction() as session:
        assert missing_notices.short_notices(session, today) == {}
        session.add(CalendarYear(year=2027, notice="关于2027年的通知", revision=1))
        off = [date(2027, 1, 1), date(2027, 2, 5), date(2027, 2, 8), date(2027, 4, 5), date(2027, 10, 1)]
        for day in off:
            session.add(CalendarDay(day=day, working=False, name="假日", source="notice 2027"))
        session.flush()
        assert missing_notices.short_notices(session, today) == {2027: [date(2027, 6, 9), date(2027, 9, 15)]}
