"""The programs of PostgreSQL get the password in a file that is gone afterwards, and no secret besides."""

import json
import stat
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from core.persistence import database_backup, postgres_programs
from core.persistence.database_backup import ProgramFailed
from core.persistence.db import Database

#: Writes down what it was started with, and ends with the status that stands in a file beside it.
PROGRAM = """#!{python} -I
import json, os, pathlib, re, sys
here = pathlib.Path(__file__).parent
place = re.search("passfile='([^']*)'", sys.argv[1])
told = {{"argv": sys.argv[1:], "environ": dict(os.environ), "passfile": place and place[1]}}
if place:
    told["password"] = pathlib.Path(place[1]).read_text(encoding="utf-8")
    told["mode"] = os.stat(place[1]).st_mode
(here / "told.json").write_text(json.dumps(told))
status = here / "status"
sys.exit(int(status.read_text()) if status.exists() else 0)
"""


class Restored(NamedTuple):
    """What the stand-in for `pg_restore` was started with."""

    argv: list[str]
    environ: dict[str, str]
    passfile: str | None
    password: str = ""
    mode: int = 0


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a stand-in for `pg_restore` on the path; give its folder."""
    folder = tmp_path / "bin"
    folder.mkdir()
    place = folder / "pg_restore"
    place.write_text(PROGRAM.format(python=sys.executable), encoding="utf-8")
    place.chmod(0o755)
    monkeypatch.setattr(postgres_programs, "SEARCH_PATTERNS", ())
    monkeypatch.setenv("PATH", str(folder))
    return folder


def restored(program: Path, url: str) -> Restored:
    copy = program / "copy"
    copy.write_bytes(b"dump")
    with copy.open("rb") as stored:
        database_backup.restore(Database(url), stored, sha256(b"dump").hexdigest())
    told: dict[str, Any] = json.loads((program / "told.json").read_text(encoding="utf-8"))
    return Restored(**told)


def test_a_password_stands_in_a_file_of_its_owner_alone_and_nowhere_else(program: Path) -> None:
    told = restored(program, "postgresql://huiyin:hidden%3Aword%5C@db:5433/huiyin")
    assert told.password == "*:*:*:*:hidden\\:word\\\\\n"
    assert stat.S_IMODE(told.mode) == 0o600
    assert "hidden" not in str(told.argv) + str(told.environ)
    assert told.passfile is not None
    assert not Path(told.passfile).exists()
    assert "host='db'" in told.argv[0]
    assert "port='5433'" in told.argv[0]


def test_the_file_is_gone_when_the_program_fails(program: Path) -> None:
    (program / "status").write_text("3", encoding="ascii")
    with pytest.raises(ProgramFailed):
        restored(program, "postgresql://huiyin:hidden@db/huiyin")
    told = json.loads((program / "told.json").read_text(encoding="utf-8"))
    assert not Path(told["passfile"]).exists()


def test_a_password_of_the_environment_goes_the_same_way(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", "hidden")
    monkeypatch.setenv("PGSSLROOTCERT", "/etc/ca.pem")
    monkeypatch.setenv("HUIYIN_SECRET_KEY", "hidden")
    told = restored(program, "postgresql://huiyin@db/huiyin")
    assert told.password == "*:*:*:*:hidden\n"
    assert "hidden" not in told.environ.values()
    assert told.environ["PGSSLROOTCERT"] == "/etc/ca.pem"


def test_without_a_password_nobody_is_asked_for_one(program: Path) -> None:
    told = restored(program, "postgresql:///huiyin?host=/run/postgresql")
    assert told.passfile is None
    assert "--no-password" in told.argv
