"""A database file that is damaged or cannot be written to is told at the start, in one line (T15, T16)."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import Unavailable
from core.persistence import migrations, sqlite_health
from core.persistence.db import Database
from tests.builders import PERSONAL_KEY
from tests.cli.conftest import SECRET
from tests.faults.disks import needs_root, small_disk
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
STARTS = (("run", "--port", "0"), ("serve", "--port", "0"))
PAGE = 4096


def command(folder: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("HUIYIN_")}
    environ |= {
        "HUIYIN_DATA_DIR": str(folder),
        "HUIYIN_SECRET_KEY": SECRET,
        "HUIYIN_PERSONAL_KEY": PERSONAL_KEY,
        "PYTHONUTF8": "1",
    }
    return subprocess.run(
        [sys.executable, str(ROOT / "app.py"), *argv],
        env=environ,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def migrate(place: Path) -> None:
    """Make a database of the newest version in a file."""
    database = Database(f"sqlite:///{place}")
    migrations.upgrade(database)
    database.dispose()


def damaged(place: Path) -> None:
    """Overwrite some pages in the middle of a file."""
    with place.open("r+b") as file:
        file.seek(6 * PAGE)
        file.write(b"\xff" * 3 * PAGE)


@pytest.mark.parametrize("argv", STARTS, ids=" ".join)
def test_a_damaged_file_is_told_at_the_start_and_left_alone(tmp_path: Path, argv: tuple[str, ...]) -> None:
    place = tmp_path / "huiyin.db"
    migrate(place)
    damaged(place)
    before = place.read_bytes()
    done = command(tmp_path, *argv)
    assert done.returncode == 1
    assert "已损坏" in done.stderr
    assert "请从备份恢复" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert place.read_bytes() == before


@pytest.mark.parametrize("argv", STARTS, ids=" ".join)
def test_a_disk_that_only_reads_is_told_at_the_start(tmp_path: Path, argv: tuple[str, ...]) -> None:
    needs_root("a disk that only reads")
    with small_disk(tmp_path / "disk", 32) as disk:
        migrate(disk / "huiyin.db")
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        done = command(disk, *argv)
    assert done.returncode == 1
    assert done.stderr.strip() == f"{disk} 不能写。请检查它的主人和权限，以及磁盘是不是只读。"


def test_a_sound_file_and_one_that_is_not_there_yet_pass(tmp_path: Path) -> None:
    place = tmp_path / "new" / "huiyin.db"
    sqlite_health.require_sound(Database(f"sqlite:///{place}"))
    assert not place.exists()
    place.parent.mkdir()
    with closing(sqlite3.connect(place)) as raw:
        raw.execute("CREATE TABLE one (id INTEGER PRIMARY KEY)")
    sqlite_health.require_sound(Database(f"sqlite:///{place}"))


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "huiyin.db"
    place.write_bytes(b"not a database at all" * 1000)
    with pytest.raises(Unavailable) as refused:
        sqlite_health.require_sound(Database(f"sqlite:///{place}"))
    assert refused.value.facts["reason"] == "database_damaged"
