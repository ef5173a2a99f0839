"""What the bulk loader writes is what the services would have written."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from accounts.actor import Actor
from accounts.users import actor_of
from bench.load import fill
from bench.told import Telling, tellings
from cases import guards, overdue
from cases.calendar import Calendars
from cases.models import Case
from cases.progress import take_step
from cases.rules import Rules
from cases.verify import verify
from cli.parts import Parts
from cli.preparing import prepare
from config import settings
from core.db import Database
from core.errors import Conflict
from jobs.tasks import HEADS
from reports.rates import rates
from tests.builders import FOUNDED
from tests.databases import Databases

TODAY = date(2026, 11, 25)
CASES = 500
Fill = Callable[[Database], Parts]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("told")


@pytest.fixture(scope="module")
def joined(folder: Path, project_rules: Rules) -> Callable[[Database], Parts]:
    def join(db: Database) -> Parts:
        known = settings.load({"HUIYIN_DATA_DIR": str(folder / db.engine.dialect.name)})
        return Parts(known, db, replace(project_rules, calendars=Calendars()), {})

    return join


@pytest.fixture(scope="module")
def told(folder: Path, joined: Fill) -> list[Telling]:
    return tellings(joined(Database(f"sqlite:///{folder}/none.db")), folder=folder, today=TODAY, number=1)


@pytest.fixture
def loaded(
    databases: Databases, backend: str, db: Database, joined: Fill, told: list[Telling]
) -> Iterator[Database]:
    """Give a copy of a database that was loaded once for each engine."""

    def load(database: Database) -> None:
        parts = joined(database)
        prepare(parts, now=FOUNDED)
        fill(parts, told, cases=CASES, today=TODAY)

    databases.template(backend, "loaded", load, base="empty")
    yield from databases.lend(backend, "loaded")


@pytest.fixture
def parts(loaded: Database, joined: Fill) -> Parts:
    return joined(loaded)


def at(hour: int, rules: Rules) -> datetime:
    return datetime.combine(TODAY, time(hour), rules.zone)


def leader(db: Database, name: str = "zuzhang") -> Actor:
    with db.reading() as session:
        found = actor_of(session, name)
    assert found is not None
    return found


def test_exactly_as_many_cases_as_asked_for(parts: Parts) -> None:
    with parts.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == CASES


def test_verify_finds_nothing(parts: Parts) -> None:
    with parts.db.reading() as session:
        folder = parts.settings.data_dir / HEADS
        assert list(verify(session, rules=parts.rules, heads_folder=folder)) == []


def test_every_guard_is_back(parts: Parts) -> None:
    with parts.db.reading() as session:
        assert guards.missing(session) == []


def test_cases_stand_in_every_state(parts: Parts) -> None:
    with parts.db.reading() as session:
        found = set(session.scalars(select(Case.state).distinct()))
    assert found == set(parts.rules.definition.states)


def test_the_sweep_fires_what_is_due_and_the_history_still_holds(parts: Parts) -> None:
    result = overdue.sweep(parts.db, rules=parts.rules, now=at(9, parts.rules))
    assert result.fired
    assert result.failed == []
    with parts.db.reading() as session:
        assert list(verify(session, rules=parts.rules)) == []


def test_a_second_sweep_finds_nothing(parts: Parts) -> None:
    overdue.sweep(parts.db, rules=parts.rules, now=at(9, parts.rules))
    again = overdue.sweep(parts.db, rules=parts.rules, now=at(9, parts.rules))
    assert (again.fired, again.skipped, again.flagged) == ([], [], [])


def test_rates_count_the_cases(parts: Parts) -> None:
    with parts.db.reading() as session:
        now = at(10, parts.rules)
        found = rates(session, actor=leader(parts.db), rules=parts.rules, now=now)["rates"]
    assert found["closed"]["denominator"] > found["closed"]["numerator"] > 0


def test_a_loaded_case_goes_on_by_the_services(parts: Parts) -> None:
    actor, now = leader(parts.db), at(10, parts.rules)
    with parts.db.transaction() as session:
        number = session.scalars(
            select(Case.number).where(Case.state == "received").order_by(Case.id.desc()).limit(1)
        ).one()
        take_step(
            session, actor=actor, rules=parts.rules, number=number, action="note",
            values={"text": "去看过了。"}, now=now,
        )  # fmt: skip
    with parts.db.reading() as session:
        assert list(verify(session, rules=parts.rules)) == []


def test_a_database_that_holds_something_is_refused(parts: Parts, told: list[Telling]) -> None:
    with pytest.raises(Conflict):
        fill(parts, told, cases=CASES, today=TODAY)
