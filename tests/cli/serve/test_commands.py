"""Starting the program for real: a process that serves, runs the schedule, and ends when it is told to."""

import os
import re
import signal
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.persistence.db import Database
from tests.cli.conftest import SECRET, Command
from tests.databases import Databases
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[3]
START = "import sys, app; sys.exit(app.main(sys.argv[1:], assemble=app.assemble, create_app=app.create_app))"


@pytest.fixture
def nothing(databases: Databases, backend: str) -> Iterator[Database]:
    """Yield a database without a single table."""
    databases.template(backend, "nothing", lambda database: database.engine.connect().close())
    yield from databases.lend(backend, "nothing")


Started = tuple[str, "subprocess.Popen[str]"]


@contextmanager
def started(*argv: str, folder: Path, url: str = "", key: str = "") -> Iterator[Started]:
    """Start a command that serves; give its address and the process."""
    given = {"DATA_DIR": str(folder), "DATABASE_URL": url, "SECRET_KEY": key, "LANGUAGE": "en"}
    environ = {name: value for name, value in os.environ.items() if not name.startswith("HUIYIN_")}
    environ |= {"PYTHONUTF8": "1", **{f"HUIYIN_{name}": value for name, value in given.items()}}
    command = [sys.executable, "-c", START, *argv, "--port", "0"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            yield next((word for word in line.split() if word.startswith("http")), "").rstrip(";"), process
        finally:
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=PATIENCE)
            assert "Traceback" not in said


def ready(address: str) -> int:
    with urllib.request.urlopen(f"{address}/readyz", timeout=PATIENCE) as answer:
        return int(answer.status)


def test_one_command_makes_what_is_missing_and_serves(nothing: Database, tmp_path: Path) -> None:
    folder, url = tmp_path / "var", nothing.url.render_as_string(hide_password=False)
    with started("run", folder=folder, url=url) as (address, first):
        assert ready(address) == 200
    assert first.returncode == 0
    key = folder / "secret.key"
    assert os.name != "posix" or stat.S_IMODE(key.stat().st_mode) == 0o600
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


@pytest.mark.parametrize(("verb", "says"), [("run", r"code (\w{4}-){3}\w{4}"), ("serve", "users setup-code")])
def test_a_start_says_how_the_first_administrator_is_made(
    db: Database, command: Command, tmp_path: Path, verb: str, says: str
) -> None:
    url = db.url.render_as_string(hide_password=False)
    assert command("db", "upgrade").code == 0
    shown = command("users", "setup-code").out.strip()
    with started(verb, folder=tmp_path / "var", url=url, key=SECRET) as (_, process):
        assert process.stdout is not None
        line = process.stdout.readline()
    assert re.search(says, line)
    assert (shown in line) == (verb == "run")


def test_the_server_alone_never_makes_a_key(command: Command, tmp_path: Path) -> None:
    done = command("serve", "--port", "0", SECRET_KEY="")
    assert done.code == 1
    assert "HUIYIN_SECRET_KEY" in done.err
    assert not (tmp_path / "var" / "secret.key").exists()


def test_a_taken_port_is_told_in_one_sentence(command: Command, db: Database, tmp_path: Path) -> None:
    url = db.url.render_as_string(hide_password=False)
    with started("serve", folder=tmp_path / "other", url=url, key=SECRET) as (address, _):
        done = command("serve", "--port", address.rpartition(":")[2])
    assert (done.code, done.out) == (1, "")
    assert done.err.count("\n") == 1


def test_the_sample_township_is_loaded_once_and_its_sign_ins_are_printed(tmp_path: Path) -> None:
    with started("run", "--demo", folder=tmp_path / "var") as (_, process):
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(11)]
    passwords = dict(line.split() for line in lines[:-1])
    assert len(set(passwords.values())) == len(passwords) == 10
    assert {"zuyuan", "lingdao", "guanli"} <= set(passwords)
    with started("run", "--demo", folder=tmp_path / "var") as (address, _):
        assert ready(address) == 200


def test_whoever_serves_does_not_load_what_only_migrating_needs() -> None:
    program = "import app, sys; print('alembic' in sys.modules, 'waitress' in sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == ["False", "True"]
