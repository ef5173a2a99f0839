"""Of a backup nothing is read but its own files: no name leads elsewhere, no link is followed."""

import os
from pathlib import Path

import pytest

from cli.backup.plain_files import NotPlain, find_strange, list_files, open_plain

SHA = "a" * 64


@pytest.mark.parametrize(
    "name",
    [
        "../huiyin.db",
        "files/../../etc/passwd",
        "/etc/passwd",
        "files//passwd",
        "files/",
        "files",
        "./huiyin.db",
        "huiyin.db/.",
        "files/./x",
        "files/.hidden",
        "files\\..\\x",
        "files/C:x",
        "files/nul\0byte",
        "files/行",
        "files/a b",
        "files/" + "x" * 300,
        "secret.key",
        "marks/backup",
        "manifest.json",
        "",
    ],
)
def test_a_name_that_no_backup_has_is_found(name: str) -> None:
    assert find_strange(["huiyin.db", name]) == [name]


def test_the_names_of_a_backup_are_none_of_them() -> None:
    assert find_strange(["huiyin.dump", f"files/aa/{SHA}", "heads/late-1-2026-03-04.json"]) == []


@pytest.mark.parametrize("second", ["files/AA", "files/aa", "files/aa/b"])
def test_two_names_of_one_place_are_found(second: str) -> None:
    assert "files/aa" in find_strange(["files/aa", second])


def test_a_file_is_opened_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a").write_bytes(b"words")
    with open_plain(tmp_path, "files/a") as stored:
        assert stored.read() == b"words"
    assert [*list_files(tmp_path)] == ["files/a"]
    assert [*list_files(tmp_path / "missing")] == []


def lead_by_a_link(place: Path, elsewhere: Path) -> None:
    place.symlink_to(elsewhere)


def lead_by_a_second_name(place: Path, elsewhere: Path) -> None:
    place.hardlink_to(elsewhere)


def make_a_pipe(place: Path, elsewhere: Path) -> None:
    os.mkfifo(place)  # whoever opens one as a file waits for ever


def make_a_folder(place: Path, elsewhere: Path) -> None:
    place.mkdir()


@pytest.mark.parametrize("make", [lead_by_a_link, lead_by_a_second_name, make_a_pipe, make_a_folder])
def test_what_is_no_file_of_its_own_is_not_opened(tmp_path: Path, make: object) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"words")
    assert callable(make)
    make(tmp_path / "a", elsewhere)
    with pytest.raises(NotPlain):
        open_plain(tmp_path, "a")


def test_no_link_is_followed_on_the_way(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a").touch()
    (tmp_path / "files").symlink_to(tmp_path / "real")
    with pytest.raises(NotPlain):
        open_plain(tmp_path, "files/a")
    with pytest.raises(NotPlain):
        [*list_files(tmp_path)]


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="there is no such device here")
def test_a_device_is_not_opened() -> None:
    with pytest.raises(NotPlain):
        open_plain(Path("/dev"), "zero")
