"""Hold what was counted in advance against the cases (decision 0018)."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, func, literal_column, or_, select, union_all
from sqlalchemy.orm import Session

from cases.models.statistics import COUNTS
from cases.statistics.tallies import DAILY, TALLIED, TALLIES
from cases.verification.case_snapshots import CaseSnapshot, ReferenceData
from core.paging import NAMED

#: Sums that are named before the rest is left to the next run.


def tally_is_current(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[str]:
    """Say where a case counts for something else than it should, unless an entry waits to be counted."""
    del reference
    if snapshot.untallied:
        return
    if snapshot.tallied is None:
        yield "was never counted and does not wait for it"
        return
    for name, value in snapshot.counts_for.items():
        if snapshot.tallied[name] != value:
            yield f"is counted with {name} {snapshot.tallied[name]}, but it is {value}"


def wrong_sums(session: Session) -> Iterator[str]:
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
            yield f"{sums.name} of village {village_id}, {value}: not the sum of its cases"
