"""Starting the program for real: a process that serves, runs the schedule, and ends when it is told to."""

import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.files.private import find_open
from core.persistence.db import Database
from tests.cli.conftest import SECRET, Command
from tests.cli.serve.starting import ROOT, started
from tests.databases import Databases
from tests.patience import PATIENCE


@pytest.fixture
def nothing(databases: Databases, backend: str) -> Iterator[Database]:
    """Yield a database without a single table."""
    databases.template(backend, "nothing", lambda database: database.engine.connect().close())
    yield from databases.lend(backend, "nothing")


def ready(address: str) -> int:
    with urllib.request.urlopen(f"{address}/readyz", timeout=PATIENCE) as answer:
        return int(answer.status)


def test_one_command_makes_what_is_missing_and_serves(nothing: Database, tmp_path: Path) -> None:
    folder, url = tmp_path / "var", nothing.url.render_as_string(hide_password=False)
    with started("run", folder=folder, url=url) as (address, first):
        assert ready(address) == 200
        assert [*find_open(folder)] == []
    assert first.returncode == 0
    key = folder / "secret.key"
    kept = key.read_text(encoding="ascii")
    with started("run", folder=folder, url=url) as (address, second):
        assert ready(address) == 200
    assert second.returncode == 0
    assert key.read_text(encoding="ascii") == kept


def test_the_server_alone_serves_with_several_processes(db: Database, tmp_path: Path) -> None:
    url = db.url.render_as_string(hide_password=False)
    argv = ("serve", "--workers", "2")
    with started(*argv, folder=tmp_path / "var", url=url, key=SECRET) as (address, process):
        assert ready(address) == 200
    assert process.returncode == 0


def test_the_server_alone_never_makes_a_key(command: Command, tmp_path: Path) -> None:
    done = command("serve", "--port", "0", SECRET_KEY="")
    assert done.code == 1
    assert "HUIYIN_SECRET_KEY" in done.err
    assert not (tmp_path / "var" / "secret.key").exists()


def test_the_sample_township_is_loaded_once_and_its_sign_ins_are_printed(tmp_path: Path) -> None:
    with started("run", "--demo", folder=tmp_path / "var") as (_, process):
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(11)]
    passwords = dict(line.split() for line in lines[:-1])
    assert len(set(passwords.values())) == len(passwords) == 10
    assert {"zuyuan", "lingdao", "guanli"} <= set(passwords)
    with started("run", "--demo", folder=tmp_path / "var") as (address, _):
        assert ready(address) == 200
        with urllib.request.urlopen(f"{address}/sign-in", timeout=PATIENCE) as answer:
            assert "不是真事" in answer.read().decode()


def test_a_live_installation_is_not_filled_with_the_sample(tmp_path: Path) -> None:
    with started("run", folder=tmp_path / "var") as (address, _):
        assert ready(address) == 200
    with started("run", "--demo", folder=tmp_path / "var") as (address, _):
        assert ready(address) == 200
        with urllib.request.urlopen(f"{address}/sign-in", timeout=PATIENCE) as answer:
            assert "不是真事" not in answer.read().decode()


def test_whoever_serves_does_not_load_what_only_migrating_needs() -> None:
    program = "import app, sys; print('alembic' in sys.modules, 'waitress' in sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == ["False", "True"]
