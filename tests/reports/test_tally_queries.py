"""Whatever of the cases is counted in advance, and whatever is not: 总览 says what a plain count says."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from random import Random

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.configuration.case_rules import CountyRules
from cases.deadlines import sweep
from cases.models.case import Case
from cases.models.statistics import TalliedCase, Untallied
from cases.queries.filters import answered_before, counted
from cases.statistics import tallies
from core.persistence.db import Database
from reports.counting import ReportScope, count, source
from reports.overview import OUTCOMES, SHOWN, Figures, build_overview
from reports.rate_definitions import CASES
from tests.builders import ZONE, actor_named, at
from tests.reports import ledger
from tests.statements import statements

Make = Callable[..., Case]

READERS = ("lingdao", "jiandu", "xiangzhen", "zuzhang", "cunwei-sl", "cunwei-yy", "bumen")
AREAS = (None, "MA", "SL", "YY", "GG")
#: Before anything was received, while most is under way, when the first dates have passed, and long after.
DAYS = tuple(map(date.fromisoformat, ("2026-02-01", "2026-03-05", "2026-03-25", "2026-04-20", "2026-07-01")))
PERIODS = ((None, None), (None, None), (date(2026, 3, 2), date(2026, 3, 31)), (date(2026, 4, 1), None))
LOOKS = 30


@pytest.fixture(params=[1, 2, pytest.param(3, marks=pytest.mark.proof)])
def luck(request: pytest.FixtureRequest, town: Database, rules: CountyRules, a_case: Make) -> Random:
    """Tell the ledger's histories while the sums are brought up to date now and then."""
    luck = Random(request.param)

    def now_and_then() -> None:
        if luck.random() < 0.2:
            tallies.tally(town, zone=ZONE)

    ledger.write(town, rules, after=now_and_then)
    # A case that is overdue for one date has others that pass later.
    sweep.sweep(town, rules=rules, now=at("2026-03-12"))
    now_and_then()
    for category in ("roads", "irrigation"):
        a_case("received", category=category, named_units=("township-MA",))
        now_and_then()
        a_case("closed", category=category, village="GG")
    with town.reading() as session:
        assert session.scalars(select(Untallied.case_id)).first() is not None
        assert session.scalars(select(TalliedCase.case_id)).first() is not None
    return luck


def plainly(session: Session, scope: ReportScope) -> Figures:
    return count(session, [*SHOWN.values(), *OUTCOMES.values()], scope)


def by_the_end_of(session: Session, scope: ReportScope, day: date) -> tuple[int, int]:
    end = datetime.combine(day + timedelta(days=1), time(), ZONE)
    columns = (func.count().filter(Case.received_on <= day), func.count().filter(answered_before(end)))
    row = session.execute(source(select(*columns), CASES, scope).where(counted())).one()
    return row[0], row[1]


def test_the_overview_says_what_a_plain_count_says(town: Database, luck: Random) -> None:
    seen = 0
    for _ in range(LOOKS):
        reader, area, today = luck.choice(READERS), luck.choice(AREAS), luck.choice(DAYS)
        start, end = luck.choice(PERIODS)
        with town.reading() as session:
            actor = actor_named(session, reader)
            scope = ReportScope(actor, area, start, end, today)
            found = build_overview(session, scope=scope, zone=ZONE)
            assert found.total == plainly(session, scope), (reader, area, start, end, today)
            for line in found.villages:
                assert line.figures == plainly(session, ReportScope(actor, line.code, start, end, today))
            for point in found.points:
                assert (point.received, point.answered) == by_the_end_of(session, scope, point.day)
        seen += found.total["received"].numerator
        received = [line.figures["received"].numerator for line in found.categories]
        assert sum(received) == found.total["received"].numerator
    assert seen > LOOKS


def test_a_case_that_names_the_reader_is_in_no_figure_of_theirs(town: Database, a_case: Make) -> None:
    a_case("received", named_units=("township-MA",))
    a_case("received")
    for _ in range(2):
        with town.reading() as session:
            seen = {
                name: build_overview(
                    session,
                    scope=ReportScope(actor_named(session, name), None, None, None, date(2026, 3, 3)),
                    zone=None,
                )
                .total["received"]
                .numerator
                for name in ("xiangzhen", "lingdao")
            }
        assert seen == {"xiangzhen": 1, "lingdao": 2}
        tallies.tally(town, zone=ZONE)


def test_it_takes_the_same_few_statements_before_and_after_counting(town: Database, a_case: Make) -> None:
    for state in ("closed", "assigned", "resolved"):
        a_case(state)
    sent = []
    for _ in range(2):
        with town.reading() as session:
            scope = ReportScope(actor_named(session, "lingdao"), None, None, None, date(2026, 3, 20))
            with statements(town) as seen:
                build_overview(session, scope=scope, zone=ZONE)
        sent.append(len(seen))
        tallies.tally(town, zone=ZONE)
    assert sent == [3, 3]
