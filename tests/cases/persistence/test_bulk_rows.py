"""Rows that are made and written past the session (docs/decisions/0010)."""

from datetime import date

import pytest
from sqlalchemy import select

from accounts.models import Area
from cases.models.reference import CalendarDay
from cases.persistence.bulk_rows import insert_rows, new_row
from core.persistence.db import Database


def test_a_row_that_is_made_is_whole() -> None:
    area = new_row(Area, code="SL", name="石榴村")
    assert (area.code, area.name, area.parent_id, area.valid_until) == ("SL", "石榴村", None, None)


def test_a_word_that_is_no_column_is_refused() -> None:
    with pytest.raises(TypeError, match="Area has no colour, nmae"):
        new_row(Area, code="SL", nmae="石榴村", colour="red")


def test_what_was_made_and_written_the_session_goes_on_with(town: Database) -> None:
    day = date(2031, 5, 1)
    with town.transaction() as session:
        row = new_row(CalendarDay, day=day, working=False, name="劳动节", source="notice 2031")
        insert_rows(session, [row])
        assert session.get_one(CalendarDay, day) is row
        row.name = "五一"
    with town.reading() as session:
        assert session.scalars(select(CalendarDay.name).where(CalendarDay.day == day)).one() == "五一"
