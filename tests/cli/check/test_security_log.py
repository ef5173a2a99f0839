"""`check` says when reads cannot be recorded, and where the record has gaps."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from accounts.security_log.writer import FOLDER, SecurityLog
from tests.builders import at
from tests.cli.conftest import Command

pytestmark = pytest.mark.one_database

NOW = at("2026-03-03", 9)
LINE = {"event": "case", "user": 1, "from": "abc", "numbers": []}


@pytest.fixture
def kept(tmp_path: Path, stopped: Callable[[datetime], None]) -> SecurityLog:
    stopped(NOW)
    made = SecurityLog(tmp_path / "var" / FOLDER)
    (tmp_path / "var").mkdir(mode=0o700)
    return made


def test_a_record_that_can_be_written_is_in_order(in_town: Command, kept: SecurityLog) -> None:
    assert "谁看过什么" not in in_town("check").out
    kept.write([LINE], NOW - timedelta(hours=1))
    assert f"✓ 谁看过什么，都记在 {kept.folder}" in in_town("check").out


def test_a_place_that_takes_no_line_must_be_mended(in_town: Command, kept: SecurityLog) -> None:
    kept.folder.write_text("a file where the folder should be")
    done = in_town("check")
    assert done.code == 1
    assert f"✗ {kept.folder} 写不进去，谁看过什么记不下来" in done.err


def test_lines_that_are_missing_are_told_with_their_number(in_town: Command, kept: SecurityLog) -> None:
    kept.lost = 3
    kept.write([LINE], NOW - timedelta(days=1))
    assert "! 谁看过什么，近 31 天少记了 3 行，最后一次在 " in in_town("check").out
