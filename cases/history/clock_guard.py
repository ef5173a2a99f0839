"""Keep a clock that ran ahead from spoiling the history: until it is right again, nothing is written.

A machine whose clock ran ahead leaves entries, and seals of days that were not over. What is written after
the clock is right again would lie before them, and in days that are sealed. So within five minutes nothing
happens; beyond, nothing is sealed and writing is refused with the day. Whoever runs the server may accept the
gap: an entry in a chain of the registers says from when to when. What comes in while it lasts is late, listed
and sealed apart (`late_entries`).
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from accounts import history
from accounts.access.actor import SYSTEM
from accounts.history import RegisterEntry
from cases.history.daily_seals import DailySeal
from cases.history.entries import Entry
from cases.history.late_entries import LATE, LateEntry, LateSeal
from core.chain import Chain
from core.errors import Conflict, Unavailable

#: Clocks of several machines differ by so much without harm.
TOLERANCE = timedelta(minutes=5)
#: For so many seconds a process believes what it saw, unless its own clock goes back.
BELIEVED_SECONDS = 5.0
#: The subject of the chain that keeps what was accepted.
KIND, SUBJECT = history.CLOCK, "clock"


@dataclass(frozen=True)
class Gap:
    """A span of time in which a wrong clock left its marks, and that was accepted under this number."""

    number: int
    start: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        """Return whether a moment lies in the gap."""
        return self.start - TOLERANCE <= moment <= self.end + TOLERANCE


@dataclass(frozen=True)
class ClockState:
    """How the clock stands to the history: its newest mark, whether that lies ahead, the gap we are in."""

    newest: datetime | None
    ahead: bool
    gap: Gap | None


class ClockGuard:
    """Compare the clock of an installation with its history, for every session that writes entries."""

    def __init__(self, now: Callable[[], datetime], zone: ZoneInfo) -> None:
        """Ask `now` what time it is; days are those of the zone."""
        self._now = now
        self._zone = zone
        self._state: ClockState | None = None
        self._seen = 0.0
        self._at: datetime | None = None

    def state(self, session: Session) -> ClockState:
        """Load how the clock stands, unless that was seen a moment ago."""
        now, tick = self._now(), time.monotonic()
        known = self._state
        fresh = self._at is not None and now >= self._at and tick - self._seen < BELIEVED_SECONDS
        if known is None or known.ahead or not fresh:
            known = load_state(session, now)
            self._state, self._seen = known, tick
        self._at = now
        return known

    def require_right(self, session: Session) -> ClockState:
        """Refuse to write while the clock lies behind the history; raise Unavailable `clock_ran_ahead`."""
        state = self.state(session)
        if state.ahead and state.newest is not None:
            day = state.newest.astimezone(self._zone).date()
            raise Unavailable(reason="clock_ran_ahead", day=day.isoformat())
        return state

    def is_ahead(self, session: Session) -> bool:
        """Return whether the history lies ahead of the clock, so that no day may be sealed."""
        return self.state(session).ahead

    def not_before(self, session: Session, case_id: int, moment: datetime) -> datetime:
        """Return the moment, or that of the case's last entry if it is later: no entry is dated before it."""
        state = self.state(session)
        if state.newest is None or state.newest <= moment:
            return moment
        last = session.scalar(select(func.max(Entry.received_at)).where(Entry.case_id == case_id))
        return moment if last is None else max(moment, last)

    def record_late(self, session: Session, entries: Sequence[dict[str, Any]]) -> None:
        """List entries that come in while an accepted gap lasts; they stand in the database already."""
        gap = self.state(session).gap
        if gap is not None:
            rows = [{"case_id": one["case_id"], "seq": one["seq"], "gap": gap.number} for one in entries]
            session.execute(insert(LateEntry), rows)


def load_state(session: Session, now: datetime) -> ClockState:
    """Compare the newest marks of the history with the moment."""
    newest = _latest(session, select(func.max(Entry.stored_at)), select(func.max(DailySeal.sealed_at)))
    if newest is None or newest <= now + TOLERANCE:
        return ClockState(newest, False, None)
    gap = next(iter(accepted_gaps(session)[-1:]), None)
    if gap is None or newest > gap.end:
        return ClockState(newest, True, None)
    again = _latest(
        session,
        select(func.max(Entry.stored_at)).join(LateEntry, LATE).where(LateEntry.gap == gap.number),
        select(func.max(LateSeal.sealed_at)).where(LateSeal.gap == gap.number),
    )
    return ClockState(newest, again is not None and again > now + TOLERANCE, gap)


def _latest(session: Session, *statements: Any) -> datetime | None:
    found = [moment for statement in statements if (moment := session.scalar(statement)) is not None]
    return max(found) if found else None


def accepted_gaps(session: Session) -> list[Gap]:
    """List the gaps that were accepted, in order."""
    rows = session.execute(
        select(RegisterEntry.seq, RegisterEntry.facts)
        .where(RegisterEntry.subject_kind == KIND, RegisterEntry.subject_id == SUBJECT)
        .order_by(RegisterEntry.seq)
    )
    return [
        Gap(seq, datetime.fromisoformat(facts["from"]), datetime.fromisoformat(facts["to"]))
        for seq, facts in rows
    ]


def accept_gap(session: Session, *, reason: str, chain: Chain, now: datetime) -> Gap:
    """Record that the clock is right although the history lies ahead of it; give the gap.

    Raises Conflict `clock_is_right` where nothing lies ahead.
    """
    state = load_state(session, now)
    if not state.ahead or state.newest is None:
        raise Conflict("clock_is_right")
    history.record(
        session,
        chain=chain,
        subject_kind=KIND,
        subject_id=SUBJECT,
        action="accept",
        actor=SYSTEM,
        facts={"reason": reason, "from": now.isoformat(), "to": state.newest.isoformat()},
        now=now,
    )
    return accepted_gaps(session)[-1]
