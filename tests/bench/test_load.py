"""What the bulk loader writes is what the services would have written."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from accounts.access.actor import Actor
from accounts.registers.users import actor_of
from bench.load import fill
from bench.sample_cases import SampleLedger, simulate_runs
from cases.configuration.calendar import Calendars
from cases.configuration.case_rules import CountyRules
from cases.deadlines import sweep
from cases.lifecycle.build_values import build_values
from cases.lifecycle.take_step import take_step
from cases.models.case import Case
from cases.verification import trigger_names
from cases.verification.verify import verify
from cli.framework.services import ProgramServices
from cli.serve.database_setup import prepare_database
from config import settings
from core.errors import Conflict
from core.persistence.db import Database
from jobs.tasks import SEALS_FOLDER
from reports.rates import count_rates
from tests.builders import FOUNDED
from tests.databases import Databases

TODAY = date(2026, 11, 25)
CASES = 500
Fill = Callable[[Database], ProgramServices]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("told")


@pytest.fixture(scope="module")
def joined(folder: Path, project_rules: CountyRules) -> Callable[[Database], ProgramServices]:
    def join(db: Database) -> ProgramServices:
        known = settings.load({"HUIYIN_DATA_DIR": str(folder / db.engine.dialect.name)})
        return ProgramServices(known, db, project_rules.with_services(calendars=Calendars()), {})

    return join


@pytest.fixture(scope="module")
def told(folder: Path, joined: Fill) -> list[SampleLedger]:
    return simulate_runs(
        joined(Database(f"sqlite:///{folder}/none.db")), folder=folder, today=TODAY, number=1
    )


@pytest.fixture
def loaded(
    databases: Databases, backend: str, db: Database, joined: Fill, told: list[SampleLedger]
) -> Iterator[Database]:
    """Yield a copy of a database that was loaded once for each engine."""

    def load(database: Database) -> None:
        services = joined(database)
        prepare_database(services, now=FOUNDED)
        fill(services, told, cases=CASES, today=TODAY)

    databases.template(backend, "loaded", load, base="empty")
    yield from databases.lend(backend, "loaded")


@pytest.fixture
def services(loaded: Database, joined: Fill) -> ProgramServices:
    return joined(loaded)


def at(hour: int, rules: CountyRules) -> datetime:
    return datetime.combine(TODAY, time(hour), rules.zone)


def leader(db: Database, name: str = "zuzhang") -> Actor:
    with db.reading() as session:
        found = actor_of(session, name)
    assert found is not None
    return found


def test_exactly_as_many_cases_as_asked_for(services: ProgramServices) -> None:
    with services.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == CASES


def test_verify_finds_nothing(services: ProgramServices) -> None:
    with services.db.reading() as session:
        folder = services.settings.data_dir / SEALS_FOLDER
        assert list(verify(session, rules=services.rules, seals_folder=folder)) == []


def test_every_guard_is_back(services: ProgramServices) -> None:
    with services.db.reading() as session:
        assert trigger_names.missing_triggers(session) == []


def test_cases_stand_in_every_state(services: ProgramServices) -> None:
    with services.db.reading() as session:
        found = set(session.scalars(select(Case.state).distinct()))
    assert found == set(services.rules.definition.states)


def test_the_sweep_fires_what_is_due_and_the_history_still_holds(services: ProgramServices) -> None:
    result = sweep.sweep(services.db, rules=services.rules, now=at(9, services.rules))
    assert result.fired
    assert result.failed == []
    with services.db.reading() as session:
        assert list(verify(session, rules=services.rules)) == []


def test_a_second_sweep_finds_nothing(services: ProgramServices) -> None:
    sweep.sweep(services.db, rules=services.rules, now=at(9, services.rules))
    again = sweep.sweep(services.db, rules=services.rules, now=at(9, services.rules))
    assert (again.fired, again.skipped, again.flagged) == ([], [], [])


def test_rates_count_the_cases(services: ProgramServices) -> None:
    with services.db.reading() as session:
        now = at(10, services.rules)
        found = count_rates(session, actor=leader(services.db), rules=services.rules, now=now)["rates"]
    assert found["closed"]["denominator"] > found["closed"]["numerator"] > 0


def test_a_loaded_case_goes_on_by_the_services(services: ProgramServices) -> None:
    actor, now = leader(services.db), at(10, services.rules)
    with services.db.transaction() as session:
        number = session.scalars(
            select(Case.number).where(Case.state == "received").order_by(Case.id.desc()).limit(1)
        ).one()
        take_step(
            session, actor=actor, rules=services.rules, number=number, action="note",
            values=build_values("note", {"text": "去看过了。"}), now=now,
        )  # fmt: skip
    with services.db.reading() as session:
        assert list(verify(session, rules=services.rules)) == []


def test_a_database_that_holds_something_is_refused(
    services: ProgramServices, told: list[SampleLedger]
) -> None:
    with pytest.raises(Conflict):
        fill(services, told, cases=CASES, today=TODAY)
