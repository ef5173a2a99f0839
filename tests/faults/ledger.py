"""Keep account of what the program acknowledged, and hold the database against it."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.history.entries import Entry
from cases.models.case import Case
from tests.patience import PATIENCE


@dataclass(frozen=True)
class Acknowledged:
    """One write that was answered with success."""

    number: str
    client_ref: str
    action: str
    version: int


class Ledger:
    """What was acknowledged, how often which status came, and every answer that must not be."""

    def __init__(self) -> None:
        self.acknowledged: list[Acknowledged] = []
        self.statuses: Counter[int] = Counter()
        self.broken_off = 0
        self.wrong: list[str] = []
        self.slowest = 0.0
        self._changed = threading.Condition()

    def answered(self, status: int, seconds: float, wrong: str | None = None) -> None:
        """Note an answer, how long it took, and what is wrong about it if anything."""
        with self._changed:
            self.statuses[status] += 1
            self.slowest = max(self.slowest, seconds)
            if wrong is not None:
                self.wrong.append(wrong)
            self._changed.notify_all()

    def broke_off(self, seconds: float) -> None:
        """Note a connection that ended without an answer."""
        with self._changed:
            self.broken_off += 1
            self.slowest = max(self.slowest, seconds)

    def acknowledge(self, write: Acknowledged) -> None:
        """Note a write that was answered with success."""
        with self._changed:
            self.acknowledged.append(write)
            self._changed.notify_all()

    def wait_for(self, count: Callable[["Ledger"], int], more: int, seconds: float = PATIENCE) -> None:
        """Wait until so many more of something are noted; fail when they do not come."""
        with self._changed:
            wanted = count(self) + more
            came = self._changed.wait_for(lambda: count(self) >= wanted or bool(self.wrong), seconds)
        assert not self.wrong, self.wrong[:3]
        assert came, f"{more} more did not come within {seconds:.0f} s: {self.statuses}"

    def writes(self, more: int, seconds: float = PATIENCE) -> None:
        """Wait until so many more writes are acknowledged."""
        self.wait_for(lambda ledger: len(ledger.acknowledged), more, seconds)

    def refusals(self, more: int, seconds: float = PATIENCE) -> None:
        """Wait until so many more requests are answered as unavailable."""
        self.wait_for(lambda ledger: ledger.statuses[503], more, seconds)

    def missing(self, session: Session) -> list[str]:
        """Return every acknowledged write that is not there exactly once, in words."""
        cases = {ref: (number, id_) for number, ref, id_ in session.execute(_CASES)}
        entries = {
            (case_id, action): times
            for case_id, action, times in session.execute(
                select(Entry.case_id, Entry.action, func.count()).group_by(Entry.case_id, Entry.action)
            )
        }
        found = []
        for write in self.acknowledged:
            number, case_id = cases.get(write.client_ref, (None, 0))
            times = entries.get((case_id, write.action), 0)
            if number != write.number or times != 1:
                found.append(f"{write} is there {times} times, as {number}")
        return found


_CASES = select(Case.number, Case.client_ref, Case.id)
