"""Hold what was counted in advance against the cases (decision 0018)."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, func, literal_column, or_, select, union_all
from sqlalchemy.orm import Session

from accounts.models import Area
from cases.models.statistics import COUNTS
from cases.statistics.tallies import DAILY, TALLIED, TALLIES
from cases.verification.case_snapshots import CaseSnapshot, ReferenceData
from config.marked_text import MarkedText
from config.marked_text import mark as _
from core.paging import NAMED

#: Sums that are named before the rest is left to the next run.


def tally_is_current(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[MarkedText]:
    """Say where a case counts for something else than it should, unless an entry waits to be counted."""
    del reference
    if snapshot.untallied:
        return
    if snapshot.tallied is None:
        yield MarkedText(_("从没计入汇总，也不在等着计入"))
        return
    for name, value in snapshot.counts_for.items():
        if snapshot.tallied[name] != value:
            facts = {"column": name, "counted": snapshot.tallied[name], "value": value}
            yield MarkedText(_("计入汇总的 {column} 是 {counted}，现状是 {value}"), facts)


def wrong_sums(session: Session) -> Iterator[MarkedText]:
    """Yield the sums that are not those of the rows behind them, with a statement for each table of sums."""
    rows = TALLIED.c
    none: ColumnElement[int] = literal_column("0")
    by_category = [select(rows.village_id, rows.category, *(-rows[name] for name in COUNTS))]
    by_day = [
        select(rows.village_id, rows.received_on, -rows.received, none),
        select(rows.village_id, rows.answered_on, none, -rows.answered).where(rows.answered_on.is_not(None)),
    ]
    for sums, parts in ((TALLIES, by_category), (DAILY, by_day)):
        both = union_all(select(sums), *parts).subquery().c
        village, key, *counts = both
        wrong = (
            select(village, key)
            .group_by(village, key)
            .having(or_(*(func.sum(count) != 0 for count in counts)))
            .order_by(village, key)
            .limit(NAMED)
        )
        for village_id, value in session.execute(wrong):
            code = session.scalar(select(Area.code).where(Area.id == village_id)) or village_id
            facts = {"table": sums.name, "village": code, "key": value}
            yield MarkedText(_("{table} 里 {village} 的 {key}：不等于各件事相加"), facts)
