"""A full township, a copy of it, and another machine to bring the copy back on."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

import app
from cases import attachments
from cases.configuration.case_rules import CountyRules
from cases.history import daily_seals
from cases.models.case import Case
from cli.framework.services import ProgramServices
from core.files.store import FileStore
from core.persistence.db import Database
from tests.builders import PERSONAL_KEY, actor_named, at
from tests.cli.conftest import SECRET, Command, Done
from tests.databases import Databases

ACase = Callable[..., Case]
PICTURE = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4


@pytest.fixture
def full(town: Database, rules: CountyRules, a_case: ACase, tmp_path: Path) -> Case:
    """A township with a closed case, a picture, a sealed day and notices on their way."""
    case = a_case("closed")
    a_case("assigned")
    with town.transaction() as session:
        attachments.store(
            session,
            actor=actor_named(session, "zuyuan"),
            rules=rules,
            file=attachments.IncomingFile("image/jpeg", "渠.jpg", PICTURE),
            now=at("2026-03-02"),
        )
    daily_seals.seal(town, rules=rules, folder=tmp_path / "var" / "heads", now=at("2026-03-04"))
    return case


@pytest.fixture
def elsewhere(databases: Databases, backend: str) -> Iterator[Database]:
    """Yield a database without a single table, as a new machine has."""
    databases.template(backend, "nothing", lambda database: database.engine.connect().close())
    yield from databases.lend(backend, "nothing")


@pytest.fixture
def on_another_machine(
    run_main: Callable[..., Done], elsewhere: Database, rules: CountyRules, tmp_path: Path
) -> Command:
    """Run a command there, with the same keys and a data folder of its own."""
    url = elsewhere.url.render_as_string(hide_password=False)

    def assemble(environ: Mapping[str, str]) -> ProgramServices:
        joined = app.assemble(environ)
        joined.db.dispose()
        store = FileStore(joined.settings.data_dir / "files")
        return replace(joined, rules=rules.with_services(files=store), db=Database(url, durable=False))

    def run(*argv: str, stdin: str = "", **settings: str) -> Done:
        given = {
            "DATABASE_URL": url,
            "SECRET_KEY": SECRET,
            "PERSONAL_KEY": PERSONAL_KEY,
            "DATA_DIR": str(tmp_path / "there"),
            **settings,
        }
        return run_main(assemble, argv, stdin, given)

    return run


@pytest.fixture
def copy(in_town: Command, full: Case, tmp_path: Path) -> Path:
    assert in_town("backup", str(tmp_path / "copy")).code == 0
    return tmp_path / "copy"
