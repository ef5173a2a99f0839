"""Rows that are written past the session (docs/decisions/0010)."""

from datetime import date

from sqlalchemy import select

from accounts.models import Area
from cases.models.reference import CalendarDay
from cases.persistence.bulk_rows import insert_rows
from core.persistence.db import Database
from tests.statements import statements

DAY = date(2031, 5, 1)


def may_day(day: date = DAY) -> CalendarDay:
    return CalendarDay(day=day, working=False, name="劳动节", source="notice 2031")


def test_what_was_written_the_session_goes_on_with(town: Database) -> None:
    with town.transaction() as session:
        row = may_day()
        insert_rows(session, [row])
        assert session.get_one(CalendarDay, DAY) is row
        row.name = "五一"
    with town.reading() as session:
        assert session.scalars(select(CalendarDay.name).where(CalendarDay.day == DAY)).one() == "五一"


def test_rows_of_one_table_are_one_statement_and_are_not_asked_for_again(town: Database) -> None:
    with town.transaction() as session, statements(town) as sent:
        area = Area(id=9_999, code="ZZ", name="石榴村", level="village", path="/ZZ/")
        days = [may_day(date(2031, 5, day)) for day in (1, 2)]
        insert_rows(session, [area, *days])
        assert (area.valid_until, [one.day.day for one in days]) == (None, [1, 2])
        assert [statement.split()[2] for statement in sent] == ["areas", "calendar_days"]
