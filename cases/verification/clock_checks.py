"""Hold what came in while a gap in the clock lasted against the gaps that were accepted."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.history.clock_guard import accepted_gaps
from cases.history.entries import Entry
from cases.history.late_entries import LATE, LateEntry
from cases.models.case import Case


def late_without_gap(session: Session) -> Iterator[tuple[str, str]]:
    """Return every late entry, with its case, that no accepted gap explains."""
    gaps = {gap.number: gap for gap in accepted_gaps(session)}
    rows = session.execute(
        select(Case.number, LateEntry.seq, LateEntry.gap, Entry.stored_at)
        .join(Entry, LATE)
        .join(Case, Case.id == LateEntry.case_id)
        .order_by(Case.number, LateEntry.seq)
        .execution_options(yield_per=1000)
    )
    for number, seq, gap, stored_at in rows:
        if gap not in gaps or not gaps[gap].holds(stored_at):
            yield number, f"entry {seq} counts as late, but no accepted gap of the clock holds it"
