"""What is counted in advance: every change waits to be counted, and is counted once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text

from cases.configuration.case_rules import CountyRules
from cases.deadlines import sweep
from cases.models.case import Case
from cases.models.statistics import COUNTS, DailyTally, TalliedCase, Tally, Untallied
from cases.statistics import tallies
from core.persistence import migrations
from core.persistence.db import Database
from tests.builders import ZONE, at
from tests.cases.breaking_in import break_in, details, findings, found
from tests.cases.scenes import SCENES, set_scene

Make = Callable[..., Case]


def tally(db: Database) -> int:
    return tallies.tally(db, zone=ZONE)


def waiting(db: Database) -> set[int]:
    with db.reading() as session:
        return set(session.scalars(select(Untallied.case_id)))


def rows(db: Database) -> list[tuple[Any, ...]]:
    """Return everything that was counted."""
    with db.reading() as session:
        return [
            tuple(row)
            for kind in (TalliedCase, Tally, DailyTally)
            for row in session.execute(select(kind.__table__).order_by(*kind.__table__.primary_key))
        ]


def counts(db: Database, case: Case) -> dict[str, int]:
    with db.reading() as session:
        row = session.get_one(TalliedCase, case.id)
        return {name: getattr(row, name) for name in COUNTS if getattr(row, name)}


@pytest.mark.parametrize("name", SCENES)
def test_a_case_in_any_state_is_counted_as_it_is(town: Database, rules: CountyRules, name: str) -> None:
    with town.transaction() as session:
        set_scene(session, rules, name)
    assert tally(town) > 0
    assert waiting(town) == set()
    assert findings(town, rules) == []


def test_every_change_waits_to_be_counted_and_is_counted_once(
    town: Database, rules: CountyRules, a_case: Make
) -> None:
    first, second = a_case("assigned"), a_case("closed")
    assert waiting(town) == {first.id, second.id}
    tally(town)
    assert waiting(town) == set()
    before = rows(town)
    sweep.sweep(town, rules=rules, now=at("2026-04-20"))
    assert waiting(town) == {first.id}
    assert rows(town) == before
    tally(town)
    assert rows(town) != before
    late = {"received": 1, "open": 1, "taken_up": 1, "at_work": 1, "overdue": 1}
    assert counts(town, first) == late
    assert tally(town) == 0


def test_what_a_case_counts_for_follows_it(town: Database, a_case: Make) -> None:
    closed, void, fresh = a_case("closed"), a_case("void"), a_case("received")
    tally(town)
    answered = {"received": 1, "answered": 1, "resolved": 1, "judged": 1, "on_time": 1}
    assert counts(town, closed) == {**answered, "rated": 1, "content": 1, "outcome_solved": 1}
    assert counts(town, void) == {}
    under_way = {"received": 1, "open": 1, "taken_up": 1, "at_work": 1, "under_way": 1}
    assert counts(town, fresh) == under_way


def test_counting_anew_gives_the_same_sums(town: Database, rules: CountyRules, a_case: Make) -> None:
    for state in ("closed", "assigned", "resolved"):
        a_case(state)
    tally(town)
    before = rows(town)
    break_in(town, "UPDATE tallies SET received = 4711", "DELETE FROM daily_tallies")
    assert found(town, rules) == {("sums", None)}
    assert tallies.recount(town, zone=ZONE) == 3
    assert rows(town) == before
    assert found(town, rules) == set()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tallies SET on_time = on_time + 1",
        "DELETE FROM tallies",
        "UPDATE daily_tallies SET answered = answered + 1",
        "INSERT INTO daily_tallies (village_id, day, received, answered) VALUES (1, '2026-03-01', 1, 0)",
    ],
)
def test_sums_that_are_not_those_of_their_cases_are_found(
    town: Database, rules: CountyRules, a_case: Make, statement: str
) -> None:
    a_case("closed")
    tally(town)
    break_in(town, statement)
    assert found(town, rules) == {("sums", None)}


def test_a_page_of_changes_at_a_time_comes_to_the_same(
    town: Database, rules: CountyRules, a_case: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    for state in ("closed", "assigned", "resolved"):
        a_case(state)
    monkeypatch.setattr(tallies, "PAGE", 2)
    with town.reading() as session:
        entries = session.scalar(select(func.count()).select_from(Untallied))
    assert tally(town) == entries
    assert findings(town, rules) == []


def test_several_who_count_at_once_count_everything_once(
    town: Database, rules: CountyRules, a_case: Make
) -> None:
    for state in ("closed", "assigned", "resolved", "escalated") * 2:
        a_case(state)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: tally(town), range(8)))
    tally(town)  # whoever came while another was at it left the rest
    assert waiting(town) == set()
    assert findings(town, rules) == []


def test_a_count_that_breaks_off_leaves_everything_as_it_was(
    town: Database, a_case: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = a_case("closed")

    def fails(*given: Any) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(tallies, "_add", fails)
    with pytest.raises(RuntimeError, match="the power went"):
        tally(town)
    assert waiting(town) == {case.id}
    assert rows(town) == []


def test_a_database_from_before_is_counted_after_its_upgrade(
    town: Database, rules: CountyRules, a_case: Make
) -> None:
    cases = [a_case("closed"), a_case("assigned")]
    tally(town)
    before = rows(town)
    migrations.downgrade(town, revision="0012")
    migrations.upgrade(town)
    assert waiting(town) == {case.id for case in cases}
    tally(town)
    assert rows(town) == before
    assert findings(town, rules) == []


def test_without_the_trigger_verify_says_so(town: Database, rules: CountyRules) -> None:
    table = "" if town.is_sqlite else " ON history"
    with town.transaction() as session:
        session.execute(text(f"DROP TRIGGER history_is_untallied{table}"))
    assert details(town, rules) == "guards: history_is_untallied is missing"


def test_a_case_that_waits_for_nothing_and_was_never_counted_is_found(
    town: Database, rules: CountyRules, a_case: Make
) -> None:
    case = a_case("assigned")
    with town.transaction() as session:
        session.execute(delete(Untallied))
    assert found(town, rules) == {("tallies", case.number)}
