"""Read the security log back, the newest line first, a few weeks at a time."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from accounts.security_log.shown import Event
from accounts.security_log.writer import files_by_day

#: So far back one look goes, however much or little is found there: how far tells nothing then.
SPAN = timedelta(days=31)


@dataclass(frozen=True)
class LogLine:
    """A line as it was written; `name` and `source` are digests, `lost` counts lines missing before it."""

    at: datetime
    event: Event
    user_id: int | None = None
    source: str = ""
    route: str = ""
    status: int | None = None
    request_id: str = ""
    numbers: tuple[str, ...] = ()
    name: str = ""
    way: str = ""
    again: bool = False
    lost: int = 0

    @classmethod
    def of(cls, told: dict[str, Any]) -> "LogLine":
        """Make one of what a line says; raises KeyError, TypeError or ValueError for what is no line."""
        return cls(
            at=datetime.fromisoformat(told["at"]),
            event=Event(told["event"]),
            user_id=told.get("user"),
            source=told.get("from", ""),
            route=told.get("route") or "",
            status=told.get("status"),
            request_id=told.get("request_id") or "",
            numbers=tuple(told.get("numbers", ())),
            name=told.get("name", ""),
            way=told.get("way", ""),
            again=told.get("again", False),
            lost=told.get("lost", 0),
        )


def of_case(number: str) -> Callable[[bytes], bool]:
    """Keep the lines that tell of a case; asked of a line before it is read, which takes longer."""
    told = f'"{number}"'.encode()
    return lambda line: told in line


def of_user(user_id: int, names: frozenset[str]) -> Callable[[bytes], bool]:
    """Keep the lines of a user, and of who tried to come in by one of the digests of the name."""
    told = (f'"user":{user_id},'.encode(), *(f'"name":"{name}"'.encode() for name in names))
    return lambda line: any(one in line for one in told)


def read_span(folder: Path, *, before: datetime, wanted: Callable[[bytes], bool]) -> list[LogLine]:
    """Return the wanted lines of SPAN before a moment, the newest first, and the gaps among them."""
    start = before - SPAN
    found: list[LogLine] = []
    for day, places in files_by_day(folder).items():
        if start.date() <= day <= before.date():
            for place in places:
                found += (line for line in _lines(place, wanted) if start <= line.at < before)
    found.reverse()  # of the lines of one moment the last one comes first as well
    return sorted(found, key=lambda line: line.at, reverse=True)


def first_day(folder: Path) -> date | None:
    """Return the oldest day of which there is something, or None."""
    return min(files_by_day(folder), default=None)


def _lines(place: Path, wanted: Callable[[bytes], bool]) -> Iterator[LogLine]:
    gap = f'"event":"{Event.GAP.value}"'.encode()
    try:
        with place.open("rb") as lines:
            for line in lines:
                if wanted(line) or gap in line:
                    try:
                        yield LogLine.of(json.loads(line))
                    except (KeyError, TypeError, ValueError):
                        continue  # the part of one that a full disk cut off
    except FileNotFoundError:
        return  # the job removed it meanwhile
