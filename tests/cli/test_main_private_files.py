"""Whatever a command leaves on the disk is its owner's alone, in whatever shell it was started."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import app
from config.setting_problems import BadSettings
from core.files.private import OTHERS, find_open
from tests.core.files.test_private import usual_umask

__all__ = ["usual_umask"]

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows has no such bits")


def written_below(folder: Path) -> set[str]:
    return {str(place.relative_to(folder)) for place in folder.rglob("*") if place.is_file()}


def test_what_commands_write_is_their_owners_alone(run_main: Callable[..., Any], tmp_path: Path) -> None:
    folder = tmp_path / "var"
    for line in ("db upgrade", f"backup {folder}/copy", f"report rates --out {folder}/rates.csv", "check"):
        assert run_main(app.assemble, tuple(line.split()), "", {"SECRET_KEY": ""}).code == 0, line
    written = written_below(folder)
    assert {"huiyin.db", "secret.key", "rates.csv", "copy/manifest.json", "marks/backup"} <= written
    assert [*find_open(folder)] == []


def test_an_application_under_another_server_closes_files_before_anything_else() -> None:
    with pytest.raises(BadSettings):
        app.create_app({"HUIYIN_TIMEZONE": "nowhere"})
    assert os.umask(0o022) == OTHERS
