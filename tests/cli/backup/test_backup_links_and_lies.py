"""A copy that leads elsewhere, by a link or by a name, is refused before anything is written."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cases.configuration.case_rules import CountyRules
from cases.models.case import Case
from core.files.private import find_open
from tests.cli.conftest import Command

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])  # it is about files; test_backup has both
Files = dict[str, Any]


def stored_name(copy: Path) -> str:
    place = next(place for place in (copy / "files").rglob("*") if place.is_file())
    return place.relative_to(copy).as_posix()


def put_a_link(copy: Path) -> None:
    place = copy / stored_name(copy)
    place.symlink_to(place.rename(copy.parent / "elsewhere"))


def put_a_second_name(copy: Path) -> None:
    (copy.parent / "elsewhere").hardlink_to(copy / stored_name(copy))


def put_a_link_for_a_folder(copy: Path) -> None:
    (copy / "files").symlink_to((copy / "files").rename(copy.parent / "elsewhere"))


def put_a_link_for_the_manifest(copy: Path) -> None:
    place = copy / "manifest.json"
    place.symlink_to(place.rename(copy.parent / "elsewhere"))


def name_twice(copy: Path) -> None:
    """Name a file twice, so that one reader checks one line and another uses the other."""
    name, place = stored_name(copy), copy / "manifest.json"
    told = place.read_text(encoding="utf-8")
    place.write_text(told.replace(f'"{name}"', f'"{name}": {{"sha256": ""}}, "{name}"'), encoding="utf-8")


@pytest.mark.parametrize(
    "damage",
    [put_a_link, put_a_second_name, put_a_link_for_a_folder, put_a_link_for_the_manifest, name_twice],
)
def test_a_copy_with_links_or_a_name_twice_is_refused_before_anything_is_written(
    on_another_machine: Command, copy: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    damage(copy)
    done = on_another_machine("restore", str(copy))
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert "没有恢复任何内容" in done.err
    assert [*(tmp_path / "there").rglob("*")] == []


def upwards(files: Files, there: str) -> Files:
    return {**files, "../escaped": files[there]}


def to_the_root(files: Files, there: str) -> Files:
    return {**files, "/etc/passwd": files[there]}


def over_the_key(files: Files, there: str) -> Files:
    return {**files, "secret.key": files[there]}


def without_the_database(files: Files, there: str) -> Files:
    return {name: known for name, known in files.items() if "/" in name}


@pytest.mark.parametrize("lie", [upwards, to_the_root, over_the_key, without_the_database])
def test_a_manifest_that_lies_is_refused_although_its_seal_is_right(
    on_another_machine: Command,
    copy: Path,
    rules: CountyRules,
    tmp_path: Path,
    lie: Callable[[Files, str], Files],
) -> None:
    chain, place = rules.services.chain, copy / "manifest.json"
    manifest = json.loads(place.read_text(encoding="utf-8"))
    del manifest["seal"]
    manifest["files"] = lie(manifest["files"], stored_name(copy))
    place.write_text(json.dumps({**manifest, "seal": chain.link("", manifest)}), encoding="utf-8")
    for name in manifest["files"]:
        if not (copy / name).exists():
            shutil.copyfile(copy / stored_name(copy), copy / name)
    done = on_another_machine("restore", str(copy))
    assert (done.code, done.out) == (1, "")
    assert "没有恢复任何内容" in done.err
    assert [*(tmp_path / "there").rglob("*")] == []


def test_what_the_manifest_does_not_name_stays_where_it_is(
    on_another_machine: Command, copy: Path, tmp_path: Path
) -> None:
    for place in ("files/strange", "heads/2031-01-01.json", "secret.key"):
        (copy / place).write_text("x", encoding="ascii")
    assert on_another_machine("restore", str(copy)).code == 0
    restored = {place.name for place in (tmp_path / "there").rglob("*")}
    assert restored.isdisjoint({"strange", "2031-01-01.json", "secret.key"})
    assert [*find_open(tmp_path / "there")] == []


def test_a_link_among_the_data_is_not_backed_up_and_named(
    in_town: Command, full: Case, tmp_path: Path
) -> None:
    (tmp_path / "var" / "heads" / "2031-01-01.json").symlink_to("/etc/passwd")
    done = in_town("backup", str(tmp_path / "copy"))
    assert done.code == 1
    assert "2031-01-01.json" in done.err
    assert not (tmp_path / "copy" / "manifest.json").exists()
