"""Count the date of a clock from its basis and the moves that changed it since.

A basis has `start`, `days`, `unit` and `profile`; a move has `why`, the day `on` which it was made, and what
else it needs. All dates in them are ISO texts, for they come from JSON.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from workflow.working_days import WorkingCalendar

WORKING, CALENDAR = "wd", "cd"


def due(basis: Mapping[str, Any], calendar: WorkingCalendar) -> date:
    """Return the date that a basis leads to; day 1 is the day after its start."""
    return ends_on(date.fromisoformat(basis["start"]), basis["days"], basis["unit"], calendar)


def ends_on(start: date, days: int, unit: str, calendar: WorkingCalendar) -> date:
    """Count days from a start; calendar days that end on a day off end on the next working day."""
    if unit == WORKING:
        return calendar.add(start, days)
    return calendar.next_working(start + timedelta(days=days))


def replay(basis: Mapping[str, Any], moves: Sequence[Mapping[str, Any]], calendar: WorkingCalendar) -> date:
    """Return the date that a basis and all later moves lead to."""
    dates = [due(basis, calendar), *(after for _, after in follow(basis, moves, calendar))]
    return dates[-1]


def follow(
    basis: Mapping[str, Any], moves: Iterable[Mapping[str, Any]], calendar: WorkingCalendar
) -> Iterator[tuple[Mapping[str, Any], date]]:
    """Yield each move with the date that stands after it."""
    present = due(basis, calendar)
    for move in moves:
        present = _moved(present, move, basis["unit"], calendar)
        yield move, present


def paused_days(move: Mapping[str, Any], unit: str, calendar: WorkingCalendar) -> int:
    """Return the days of a suspension in the unit of the clock: from the day it began to the day it ends."""
    first, last = date.fromisoformat(move["on"]), date.fromisoformat(move["until"])
    return calendar.between(first, last) if unit == WORKING else (last - first).days


def _moved(present: date, move: Mapping[str, Any], unit: str, calendar: WorkingCalendar) -> date:
    """Return the date after one move.

    An extension or a new notice names its date. An escalation or a raise grants a time from its own day and
    never shortens. A suspension adds exactly the days for which the clock stands still, in the clock's unit.
    """
    why = move["why"]
    if why in ("extension", "notice"):
        return date.fromisoformat(move["to"])
    if why in ("escalation", "raise"):
        granted = ends_on(date.fromisoformat(move["start"]), move["days"], move["unit"], calendar)
        return max(present, granted)
    if why == "suspension":
        days = paused_days(move, unit, calendar)
        return present if days == 0 else ends_on(present, days, unit, calendar)
    raise ValueError(f"no move of a date is called {why!r}")
