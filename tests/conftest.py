"""Give every test that touches a database one on SQLite and one on PostgreSQL."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from accounts.access.actor import Actor
from cases.configuration.calendar import Calendars
from cases.configuration.case_rules import CountyRules
from cases.models.case import Case
from cli import moments
from core import clock
from core.files.store import FileStore
from core.persistence import migrations
from core.persistence.db import Database
from tests import builders, postgres, properties
from tests.databases import Databases, Fill
from tests.footprints import Footprints, left_on_one
from tests.sharing import Sharing

PROGRAMS = postgres.programs()
BACKENDS = ("sqlite", "postgresql") if PROGRAMS else ("sqlite",)
FOOTPRINTS = Footprints()
#: So many objects may be made before it is asked which of them nobody needs; a program asks far more often.
SELDOM = 50_000
MISSING = "PostgreSQL (initdb) was not found: the tests ran on SQLite alone"


properties.load()


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to go on with half of the databases where the result counts."""
    if PROGRAMS is None and os.environ.get("CI") == "true":
        raise pytest.UsageError("PostgreSQL (initdb) was not found, and CI=true asks for both databases")
    if moments.library() is None and os.environ.get("CI") == "true":
        raise pytest.UsageError("libfaketime was not found, and CI=true asks for other moments")
    FOOTPRINTS.begin()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Let the garbage collector pass over what stays to the end: all modules, and the tests themselves."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(SELDOM, 20, 20)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let what is said to a database be noted with the test that lets it be said."""
    FOOTPRINTS.test = item.nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Sharing | None:
    """Let the processes of a run share the tests as is said there."""
    return Sharing(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what another process of the run has noted."""
    for kind, function, test in getattr(node, "workeroutput", {}).get("footprints", ()):
        FOOTPRINTS.found.setdefault((kind, function), test)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Hand on what was noted; a whole run fails when something was said to one kind of database alone."""
    if hasattr(session.config, "workeroutput"):
        noted = [[*footprint, test] for footprint, test in FOOTPRINTS.found.items()]
        session.config.workeroutput["footprints"] = noted
    elif exitstatus == pytest.ExitCode.OK and is_whole(session.config) and left_on_one(FOOTPRINTS.found):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def is_whole(config: pytest.Config) -> bool:
    """Return whether every test was to run, on both databases, so that what is missing is missing."""
    everything = config.args_source is not pytest.Config.ArgsSource.ARGS and not config.option.keyword
    return everything and config.option.markexpr == "not proof" and len(BACKENDS) > 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say in a line each that a database was missing, and what was said to one of them alone."""
    if PROGRAMS is None:
        terminalreporter.write_line(MISSING, yellow=True)
    if is_whole(config):
        for function, where in left_on_one(FOOTPRINTS.found).items():
            terminalreporter.write_line(f"LEFT ON ONE DATABASE {function}: {where}", red=True)


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Keep the templates and the server for the whole run."""
    kept = Databases(tmp_path_factory.mktemp("databases"), PROGRAMS)
    yield kept
    kept.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let a test run on both databases, unless its marker says that one is enough (docs/developing.md)."""
    if "database_kind" in metafunc.fixturenames:
        alone = metafunc.definition.get_closest_marker("one_database")
        metafunc.parametrize("database_kind", BACKENDS[:1] if alone else BACKENDS, indirect=True)


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """Name the engine a test runs on: sqlite, then postgresql."""
    return str(request.param)


@pytest.fixture
def backend(database_kind: str) -> str:
    """Name the engine as well; a test that is about one kind of database alone names its own here."""
    return database_kind


@pytest.fixture
def db(databases: Databases, backend: str) -> Iterator[Database]:
    """Yield an empty migrated database."""
    databases.template(backend, "empty", migrations.upgrade)
    yield from databases.lend(backend, "empty")


@dataclass(frozen=True)
class Filled:
    """What a township is filled with before a test: under a name, so that it is done once and then copied."""

    name: str
    fill: Callable[[Session, CountyRules], None]

    def __str__(self) -> str:
        return self.name


@pytest.fixture
def filled() -> Filled | None:
    """Say what the township is filled with: nothing, unless a test is given something (`parametrize`)."""
    return None


@pytest.fixture
def town(
    databases: Databases, backend: str, project_rules: CountyRules, filled: Filled | None
) -> Iterator[Database]:
    """Yield a database that holds the small township, the calendar and the project's own life cycle."""
    builders.prepare_town(databases, backend, project_rules)
    if filled is None:
        yield from databases.lend(backend, "town")
        return

    def fill(database: Database) -> None:
        with database.transaction() as session:
            filled.fill(session, project_rules)

    databases.template(backend, filled.name, fill, base="town")
    yield from databases.lend(backend, filled.name)


@pytest.fixture
def town_with(
    databases: Databases, backend: str, project_rules: CountyRules
) -> Iterator[Callable[[str, Fill], Database]]:
    """Lend a township to which something was added once, under a name, for every test that asks for it."""
    with ExitStack() as lent:

        def lend(name: str, fill: Fill) -> Database:
            builders.prepare_town(databases, backend, project_rules)
            databases.template(backend, name, fill, base="town")
            return lent.enter_context(contextmanager(databases.lend)(backend, name))

        yield lend


@pytest.fixture(scope="session")
def project_rules(tmp_path_factory: pytest.TempPathFactory) -> CountyRules:
    """Read the project's own configuration once."""
    return builders.read_rules(tmp_path_factory.mktemp("files"))


@pytest.fixture
def rules(project_rules: CountyRules, tmp_path: Path) -> CountyRules:
    """Return what the project's own configuration decides, with test keys and an empty file store."""
    return project_rules.with_services(calendars=Calendars(), files=FileStore(tmp_path / "files"))


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Let the program's clock stand at a moment, for what asks it by itself: commands and the schedule."""

    def stop(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    return stop


@pytest.fixture
def actor(town: Database) -> Callable[[str], Actor]:
    """Return the people of the township by their user names."""

    def named(username: str) -> Actor:
        with town.reading() as session:
            return builders.actor_named(session, username)

    return named


@pytest.fixture
def a_case(town: Database, rules: CountyRules) -> Callable[..., Case]:
    """Make a case in the township and bring it into a state, with builders.a_case."""

    def make(state: str = "received", **fields: Any) -> Case:
        with town.transaction() as session:
            return builders.a_case(session, rules, state, **fields)

    return make
