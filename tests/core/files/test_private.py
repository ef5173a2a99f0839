"""What the program writes is for its owner alone, and what is open all the same is found."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.files import private

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows has no such bits")


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    """Let the test begin as most shells do: others may read whatever is made."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(place: Path) -> int:
    return stat.S_IMODE(place.stat().st_mode)


def made(place: Path, mode: int) -> Path:
    """Make a file, or a folder for a name without a dot, with a mode."""
    if "." in place.name:
        place.touch()
    else:
        place.mkdir()
    place.chmod(mode)
    return place


def test_files_and_folders_are_their_owners_alone_until_the_end(tmp_path: Path) -> None:
    with private.closed_to_others():
        (tmp_path / "inside").mkdir()
        (tmp_path / "inside" / "a").write_text("words", encoding="utf-8")
    (tmp_path / "after").touch()
    assert [mode(tmp_path / name) for name in ("inside", "inside/a", "after")] == [0o700, 0o600, 0o644]


def test_what_is_closed_for_good_stays_closed(tmp_path: Path) -> None:
    private.close_to_others()
    (tmp_path / "a").touch()
    assert mode(tmp_path / "a") == 0o600


def test_what_group_or_others_may_use_is_found_with_its_mode(tmp_path: Path) -> None:
    root = made(tmp_path / "data", 0o755)
    made(root / "closed.db", 0o600)
    made(root / "group.db", 0o640)
    inner = made(root / "files", 0o700)
    made(inner / "picture.jpg", 0o604)
    (root / "link").symlink_to("/etc/passwd")
    found = {one.place.name: (one.mode, one.reached) for one in private.find_open(root)}
    # Nobody gets through the folder of files, so that the picture is open by its bits alone.
    assert found == {"data": (0o755, True), "group.db": (0o640, True), "picture.jpg": (0o604, False)}


def test_below_a_closed_folder_nothing_is_reached(tmp_path: Path) -> None:
    root = made(tmp_path / "data", 0o700)
    made(made(root / "files", 0o755) / "picture.jpg", 0o644)
    assert [(one.place.name, one.reached) for one in private.find_open(root)] == [
        ("files", False),
        ("picture.jpg", False),
    ]


def test_a_folder_that_is_not_there_has_nothing_open(tmp_path: Path) -> None:
    assert [*private.find_open(tmp_path / "missing")] == []
