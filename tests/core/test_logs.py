"""The log: one line for each event, whatever stands in it, and nothing that somebody wrote in confidence."""

import json
import logging
import sys
import threading
import warnings
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from core import logs

Lines = Callable[[], list[dict[str, Any]]]
OURS, THEIRS = logging.getLogger("cases.deadlines.sweep"), logging.getLogger("waitress")


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """Return what was written to standard error, each line read as JSON."""
    return lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_tells_when_how_grave_by_whom_and_what(lines: Lines) -> None:
    with logs.as_json_lines():
        OURS.warning("the sweep could not look at %s", "SL-2026-0001", extra={"fields": {"tries": 2}})
    (line,) = lines()
    assert datetime.fromisoformat(line.pop("at")).utcoffset() is not None
    assert line == {
        "level": "warning",
        "logger": "cases.deadlines.sweep",
        "event": "the sweep could not look at SL-2026-0001",
        "tries": 2,
    }


@pytest.mark.parametrize(
    "trick", ["a\r\nb", "\x1b[31mred", "\u202eltr", "\u2028line", "\x00", "覃\u200b", "\ud800", '"}\n{"']
)
def test_a_trick_stays_one_line_of_plain_signs(trick: str, capsys: pytest.CaptureFixture[str]) -> None:
    with logs.as_json_lines():
        OURS.warning("told %s", trick, extra={"fields": {"more": trick}})
    written = capsys.readouterr().err
    assert written.isascii()
    assert written.rstrip("\n").isprintable()
    assert json.loads(written)["event"] == f"told {trick}"


def test_what_looks_private_is_masked_even_in_our_own_words(lines: Lines) -> None:
    with logs.as_json_lines():
        OURS.warning("called %s", "13800002046", extra={"fields": {"code": "K7M2P-9XQ4D"}})
    (line,) = lines()
    assert (line["event"], line["code"]) == ("called [...]", "[...]")


def test_an_exception_tells_its_kind_and_way_and_no_word(lines: Lines) -> None:
    def fail() -> None:
        try:
            raise KeyError("覃二妹")
        except KeyError as error:
            raise OSError(28, "覃二妹家的房子") from error

    with logs.as_json_lines():
        try:
            fail()
        except OSError:
            OURS.exception("failed")
    (line,) = lines()
    assert (line["error"]["kind"], line["error"]["errno"]) == ("OSError", 28)
    assert line["error"]["way"][-1].startswith("tests/core/test_logs.py:")
    assert line["error"]["because"]["kind"] == "KeyError"
    assert "覃" not in json.dumps(line, ensure_ascii=False)


def test_a_library_fills_in_numbers_alone(lines: Lines) -> None:
    with logs.as_json_lines():
        THEIRS.warning("Task queue depth is %d for %s", 3, "覃二妹")
        THEIRS.warning("Exception while serving /cases?q=覃二妹")
        THEIRS.warning("%(name)s is gone", {"name": "覃二妹"})
        THEIRS.info("not grave enough")
    assert [line["event"] for line in lines()] == [
        "Task queue depth is 3 for [...]",
        "Exception while serving /[...]",
        "[...] is gone",
    ]


def test_the_number_of_the_request_stands_in_each_of_its_lines(lines: Lines) -> None:
    with logs.as_json_lines():
        before = logs.request_id.set("0123456789abcdef")
        OURS.info("during")
        logs.request_id.reset(before)
        OURS.info("after")
    assert [line.get("request_id") for line in lines()] == ["0123456789abcdef", None]


def test_a_warning_of_python_tells_its_kind_and_place(lines: Lines) -> None:
    with logs.as_json_lines(), warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = logs._warned  # type: ignore[assignment]  # catch_warnings puts its own there
        warnings.warn("覃二妹", RuntimeWarning, stacklevel=1)
    (line,) = lines()
    assert line["kind"] == "RuntimeWarning"
    assert line["place"].startswith("tests/core/test_logs.py:")


def test_what_ends_a_thread_is_a_line_too(lines: Lines) -> None:
    def fail() -> None:
        raise ValueError("覃二妹")

    with logs.as_json_lines():
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
        try:
            fail()
        except ValueError as error:
            sys.excepthook(type(error), error, error.__traceback__)
    assert [(line["event"], line["error"]["kind"]) for line in lines()] == [
        ("a thread ends", "ValueError"),
        ("the process ends", "ValueError"),
    ]


def test_an_event_that_cannot_be_written_breaks_nothing_and_tells_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with logs.as_json_lines():
        OURS.warning("%d of %s", "覃二妹")
    assert capsys.readouterr().err == ""


def test_afterwards_everything_is_as_it_was() -> None:
    root = logging.getLogger()
    before = (root.handlers[:], root.level, sys.excepthook, warnings.showwarning, OURS.parent)
    with logs.as_json_lines():
        assert root.handlers != before[0]
    assert (root.handlers[:], root.level, sys.excepthook, warnings.showwarning, OURS.parent) == before
