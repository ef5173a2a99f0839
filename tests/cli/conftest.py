"""Run commands in this process, on the database of the test."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import pytest

import app
from cases.configuration.case_rules import CountyRules
from cli.framework.services import ProgramServices
from cli.main import main
from core.persistence.db import Database
from tests.builders import PERSONAL_KEY

SECRET = "a secret key for the tests alone, long enough"


@dataclass(frozen=True)
class Done:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str


class Command(Protocol):
    """Run a command line with the given standard input and further settings."""

    def __call__(self, *argv: str, stdin: str = "", **settings: str) -> Done: ...


Assemble = Callable[[Mapping[str, str]], ProgramServices]


@pytest.fixture
def run_main(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Done]:
    """Run a command with an assembly; settings are given without their prefix."""

    def run(assemble: Assemble, argv: tuple[str, ...], stdin: str, settings: Mapping[str, str]) -> Done:
        given = {"DATA_DIR": str(tmp_path / "var"), **settings}
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        capsys.readouterr()
        code = main(
            argv,
            assemble=assemble,
            create_app=app.create_app,
            environ={f"HUIYIN_{name}": value for name, value in given.items()},
        )
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return run


@pytest.fixture
def command(run_main: Callable[..., Done], db: Database) -> Command:
    """Run a command on an empty migrated database, joined as the program joins itself."""

    def run(*argv: str, stdin: str = "", **settings: str) -> Done:
        url = db.url.render_as_string(hide_password=False)
        return run_main(
            app.assemble,
            argv,
            stdin,
            {"DATABASE_URL": url, "SECRET_KEY": SECRET, "PERSONAL_KEY": PERSONAL_KEY, **settings},
        )

    return run


@pytest.fixture
def in_town(run_main: Callable[..., Done], town: Database, rules: CountyRules) -> Command:
    """Run a command on the small township, with the keys that its history was chained with.

    The database is that of the test, whose statements are compiled already.
    """
    return _command(run_main, town, rules, lambda: town)


@pytest.fixture
def beside_town(run_main: Callable[..., Done], town: Database, rules: CountyRules) -> Command:
    """Run the same while the test itself has the database in use: over connections of the command's own.

    A command closes all connections at its end, and would leave one behind that is still in use.
    """
    url = town.url.render_as_string(hide_password=False)
    return _command(run_main, town, rules, lambda: Database(url, durable=False))


def _command(
    run_main: Callable[..., Done], town: Database, rules: CountyRules, reach: Callable[[], Database]
) -> Command:
    url = town.url.render_as_string(hide_password=False)

    def assemble(environ: Mapping[str, str]) -> ProgramServices:
        joined = app.assemble(environ)
        joined.db.dispose()
        chained = replace(joined.rules, services=rules.services)
        return replace(joined, rules=chained, db=reach())

    def run(*argv: str, stdin: str = "", **settings: str) -> Done:
        return run_main(
            assemble,
            argv,
            stdin,
            {"DATABASE_URL": url, "SECRET_KEY": SECRET, "PERSONAL_KEY": PERSONAL_KEY, **settings},
        )

    return run
