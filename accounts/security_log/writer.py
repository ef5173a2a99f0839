"""Append lines to the security log: a file for each day and process, for its owner alone, never rewritten.

A disk that does not take a line must not keep people from their work, so nothing here raises. It is told in
the log of the program, once a minute at the most, and the first line that can be written again tells how
many are missing (docs/decisions/0051).
"""

import errno
import json
import logging
import os
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from accounts.security_log.shown import Event

log = logging.getLogger(__name__)

#: The folder, in the folder of data.
FOLDER = "security"
SUFFIX = ".jsonl"
#: So long is every line kept, six months and more, as the law wants it; then the job removes its day.
KEPT = timedelta(days=183)
COMPLAIN_EVERY = timedelta(minutes=1)
#: A link in place of a file is not followed; Windows has no such flag.
APPEND = (
    os.O_WRONLY | os.O_CREAT | os.O_APPEND | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_BINARY"))
)


@dataclass
class SecurityLog:
    """What one process writes; `lost` counts the lines that the disk did not take since the last it took."""

    folder: Path
    lost: int = 0
    complained_at: datetime | None = None
    _cut: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, lines: Iterable[Mapping[str, Any]], now: datetime) -> None:
        """Append lines that happened now; each is a mapping of plain values in the order it is read in."""
        told = [_line({"at": _moment(now), **line}) for line in lines]
        with self._lock:
            gap = {"at": _moment(now), "event": Event.GAP.value, "lost": self.lost}
            before = [_line(gap)] if self.lost else []
            try:
                self._append(now, b"".join([*before, *told]))
                self.lost = 0
            except OSError as error:
                self.lost += len(told)
                self._complain(error, now)

    def _append(self, now: datetime, content: bytes) -> None:
        try:
            handle = os.open(self.file_of(now), APPEND, 0o600)
        except FileNotFoundError:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self.file_of(now), APPEND, 0o600)
        try:
            whole = (b"\n" if self._cut else b"") + content  # after a part of a line a new one begins
            written = os.write(handle, whole)
            self._cut = 0 < written < len(whole) or (self._cut and written == 0)
            if written < len(whole):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        finally:
            os.close(handle)

    def file_of(self, now: datetime) -> Path:
        """Return where this process writes on a day; days are those of UTC, as in the lines."""
        return self.folder / f"{now.date().isoformat()}-{os.getpid()}{SUFFIX}"

    def _complain(self, error: OSError, now: datetime) -> None:
        if self.complained_at is not None and timedelta() <= now - self.complained_at < COMPLAIN_EVERY:
            return
        self.complained_at = now
        log.error(
            "the security log cannot be written", extra={"fields": {"errno": error.errno, "lost": self.lost}}
        )


def files_by_day(folder: Path) -> dict[date, list[Path]]:
    """Return the files of the log by day, the newest day first; nothing else that lies there."""
    found: dict[date, list[Path]] = {}
    for place in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            day = date.fromisoformat(place.name[:10])
        except ValueError:
            continue
        found.setdefault(day, []).append(place)
    return dict(sorted(found.items(), reverse=True))


def find_expired(folder: Path, now: datetime) -> dict[date, list[Path]]:
    """Return the files whose newest line is older than KEPT."""
    kept_from = (now - KEPT).date()
    return {day: places for day, places in files_by_day(folder).items() if day < kept_from}


def delete_expired(folder: Path, now: datetime) -> list[date]:
    """Remove what is older than KEPT, never anything younger; return the days, the oldest first."""
    expired = find_expired(folder, now)
    for places in expired.values():
        for place in places:
            place.unlink(missing_ok=True)
    return sorted(expired)


def _moment(now: datetime) -> str:
    return now.isoformat(timespec="microseconds")


def _line(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, separators=(",", ":")).encode("ascii") + b"\n"
