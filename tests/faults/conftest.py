"""Give townships on which the program itself is started: on either database, in a state fit for real use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.persistence import migrations
from core.persistence.db import Database
from tests import builders
from tests.databases import Databases
from tests.faults.served_township import ServedTownship, occupy, rules_of


@pytest.fixture
def township(databases: Databases, backend: str, tmp_path: Path) -> Iterator[ServedTownship]:
    """Yield a township on which the program can be started."""

    def settle(database: Database) -> None:
        url = database.url.render_as_string(hide_password=False)
        builders.settle(database, rules_of(url, tmp_path))

    databases.template(backend, "empty", migrations.upgrade)
    databases.template(backend, "served", settle, base="empty")
    for lent in databases.lend(backend, "served"):
        township = occupy(lent.url.render_as_string(hide_password=False), tmp_path / "var")
        yield township
        township.db.dispose()
