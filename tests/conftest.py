"""Give every test that touches a database one on SQLite and one on PostgreSQL."""

import os
from collections.abc import Iterator

import pytest

from core.db import Database
from tests import postgres
from tests.builders import found_township
from tests.databases import Databases
from tests.schema import migrate

PROGRAMS = postgres.programs()
BACKENDS = ("sqlite", "postgresql") if PROGRAMS else ("sqlite",)
MISSING = "PostgreSQL (initdb) was not found: the tests ran on SQLite alone"


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to go on with half of the databases where the result counts."""
    if PROGRAMS is None and os.environ.get("CI") == "true":
        raise pytest.UsageError("PostgreSQL (initdb) was not found, and CI=true asks for both databases")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line that a database was missing."""
    if PROGRAMS is None:
        terminalreporter.write_line(MISSING, yellow=True)


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Keep the templates and the server for the whole run."""
    kept = Databases(tmp_path_factory.mktemp("databases"), PROGRAMS)
    yield kept
    kept.close()


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Name the engine a test runs on: sqlite, then postgresql."""
    return str(request.param)


@pytest.fixture
def db(databases: Databases, backend: str) -> Iterator[Database]:
    """Give an empty migrated database."""
    databases.template(backend, "empty", migrate)
    engine = databases.engine(backend)
    database = engine.copy("empty")
    yield database
    engine.drop(database)


@pytest.fixture
def town(databases: Databases, backend: str) -> Iterator[Database]:
    """Give a database that holds the small township."""
    databases.template(backend, "empty", migrate)
    databases.template(backend, "town", _settle, base="empty")
    engine = databases.engine(backend)
    database = engine.copy("town")
    yield database
    engine.drop(database)


def _settle(database: Database) -> None:
    with database.transaction() as session:
        found_township(session)
