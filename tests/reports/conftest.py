from collections.abc import Iterator

import pytest

from cases.configuration.case_rules import CountyRules
from core.persistence.db import Database
from tests import builders
from tests.conftest import BACKENDS
from tests.databases import Databases
from tests.reports import ledger


@pytest.fixture(scope="session", params=BACKENDS)
def told(
    request: pytest.FixtureRequest, databases: Databases, project_rules: CountyRules
) -> Iterator[Database]:
    """Yield a township in which the ledger's histories were told; one for all tests, which only count."""

    def fill(database: Database) -> None:
        ledger.write(database, project_rules)

    builders.prepare_town(databases, request.param, project_rules)
    databases.template(request.param, "ledger", fill, base="town")
    yield from databases.lend(request.param, "ledger")
