"""`check` names what others on the machine could open, and the command that closes it."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from cli.check import open_places
from core.files.private import find_open
from core.persistence.db import Database
from tests.cli.conftest import Command

pytestmark = [
    pytest.mark.one_database,
    pytest.mark.skipif(os.name != "posix", reason="Windows has no such bits"),
]
COMMAND = re.compile(r"请运行 (chmod .+)$", re.MULTILINE)


def left_open(folder: Path, *names: str) -> Path:
    """Make a folder of data as an earlier version left it under the umask of most shells."""
    folder.mkdir(mode=0o755, exist_ok=True)
    folder.chmod(0o755)
    for name in names:
        (folder / name).touch()
        (folder / name).chmod(0o644)
    return folder


def test_an_installation_that_is_closed_is_not_complained_of(in_town: Command, tmp_path: Path) -> None:
    assert in_town("backup", str(tmp_path / "var" / "copy")).code == 0
    done = in_town("check")
    assert (done.code, "chmod" in done.out + done.err) == (0, False)


def test_each_open_place_is_named_and_the_commands_mend_it(in_town: Command, tmp_path: Path) -> None:
    folder = left_open(tmp_path / "var", "secret.key", "a name; true")
    done = in_town("check")
    assert done.code == 1
    commands = COMMAND.findall(done.err)
    assert len(commands) == 3
    assert f"{folder / 'secret.key'} 别人也能用（权限 644）" in done.err
    for command in commands:
        subprocess.run(["sh", "-c", command], check=True)
    assert [*find_open(folder)] == []


def test_what_a_closed_folder_keeps_everybody_from_is_a_warning(in_town: Command, tmp_path: Path) -> None:
    left_open(tmp_path / "var", "old.jpg").chmod(0o700)
    done = in_town("check")
    assert done.code == 0
    assert f"chmod go= {tmp_path / 'var' / 'old.jpg'}" in done.out


def test_a_database_elsewhere_is_looked_at_with_what_lies_beside_it(in_town: Command, town: Database) -> None:
    place = Path(str(town.url.database))
    beside = place.with_name(f"{place.name}.before-0007")
    beside.touch(0o600)
    for one in (place, beside):
        one.chmod(0o640)
    done = in_town("check")
    assert {*COMMAND.findall(done.err)} >= {f"chmod go= {place}", f"chmod go= {beside}"}


def test_many_places_are_counted_and_closed_by_one_command(in_town: Command, tmp_path: Path) -> None:
    names = [f"{number}.jpg" for number in range(open_places.MOST_NAMED + 4)]
    folder = left_open(tmp_path / "var", *names)
    done = in_town("check")
    assert f"{folder} 里还有 5 处别人也能用" in done.err
    subprocess.run(["sh", "-c", COMMAND.findall(done.err)[-1]], check=True)
    assert [*find_open(folder)] == []
