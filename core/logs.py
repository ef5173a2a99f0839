"""Write the log: one event a line, as JSON in ASCII, so that no word in it can pass for another line.

A line tells when (UTC), how grave, by whom, what, and for which request. Of an exception it tells the kind
and the way it took, never its words: a database quotes the row that it refuses. Of a library it tells the
words that stand in its code, never what it fills in (threats.md T86, T87; docs/decisions/0009).
"""

import logging
import re
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from core.log_redaction import MASK, SHORTEST, redact

ROOT = Path(__file__).resolve().parent.parent
#: The packages of the program: what they note is chosen, and noted from INFO on.
OURS = frozenset(
    (
        *("accounts", "activities", "api", "app", "cases", "cli", "config", "core", "demo", "jobs"),
        *("notifications", "reports", "roster", "web", "workflow", "wsgi"),
    )
)
LONGEST = 500
DEEPEST = 30
BLANK = re.compile(r"%(?:\(\w+\))?[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]")
#: The number of the request that this thread answers, if it does.
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

log = logging.getLogger(__name__)


#: What `logging` finds out for every record and no line tells (its how-to, Optimization): where it was noted,
#: by which thread and process.
UNTOLD = {"_srcfile": None, "logThreads": False, "logProcesses": False, "logMultiprocessing": False}


class JsonLines(JsonFormatter):
    """Make a line of a record; `extra={"fields": {…}}` adds members to it."""

    def __init__(self) -> None:
        super().__init__(json_default=_kind, json_ensure_ascii=True)

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        """Say what a line tells: this and nothing else, whatever a library noted beside its words."""
        del message_dict
        ours = record.name.partition(".")[0] in OURS
        log_data["at"] = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        log_data["level"] = record.levelname.lower()
        log_data["logger"] = record.name
        log_data["event"] = _plain(record.message if ours else _template(record))
        if request_id.get() is not None:
            log_data["request_id"] = request_id.get()
        log_data.update({name: _plain(value) for name, value in getattr(record, "fields", {}).items()})
        if record.exc_info and record.exc_info[1] is not None:
            log_data["error"] = describe_error(record.exc_info[1])

    def formatException(self, _: Any) -> str:
        """Leave an exception to `describe_error`: its words are none of the log's."""
        return ""


class StandardError(logging.Handler):
    """Write to what is standard error at that moment, a line at once."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; a log that cannot be written must not break what it tells of."""
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except Exception:
            self.handleError(record)


@contextmanager
def as_json_lines() -> Iterator[None]:
    """Let everything that is noted inside go to standard error as JSON lines, and as nothing else.

    Libraries from WARNING on, warnings of Python, and what ends a thread or the process.
    """
    root, handler = logging.getLogger(), StandardError()
    handler.setFormatter(JsonLines())
    before = (root.handlers[:], root.level, logging.raiseExceptions, warnings.showwarning)
    told_before = {name: getattr(logging, name) for name in UNTOLD}
    vars(logging).update(UNTOLD)
    hooks = (sys.excepthook, threading.excepthook)
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    levels = {name: logging.getLogger(name).level for name in OURS}
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    logging.raiseExceptions = False  # a log that cannot be written must not print what it was to hold
    warnings.showwarning = _warned  # type: ignore[assignment]  # the same arguments, by position
    sys.excepthook, threading.excepthook = _log_uncaught, _log_uncaught_in_thread
    try:
        yield
    finally:
        root.handlers[:], level, logging.raiseExceptions, warnings.showwarning = before
        root.setLevel(level)
        vars(logging).update(told_before)
        for name, own in levels.items():
            logging.getLogger(name).setLevel(own)
        sys.excepthook, threading.excepthook = hooks


def describe_error(error: BaseException) -> dict[str, Any]:
    """Tell an exception: its kind, its code if it has one, and the places it went through; no word of it."""
    frames = traceback.extract_tb(error.__traceback__)[-DEEPEST:]
    found: dict[str, Any] = {"kind": type(error).__name__}
    original = getattr(error, "orig", None) or error
    for name in ("code", "errno", "sqlstate", "sqlite_errorname"):
        value = getattr(original, name, None)
        if isinstance(value, int) or (isinstance(value, str) and value.isascii() and len(value) < 60):
            found[name] = value
    found["way"] = [f"{_short_path(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    if error.__cause__ is not None:
        found["because"] = describe_error(error.__cause__)
    return found


def _template(record: logging.LogRecord) -> str:
    """Return a library's words with numbers filled in and everything else left out; addresses as well."""
    words = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
    values = iter(() if isinstance(record.args, Mapping) else record.args or ())

    def filled(blank: re.Match[str]) -> str:
        value = next(values, None)
        return str(value) if isinstance(value, int | float) else MASK

    return _without_paths(BLANK.sub(filled, words))


def _without_paths(words: str) -> str:
    return " ".join("/" + MASK if word.startswith("/") else word for word in words.split(" "))


def _plain(value: Any) -> Any:
    """Shorten and mask a text; what is shorter than a number of anybody holds none."""
    if not isinstance(value, str) or len(value) < SHORTEST:
        return value
    return redact(value[:LONGEST])


def _kind(value: object) -> str:
    return type(value).__name__


def _short_path(filename: str) -> str:
    """Return a file as the program or a package names it, without where it is installed."""
    place = Path(filename)
    if place.is_relative_to(ROOT) and "site-packages" not in place.parts:
        return place.relative_to(ROOT).as_posix()
    return "/".join(place.parts[-2:])


def _warned(message: Warning | str, category: type[Warning], filename: str, lineno: int, *_: Any) -> None:
    log.warning(
        "warning", extra={"fields": {"kind": category.__name__, "place": f"{_short_path(filename)}:{lineno}"}}
    )


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    log.critical("the process ends", exc_info=(kind, error, trace))


def _log_uncaught_in_thread(given: threading.ExceptHookArgs) -> None:
    if given.exc_value is not None and given.exc_type is not SystemExit:
        log.error("a thread ends", exc_info=(given.exc_type, given.exc_value, given.exc_traceback))
