"""Starting again with a newer program or a new file: a year that comes later is a notice."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import select

from cases.configuration.calendar import read
from cases.configuration.case_rules import CountyRules
from cases.history.entries import Entry
from cases.models.case import Case, Clock
from cases.verification.verify import verify
from cli.serve.database_setup import enter_years
from config.county_days import CalendarFile
from core.persistence.db import Database
from tests.builders import at
from workflow.working_days import seed

#: An invented notice: a day more than the plain week and the statutory days have off.
DAYS = ((date(2027, 1, 1), False, "元旦"), (date(2027, 1, 4), False, "元旦"))
FILE = CalendarFile("2027.toml", 2027, "关于2027年的通知", DAYS)


def test_a_year_that_comes_later_moves_the_dates_that_reach_into_it(
    town: Database, rules: CountyRules, a_case: Callable[..., Case]
) -> None:
    case = a_case("assigned", category="village_org", now=at("2026-12-21"))
    with town.reading() as session:
        before = session.get_one(Clock, (case.id, "handling")).due_on
    with town.transaction() as session:
        assert enter_years(session, rules, [FILE], now=at("2026-12-22")) == [2027]
    with town.reading() as session:
        after = session.get_one(Clock, (case.id, "handling")).due_on
        actions = session.scalars(
            select(Entry.action).where(Entry.case_id == case.id).order_by(Entry.seq)
        ).all()
        assert (before, after) == (date(2027, 1, 12), date(2027, 1, 13))
        assert actions[-1] == "recalculated"
        assert list(verify(session, rules=rules)) == []


def test_entering_the_same_years_again_changes_nothing(town: Database, rules: CountyRules) -> None:
    with town.transaction() as session:
        enter_years(session, rules, [FILE], now=at("2026-12-22"))
        calendar = read(session)
        assert enter_years(session, rules, [FILE], now=at("2026-12-23")) == []
        assert read(session) == calendar


def test_the_first_time_the_calendar_is_filled_with_every_year(db: Database, rules: CountyRules) -> None:
    with db.transaction() as session:
        assert enter_years(session, rules, [FILE], now=at("2026-12-22")) == sorted({*seed().years, 2027})
        assert not read(session).is_working(date(2027, 1, 4))
