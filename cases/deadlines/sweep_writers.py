"""Write what climbing the ladder did: for one case at once, or for many cases together.

A sweep of many cases sends a handful of statements for all of them; what costs is then the entries alone.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm import Session

from cases.history import entries
from cases.lifecycle.change import Change
from cases.lifecycle.commit_change import SessionWriter
from cases.models.case import Case, Clock, Reminder, Round
from core.persistence.db import Base
from notifications import outbox
from notifications.outbox import Notification

CASES, CLOCKS, ROUNDS, REMINDERS = (
    Base.metadata.tables[kind.__tablename__] for kind in (Case, Clock, Round, Reminder)
)
REMIND = insert(REMINDERS).inline()
OF_CLOCK = (CLOCKS.c.case_id == bindparam("of_case"), CLOCKS.c.clock == bindparam("of_clock"))
#: The day of the next look alone is no fact of the case and owes no entry; the two must not be one statement.
NEXT_CHECK = update(CLOCKS).where(*OF_CLOCK).values(next_check_on=bindparam("look"))
FLAG = (
    update(CLOCKS).where(*OF_CLOCK).values(next_check_on=bindparam("look"), overdue=bindparam("is_overdue"))
)
LATE = (
    update(ROUNDS)
    .where(ROUNDS.c.case_id == bindparam("of_case"), ROUNDS.c.round == bindparam("of_round"))
    .values(late=True)
)
ENTER = (
    update(CASES)
    .where(CASES.c.id == bindparam("of_case"))
    .values(overdue=bindparam("is_overdue"), last_seq=bindparam("seq"), last_hash=bindparam("hash"))
)


@dataclass(frozen=True)
class ImmediateWriter(SessionWriter):
    """Write for one case, each entry before the next."""

    def add_reminder(self, reminder: dict[str, Any]) -> None:
        """Add the row of a rung."""
        self.session.connection().execute(REMIND, reminder)


@dataclass
class BatchWriter:
    """Collect what is written for many cases, whose rows the session must not know.

    `flush` brings it into the database; before it nothing is there.
    """

    session: Session
    now: datetime
    _reminders: list[dict[str, Any]] = field(default_factory=list)
    _notifications: list[Notification] = field(default_factory=list)
    _checks: list[dict[str, Any]] = field(default_factory=list)
    _flags: list[dict[str, Any]] = field(default_factory=list)
    _lates: list[dict[str, Any]] = field(default_factory=list)
    #: The first entry of each case, then the second of those that have one, and so on.
    _entries: defaultdict[int, list[tuple[dict[str, Any], dict[str, Any]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _of_case: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))

    def add_reminder(self, reminder: dict[str, Any]) -> None:
        """Add the row of a rung."""
        self._reminders.append(reminder)

    def write(self, change: Change, entry: dict[str, Any]) -> None:
        """Add the entry of a rung, and how the case stood with it."""
        case = change.case
        row = {"of_case": case.id, "is_overdue": case.overdue, "seq": case.last_seq, "hash": case.last_hash}
        self._entries[self._of_case[case.id]].append((row, entry))
        self._of_case[case.id] += 1

    def send(self, change: Change, notifications: Sequence[Notification]) -> None:
        """Add notices."""
        del change
        self._notifications += notifications

    def schedule_next_check(self, clock: Clock, *, flagged: bool) -> None:
        """Write when the sweep next looks at a clock, and that it is overdue when that is new."""
        row = {"of_case": clock.case_id, "of_clock": clock.clock, "look": clock.next_check_on}
        if flagged:
            self._flags.append({**row, "is_overdue": clock.overdue})
        else:
            self._checks.append(row)

    def add_lateness(self, present: Round) -> None:
        """Write that a round has become late."""
        self._lates.append({"of_case": present.case_id, "of_round": present.round})

    def flush(self) -> None:
        """Write everything; the entries come last, for the database checks the case by them."""
        connection = self.session.connection()
        for statement, rows in (
            (NEXT_CHECK, self._checks),
            (FLAG, self._flags),
            (LATE, self._lates),
            (REMIND, self._reminders),
        ):
            if rows:
                connection.execute(statement, rows)
        for _, made in sorted(self._entries.items()):
            connection.execute(ENTER, [row for row, _ in made])
            entries.add(self.session, [entry for _, entry in made])
        outbox.enqueue_all(self.session, self._notifications, now=self.now)
