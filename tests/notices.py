"""Take the notice of a year away, so that every date in it is counted by weekends and may still move."""

import pytest
from sqlalchemy import delete

from cases.models.reference import CalendarDay, CalendarYear
from core.persistence.db import Database

#: The year in which the small township lives.
YEAR = 2026


@pytest.fixture
def without_notice(town: Database) -> None:
    """Let the notice of the township's year not have come out yet."""
    with town.transaction() as session:
        session.execute(delete(CalendarDay).where(CalendarDay.source != f"notice {YEAR + 1}"))
        session.execute(delete(CalendarYear).where(CalendarYear.year == YEAR))
