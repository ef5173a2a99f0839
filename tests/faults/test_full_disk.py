"""A full disk: what cannot be kept is not acknowledged, reading goes on, and room heals it (T12, T13)."""

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.persistence import migrations
from core.persistence.db import Database
from tests import builders
from tests.conftest import BACKENDS, PROGRAMS
from tests.databases import Databases
from tests.faults.cluster import Cluster
from tests.faults.disks import fill, needs_root, small_disk
from tests.faults.indoors import Indoors
from tests.faults.served_township import ServedTownship, occupy, rules_of

#: A server of PostgreSQL has 40 MB before its first row; making it takes some seconds.
ENGINES = [pytest.param(name, marks=pytest.mark.proof if name == "postgresql" else ()) for name in BACKENDS]
#: Room that a database has set aside already is used up before anything is refused.
MOST_BEFORE_FULL = 600


@pytest.fixture
def disk() -> Iterator[Path]:
    """Yield a small disk where another user, as whom PostgreSQL runs, may enter as well."""
    needs_root("filling a disk")
    place = Path(tempfile.mkdtemp(prefix="huiyin-disk-"))
    place.chmod(0o755)
    with small_disk(place, 180) as disk:
        yield disk
    place.rmdir()


@pytest.fixture
def on_disk(engine: str, disk: Path, databases: Databases, tmp_path: Path) -> Iterator[ServedTownship]:
    """Yield a township whose database and attachments lie on the small disk."""
    cluster = None
    if engine == "sqlite":
        url = f"sqlite:///{(disk / 'huiyin.db').as_posix()}"
    else:
        assert PROGRAMS is not None
        cluster = Cluster(PROGRAMS, inside=disk)
        url = cluster.url("huiyin")
    database = Database(url)
    migrations.upgrade(database)
    builders.settle(database, rules_of(url, tmp_path))
    database.dispose()
    township = occupy(url, disk / "var")
    yield township
    township.db.dispose()
    if cluster is not None:
        cluster.close()


@pytest.mark.parametrize("engine", ENGINES)
def test_on_a_full_disk_nothing_is_acknowledged_that_is_not_kept_and_room_heals(
    on_disk: ServedTownship, disk: Path
) -> None:
    inside = Indoors(on_disk)
    kept = [_number(inside.register("before"))]
    assert inside.ready() == 200
    filler = fill(disk)
    refused = None
    for serial in range(MOST_BEFORE_FULL):
        answer = inside.register(f"full-{serial}")
        if answer.status_code != 201:
            refused = answer
            break
        kept.append(_number(answer))
    assert refused is not None, "the disk was not full"
    assert (refused.status_code, "Retry-After" in refused.headers) == (503, True)
    assert inside.upload(b"%PDF-1.4 " + b"x" * 200_000).status_code == 503
    assert inside.get(f"/cases/{kept[0]}").status_code == 200
    inside.moment += timedelta(minutes=1)
    assert inside.ready() == 503
    filler.unlink()
    inside.moment += timedelta(minutes=1)
    kept.append(_number(inside.register("after")))
    assert inside.ready() == 200
    assert inside.upload(b"%PDF-1.4 " + b"x" * 200_000).status_code == 201
    assert (on_disk.cases(), on_disk.findings()) == (len(kept), [])
    assert all(inside.get(f"/cases/{number}").status_code == 200 for number in kept)
    print(f"\n{len(kept) - 2} writes in room set aside, then {refused.status_code}")


def _number(answer: object) -> str:
    told = getattr(answer, "json", None)
    assert isinstance(told, dict), answer
    return str(told["number"])
