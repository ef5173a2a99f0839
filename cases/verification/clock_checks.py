"""Hold what came in while a gap in the clock lasted against the gaps that were accepted."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.history.clock_guard import accepted_gaps
from cases.history.entries import Entry
from cases.history.late_entries import LATE, LateEntry
from cases.models.case import Case
from config.marked_text import MarkedText
from config.marked_text import mark as _


def late_without_gap(session: Session) -> Iterator[tuple[str, MarkedText]]:
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
            reason = MarkedText(_("第 {seq} 条记录算作补记，却没有认可过的时钟倒走说明它"), {"seq": seq})
            yield number, reason
