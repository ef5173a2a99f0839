"""Count the date of a clock from its basis and the moves that changed it since.

A basis has `start`, `days`, `unit` and `profile`, and `exact` where its calendar days end on a day off as
well (urgent matters); a move has `why`, the day `on` which it was made, and what else it needs. All dates in
them are ISO texts, for they come from JSON.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from workflow.working_days import WorkingCalendar

WORKING, CALENDAR = "wd", "cd"
Basis = Mapping[str, Any]
Move = Mapping[str, Any]


def due(basis: Basis, calendar: WorkingCalendar) -> date:
    """Return the date that a basis leads to; day 1 is the day after its start."""
    start = date.fromisoformat(basis["start"])
    return ends_on(start, basis["days"], basis["unit"], calendar, exact=basis.get("exact", False))


def ends_on(start: date, days: int, unit: str, calendar: WorkingCalendar, *, exact: bool = False) -> date:
    """Count days from a start; calendar days that end on a day off end on the next working day.

    With `exact` they end where they end: a deadline of an urgent matter does not wait for a working day.
    """
    if unit == WORKING:
        return calendar.add(start, days)
    end = start + timedelta(days=days)
    return end if exact else calendar.next_working(end)


def replay(basis: Basis, moves: Sequence[Move], calendar: WorkingCalendar) -> date:
    """Return the date that a basis and all later moves lead to."""
    return _count(basis, moves, calendar).present


def follow(basis: Basis, moves: Iterable[Move], calendar: WorkingCalendar) -> Iterator[tuple[Move, date]]:
    """Yield each move with the date that stands after it."""
    count = _Count(basis, calendar, due(basis, calendar))
    for move in moves:
        count.apply(move)
        yield move, count.present


def unit_of(basis: Basis, moves: Sequence[Move]) -> str:
    """Return the unit in which a clock counts now: that of its last profile."""
    changed = [move["basis"] for move in moves if move["why"] == "profile"]
    unit: str = (changed[-1] if changed else basis)["unit"]
    return unit


def paused_days(move: Move, unit: str, calendar: WorkingCalendar, *, since: date = date.min) -> int:
    """Return the days of a suspension in the unit of the clock: from the day it began to the day it ends.

    Days before `since` do not count, for a clock that counts from there.
    """
    first, last = max(date.fromisoformat(move["on"]), since), date.fromisoformat(move["until"])
    if last <= first:
        return 0
    return calendar.between(first, last) if unit == WORKING else (last - first).days


def _count(basis: Basis, moves: Iterable[Move], calendar: WorkingCalendar) -> "_Count":
    count = _Count(basis, calendar, due(basis, calendar))
    for move in moves:
        count.apply(move)
    return count


@dataclass
class _Count:
    """The date of a clock on the way through its moves.

    `below` is the date before the last escalation, with the day of that; a raise leaves none. `cap` and
    `escalation` are set where the moves are counted anew under another profile.
    """

    basis: Basis
    calendar: WorkingCalendar
    present: date
    cap: Mapping[str, Any] | None = None
    escalation: Mapping[str, Any] | None = None
    below: tuple[date, date] | None = None
    applied: list[Move] = field(default_factory=list)

    def apply(self, move: Move) -> None:
        """Change the date as one move says."""
        why = move["why"]
        if why not in MOVES:
            raise ValueError(f"no move of a date is called {why!r}")
        MOVES[why](self, move)
        self.applied.append(move)

    def name_date(self, move: Move) -> None:
        """Take the date that an extension or a notice names."""
        self.present = date.fromisoformat(move["to"])

    def take_earlier(self, move: Move) -> None:
        """Take the date of a matter that was merged into this one if it comes first (domain.md section 2)."""
        self.present = min(self.present, date.fromisoformat(move["to"]))

    def grant(self, move: Move) -> None:
        """Grant a time from the day of an escalation or a raise; it never shortens.

        One that grants nothing, to a level that has had its time in this round, is marked `again`.
        """
        start = date.fromisoformat(move["start"])
        raised = move["why"] == "raise"
        self.below = None if raised else (self.present, start)
        if move.get("again"):
            return
        length = move if raised or self.escalation is None else self.escalation
        self.present = max(self.present, ends_on(start, length["days"], length["unit"], self.calendar))

    def pause(self, move: Move) -> None:
        """Add exactly the days for which the clock stands still, in its unit."""
        since = date.fromisoformat(self.basis["start"])
        days = paused_days(move, self.basis["unit"], self.calendar, since=since)
        if days:
            exact = self.basis.get("exact", False)
            self.present = ends_on(self.present, days, self.basis["unit"], self.calendar, exact=exact)

    def send_down(self, move: Move) -> None:
        """Go back to the date before the last escalation and the working days above (domain.md section 2).

        At least the days that the move grants are left, but the date is never later than the present one.
        """
        today = date.fromisoformat(move["on"])
        if self.below is not None:
            before, since = self.below
            counted = self.calendar.add(before, max(self.calendar.between(since, today), 0))
        elif "basis" in move:  # escalated from received: the profile runs from the day of escalation
            counted = due(move["basis"], self.calendar)
        else:
            return
        least = ends_on(today, move["days"], move["unit"], self.calendar)
        self.present = min(self.present, max(counted, least))

    def change_profile(self, move: Move) -> None:
        """Count all moves anew as they would have been under another profile; the date never grows by it."""
        self.basis = move["basis"]
        anew = _Count(
            self.basis,
            self.calendar,
            due(self.basis, self.calendar),
            cap=move["extension"],
            escalation=move["escalation"],
        )
        for earlier in self.applied:
            anew.recount(earlier, profile=move["profile_basis"])
        self.present = min(self.present, anew.present)
        if self.below is not None and anew.below is not None:
            self.below = (min(self.below[0], anew.below[0]), self.below[1])

    def recount(self, move: Move, *, profile: Basis) -> None:
        """Apply an earlier move under the profile that holds now: `profile` is the basis that it gives."""
        why = move["why"]
        if why in ("notice", "profile"):
            return
        if why == "extension":
            self._extend_within_cap(move)
        elif why == "send_down" and "basis" in move:
            start = move["basis"]["start"]
            self.send_down({**move, "basis": {**profile, "start": start}})
        else:
            MOVES[why](self, move)

    def _extend_within_cap(self, move: Move) -> None:
        """Let a granted extension stand as far as the present profile allows one."""
        if self.cap is None or date.fromisoformat(move["on"]) < date.fromisoformat(self.basis["start"]):
            return
        latest = ends_on(self.present, self.cap["days"], self.cap["unit"], self.calendar)
        self.present = max(self.present, min(date.fromisoformat(move["to"]), latest))


MOVES = {
    "extension": _Count.name_date,
    "notice": _Count.name_date,
    "escalation": _Count.grant,
    "raise": _Count.grant,
    "suspension": _Count.pause,
    "send_down": _Count.send_down,
    "profile": _Count.change_profile,
    "merge": _Count.take_earlier,
}
