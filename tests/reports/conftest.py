from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from accounts.pinning import pinned_zone
from cases.calendar import Calendars, plant
from cases.definitions import Definitions, adopt
from cases.rules import Category, Rules
from config import tables
from core.chain import Chain
from core.db import Database
from core.files import FileStore
from tests.builders import FOUNDED
from tests.databases import Databases
from tests.reports import ledger
from workflow import deadlines, working_days
from workflow.definition import parse

CONFIG = Path(__file__).resolve().parents[2] / "config"


@pytest.fixture(scope="session")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    decided = tables.read(CONFIG)
    profiles, periods = deadlines.rules_of(decided)
    return Rules(
        definition=parse(decided.workflow_text, decided.workflow_name),
        definitions=Definitions(),
        profiles=profiles,
        periods=periods,
        categories={
            code: Category(code, row.zh, row.en, row.profile) for code, row in decided.categories.items()
        },
        calendars=Calendars(),
        zone=ZoneInfo("Asia/Shanghai"),
        chain=Chain("test", {"test": b"k" * 32}),
        receipt_key=b"r" * 32,
        files=FileStore(tmp_path_factory.mktemp("files")),
    )


@pytest.fixture
def told(databases: Databases, backend: str, town: Database, rules: Rules) -> Iterator[Database]:
    """Give a database in which the ledger's histories were told."""

    def fill(database: Database) -> None:
        decided = tables.read(CONFIG)
        seed = working_days.seed()
        with database.transaction() as session:
            pinned_zone(session, rules.zone, chain=rules.chain, now=FOUNDED)
            plant(session, seed.years, seed.days, "test")
            adopt(session, rules.definition, decided.workflow_text, now=FOUNDED)
        ledger.write(database, rules)

    databases.template(backend, "ledger", fill, base="town")
    engine = databases.engine(backend)
    database = engine.copy("ledger")
    yield database
    engine.drop(database)
