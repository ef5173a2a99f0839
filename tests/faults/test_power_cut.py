"""A power cut on SQLite loses nothing that was acknowledged, and opens again sound (threats.md T04).

The database lies on an image of a disk. Killing the server and copying the image before it is unmounted
leaves out whatever the system had not yet forced to the disk, as a power cut does.
"""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.persistence import migrations
from core.persistence.db import Database
from tests import builders
from tests.faults.disks import mounted, needs_root
from tests.faults.ledger import Ledger
from tests.faults.load import Load
from tests.faults.served import Served
from tests.faults.served_township import ServedTownship, occupy, rules_of

CUTS = 4
BETWEEN = 150
#: The same program, told not to wait for the disk: it shows that this way of looking sees what is lost.
CARELESS = (
    "-c",
    "import sys, app; from core.persistence.db import Database; "
    "Database.__init__.__kwdefaults__['durable'] = False; "
    "sys.exit(app.main(sys.argv[1:], assemble=app.assemble, create_app=app.create_app))",
)


@dataclass(frozen=True)
class Found:
    """What was acknowledged before a power cut, and what was missing or unsound after it."""

    acknowledged: int
    missing: list[str]
    unsound: list[str]


def cut(tmp_path: Path, program: tuple[str, ...]) -> Found:
    """Serve under load on a disk whose power fails; look at what is there when it is back."""
    tmp_path.mkdir(exist_ok=True)
    image, copy, disk = tmp_path / "image", tmp_path / "copy", tmp_path / "disk"
    with image.open("wb") as out:
        out.truncate(128 * 1024 * 1024)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True)
    ledger = Ledger()
    with mounted(disk, "-o", "loop", str(image)):
        township = _settled(disk, tmp_path)
        with Served(township.environ, program=program) as served:
            load = Load(served.port, township.tokens, ledger)
            load.start()
            ledger.writes(BETWEEN, seconds=120)
            served.kill()
            shutil.copyfile(image, copy)
            load.stop()
        township.db.dispose()
    with mounted(disk, "-o", "loop", str(copy)):
        return _found(disk, tmp_path, ledger)


def _settled(disk: Path, tmp_path: Path) -> ServedTownship:
    url = f"sqlite:///{(disk / 'huiyin.db').as_posix()}"
    database = Database(url)
    migrations.upgrade(database)
    builders.settle(database, rules_of(url, tmp_path))
    database.dispose()
    township = occupy(url, disk / "var")
    subprocess.run(["sync"], check=True)
    return township


def _found(disk: Path, tmp_path: Path, ledger: Ledger) -> Found:
    place = disk / "huiyin.db"
    with closing(sqlite3.connect(place)) as connection:
        sound = [row for (row,) in connection.execute("PRAGMA integrity_check") if row != "ok"]
    township = occupy(f"sqlite:///{place.as_posix()}", tmp_path / "var")
    with township.db.reading() as session:
        missing = ledger.missing(session)
    found = Found(len(ledger.acknowledged), missing, sound + township.findings())
    township.db.dispose()
    return found


@pytest.mark.proof
def test_a_power_cut_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    needs_root("cutting the power of a disk")
    for number in range(CUTS):
        found = cut(tmp_path / str(number), ("app.py",))
        assert (found.missing, found.unsound) == ([], [])
        print(f"\npower cut {number + 1}: {found.acknowledged} acknowledged, none missing")


@pytest.mark.proof
def test_without_waiting_for_the_disk_a_power_cut_would_be_seen_to_lose_something(tmp_path: Path) -> None:
    needs_root("cutting the power of a disk")
    found = cut(tmp_path, CARELESS)
    assert found.missing
    print(f"\n{len(found.missing)} of {found.acknowledged} missing")
