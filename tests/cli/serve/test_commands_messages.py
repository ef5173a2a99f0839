"""What a starting program says to whoever started it; the database has no part in it."""

import re
from pathlib import Path

import pytest

from core.persistence.db import Database
from tests.cli.conftest import SECRET, Command
from tests.cli.serve.starting import started

pytestmark = pytest.mark.one_database


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


def test_a_taken_port_is_told_in_one_sentence(command: Command, db: Database, tmp_path: Path) -> None:
    url = db.url.render_as_string(hide_password=False)
    with started("serve", folder=tmp_path / "other", url=url, key=SECRET) as (address, _):
        done = command("serve", "--port", address.rpartition(":")[2])
    assert (done.code, done.out) == (1, "")
    assert done.err.count("\n") == 1
