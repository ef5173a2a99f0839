"""`check --config DIR` says of a folder what is wrong with it, also where there is no installation yet."""

import shutil
from pathlib import Path

import pytest

from config.settings import HERE
from tests.cli.conftest import Command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "ours"
    shutil.copytree(HERE, place, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return place


def nowhere(folder: Path) -> dict[str, str]:
    """Return the settings of an installation that was never started."""
    return {"DATABASE_URL": f"sqlite:///{folder.parent / 'none.db'}"}


def spoil(folder: Path) -> None:
    file = folder / "workflow.toml"
    file.write_text(
        file.read_text(encoding="utf-8").replace('"normal", "urgent"', '"normal"', 1), encoding="utf-8"
    )


def test_a_wrong_folder_is_refused_before_there_is_a_database(command: Command, folder: Path) -> None:
    spoil(folder)
    done = command("check", "--config", str(folder), **nowhere(folder))
    assert done.code == 1
    assert f"{folder / 'workflow.toml'}:" in done.err
    assert "fields.urgency.values" in done.err


def test_a_right_folder_is_said_to_be_right_before_there_is_a_database(
    command: Command, folder: Path
) -> None:
    done = command("check", "--config", str(folder), **nowhere(folder))
    assert done.out.count("✓ 流程 ") == 2
    assert "数据库还是空的" in done.out


def test_a_wrong_folder_is_named_beside_settings_that_are_wrong(command: Command, folder: Path) -> None:
    spoil(folder)
    done = command("check", "--config", str(folder), TIMEZONE="Nowhere/At-all")
    assert "fields.urgency.values" in done.err


def test_a_folder_that_there_is_not_is_named(command: Command, folder: Path) -> None:
    done = command("check", "--config", str(folder / "none"))
    assert done.code == 1
    assert str(folder / "none") in done.err
