"""What may run only once at a time does so, on both databases and between processes."""

import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import Conflict
from core.persistence.db import Database
from core.persistence.exclusive_run import exclusive_run
from tests.patience import PATIENCE
from tests.rules.sources import ROOT

HOLDER = (
    "import sys; from core.persistence.db import Database;"
    "from core.persistence.exclusive_run import exclusive_run\n"
    "with exclusive_run(Database(sys.argv[1]), 'import'):\n    print('begun', flush=True); sys.stdin.read()\n"
)


def url_of(db: Database) -> str:
    return db.url.render_as_string(hide_password=False)


def test_the_second_is_refused_and_a_later_one_is_not(db: Database) -> None:
    other = Database(url_of(db))
    with exclusive_run(db, "import"):
        with pytest.raises(Conflict, match="already_running"), exclusive_run(other, "import"):
            pass
        with exclusive_run(other, "something else"):
            pass
    with exclusive_run(other, "import"):
        pass
    other.dispose()


def test_a_run_that_fails_leaves_no_lock(db: Database) -> None:
    with pytest.raises(RuntimeError), exclusive_run(db, "import"):
        raise RuntimeError
    with exclusive_run(db, "import"):
        pass


def test_a_process_that_is_killed_leaves_no_lock(db: Database) -> None:
    command = [sys.executable, "-c", HOLDER, url_of(db)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "begun\n"
        with pytest.raises(Conflict), exclusive_run(db, "import"):
            pass
        running.kill()
        running.wait(timeout=PATIENCE)
    with exclusive_run(db, "import"):
        pass


def test_the_lock_lies_beside_the_database(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'huiyin.db'}")
    with exclusive_run(db, "import"):
        assert [one.name for one in tmp_path.iterdir()] == ["huiyin.db.import-lock"]
