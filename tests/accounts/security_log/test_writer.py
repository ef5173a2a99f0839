"""The files of the security log: by day and process, for their owner alone, kept 183 days and no day less."""

import json
import os
import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from accounts.security_log import reader, writer
from accounts.security_log.shown import Event
from accounts.security_log.writer import KEPT, SecurityLog

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
LINE = {"event": "case", "user": 7, "from": "abc", "numbers": ["YY-2026-0001"]}


@pytest.fixture
def kept(tmp_path: Path) -> SecurityLog:
    return SecurityLog(tmp_path / "security")


def lines_in(kept: SecurityLog) -> list[dict[str, object]]:
    found = [place.read_text().splitlines() for place in sorted(kept.folder.iterdir())]
    return [json.loads(line) for lines in found for line in lines]


def test_a_day_and_a_process_have_a_file_for_their_owner_alone(kept: SecurityLog) -> None:
    before = os.umask(0)
    try:
        kept.write([LINE], NOON)
        kept.write([LINE], NOON + timedelta(days=1))
    finally:
        os.umask(before)
    files = sorted(kept.folder.iterdir())
    assert [place.name for place in files] == [
        f"2026-03-03-{os.getpid()}.jsonl",
        f"2026-03-04-{os.getpid()}.jsonl",
    ]
    modes = [stat.S_IMODE(place.stat().st_mode) for place in (kept.folder, *files)]
    assert modes == [0o700, 0o600, 0o600]


def test_a_line_is_added_and_none_is_written_anew(kept: SecurityLog) -> None:
    kept.write([LINE, LINE], NOON)
    first = kept.file_of(NOON).read_bytes()
    SecurityLog(kept.folder).write([LINE], NOON)
    assert kept.file_of(NOON).read_bytes() == first + first[: len(first) // 2]


def test_a_link_in_place_of_a_file_is_not_followed(kept: SecurityLog, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"")
    kept.folder.mkdir()
    kept.file_of(NOON).symlink_to(elsewhere)
    kept.write([LINE], NOON)
    assert (elsewhere.read_bytes(), kept.lost) == (b"", 1)


def test_a_disk_that_takes_nothing_stops_nobody_and_is_told_once_a_minute(
    kept: SecurityLog, caplog: pytest.LogCaptureFixture
) -> None:
    kept.folder.write_text("a file where the folder should be")
    for seconds in (0, 1, 59, 61):
        kept.write([LINE], NOON + timedelta(seconds=seconds))
    told = [record.getMessage() for record in caplog.records]
    assert told == ["the security log cannot be written"] * 2
    assert kept.lost == 4


def test_the_first_line_after_a_gap_says_how_many_are_missing(kept: SecurityLog) -> None:
    kept.folder.write_text("a file where the folder should be")
    kept.write([LINE, LINE], NOON)
    kept.folder.unlink()
    kept.write([LINE], NOON + timedelta(seconds=5))
    assert [(line["event"], line.get("lost")) for line in lines_in(kept)] == [("gap", 2), ("case", None)]
    assert kept.lost == 0


def test_a_line_that_a_full_disk_cut_off_spoils_no_other(
    kept: SecurityLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = os.write
    kept.write([LINE], NOON)
    monkeypatch.setattr(os, "write", lambda handle, content: whole(handle, content[:20]))
    kept.write([LINE], NOON + timedelta(seconds=1))
    monkeypatch.undo()
    kept.write([LINE], NOON + timedelta(seconds=2))
    found = reader.read_span(
        kept.folder, before=NOON + timedelta(days=1), wanted=reader.of_case("YY-2026-0001")
    )
    assert [line.event for line in found] == [Event.CASE, Event.GAP, Event.CASE]


def test_a_line_is_kept_for_183_days_and_no_day_less(kept: SecurityLog) -> None:
    last = datetime(2026, 3, 3, 23, 59, 59, 999999, tzinfo=UTC)
    kept.write([LINE], last)
    assert timedelta(days=183) == KEPT
    assert writer.delete_expired(kept.folder, last + KEPT) == []
    assert writer.delete_expired(kept.folder, last + KEPT + timedelta(microseconds=1)) == [date(2026, 3, 3)]
    assert list(kept.folder.iterdir()) == []


def test_nothing_but_files_of_the_log_is_removed(kept: SecurityLog) -> None:
    kept.folder.mkdir()
    others = [kept.folder / name for name in ("notes.jsonl", "2020-01-01.txt", "2020-13-01-5.jsonl")]
    for place in others:
        place.write_text("{}")
    assert writer.delete_expired(kept.folder, NOON) == []
    assert sorted(kept.folder.iterdir()) == sorted(others)
