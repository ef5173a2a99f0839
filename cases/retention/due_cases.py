"""Find the cases whose words have been kept long enough: each with those that went up in it."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from cases.history.entries import Entry
from cases.models.case import Case
from core.paging import PAGE
from workflow.limits import REOPEN_WITHIN

ACTION = "forget"
#: A case with its last entry: what decides whether it is due.
LAST = select(
    Case.id, Case.number, Case.merged_into_id, Case.final, Case.entered_on, Entry.received_at, Entry.action
).join(Entry, (Entry.case_id == Case.id) & (Entry.seq == Case.last_seq))


@dataclass(frozen=True)
class Limits:
    """What a case must lie before: `received` its last entry, `entered` the day of its present state."""

    before: date
    received: datetime
    entered: date

    @classmethod
    def of(cls, before: date, *, zone: ZoneInfo, now: datetime) -> "Limits":
        """Return the limits of a day, which is one of the county's zone; the time to reopen is over then."""
        today = now.astimezone(zone).date()
        return cls(before, datetime.combine(before, time(), zone), today - REOPEN_WITHIN)


def due_groups(session: Session, limits: Limits, *, after: int) -> tuple[list[list[str]], int | None]:
    """Return the numbers of due cases, each group together, and where to go on; None where all were seen.

    A case that went up in another one is due only together with that one. A bounded number of statements:
    one for each page, and one for each merge that led to the end of a row of merges.
    """
    page = session.execute(_candidates(limits).where(Case.id > after).order_by(Case.id).limit(PAGE)).all()
    roots = _ends(session, page)
    members = _members(session, roots)
    numbers = [
        [row.number for row in group]
        for group in members.values()
        if all(_is_due(row, limits) for row in group) and any(row.action != ACTION for row in group)
    ]
    return numbers, page[-1].id if len(page) == PAGE else None


def all_groups(session: Session, limits: Limits) -> Iterator[list[str]]:
    """Yield every group that is due, each once."""
    seen: set[str] = set()
    after: int | None = 0
    while after is not None:
        groups, after = due_groups(session, limits, after=after)
        for group in groups:
            if group[0] not in seen:
                seen.update(group)
                yield group


def is_still_due(session: Session, limits: Limits, numbers: Collection[str]) -> bool:
    """Return whether cases are a whole group that is due, in the transaction that holds them."""
    rows = session.execute(LAST.where(Case.number.in_(numbers))).all()
    groups = _members(session, _ends(session, rows)).values()
    return len(groups) == 1 and all(
        {row.number for row in group} == set(numbers) and all(_is_due(row, limits) for row in group)
        for group in groups
    )


def _candidates(limits: Limits) -> Select[*tuple[object, ...]]:
    """Select the cases that may be due: over, and not forgotten since the last thing that happened."""
    return LAST.where(
        Case.final,
        Case.entered_on < limits.entered,
        Entry.received_at < limits.received,
        Entry.action != ACTION,
    )


def _is_due(row: Row[*tuple[object, ...]], limits: Limits) -> bool:
    over: bool = row.final and row.entered_on < limits.entered
    return over and (row.action == ACTION or row.received_at < limits.received)


def _ends(session: Session, rows: Collection[Row[*tuple[object, ...]]]) -> list[int]:
    """Return the ids of the cases at the end of the merges of cases, each once and in order."""
    ends = {row.id for row in rows if row.merged_into_id is None}
    further = {row.merged_into_id for row in rows if row.merged_into_id is not None}
    while further:
        found = session.execute(select(Case.id, Case.merged_into_id).where(Case.id.in_(further))).all()
        ends |= {row.id for row in found if row.merged_into_id is None}
        further = {row.merged_into_id for row in found if row.merged_into_id is not None}
    return sorted(ends)


def _members(session: Session, roots: Collection[int]) -> Mapping[int, list[Row[*tuple[object, ...]]]]:
    """Return for each case the case itself and all that went up in it, directly or through others."""
    root_of = {root: root for root in roots}
    groups: dict[int, list[Row[*tuple[object, ...]]]] = defaultdict(list)
    statement = LAST.where(Case.id.in_(roots))
    while found := session.execute(statement.order_by(Case.id)).all():
        for row in found:
            root_of.setdefault(row.id, root_of.get(row.merged_into_id, row.id))
            groups[root_of[row.id]].append(row)
        statement = LAST.where(Case.merged_into_id.in_([row.id for row in found]))
    return groups
