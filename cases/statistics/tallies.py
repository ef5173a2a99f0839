"""Say what a case counts for, and bring the sums up to date with the cases that have changed.

The sums may be behind: whoever reads them counts the cases of `untallied` afresh. How far behind they are is
a matter of speed alone.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Table,
    and_,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.orm import Session

from cases.models.case import Case, Clock, Complainant, Round
from cases.models.statistics import COUNTS, DailyTally, TalliedCase, Tally, Untallied
from cases.queries.filters import (
    answered,
    answered_on_time,
    counted,
    first_round,
    is_content,
    is_resolved,
    last_outcome,
    taken_up,
)
from cases.vocabulary import LAST_OUTCOMES
from core.paging import PAGE
from core.persistence.db import Base, Database
from core.persistence.upsert import Insert, Upsert
from workflow.definition.vocabulary import UNRATED_CLOCKS

#: Any number that nobody else takes: with it processes agree on who brings PostgreSQL's sums up to date.
LOCK = 7_246_020
TALLIED, TALLIES, DAILY = (
    Base.metadata.tables[kind.__tablename__] for kind in (TalliedCase, Tally, DailyTally)
)


#: The key of each table of sums beside the village, and what is added up in it.
SUMS: Mapping[Table, tuple[str, tuple[str, ...]]] = {
    TALLIES: ("category", COUNTS),
    DAILY: ("day", ("received", "answered")),
}


def _adding(table: Table, names: Iterable[str]) -> Upsert:
    """Write the statement that adds to the sums of a table."""

    def write(insert: Insert, _: str) -> Any:
        statement = insert(table)
        added = {name: table.c[name] + statement.excluded[name] for name in names}
        return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=added)

    return Upsert(write)


ADD = {table: _adding(table, names) for table, (_, names) in SUMS.items()}


def contribution_query() -> Select[*tuple[Any, ...]]:
    """Return a statement over cases for what each counts for; columns as in `tallied_cases`.

    In place of `answered_on` it has the moment, `answered_at`. A void, merged or withdrawn case counts for
    nothing (domain.md section 4).
    """
    open_and_unflagged = and_(counted(), ~Case.final, ~Case.overdue, taken_up())
    next_date = select(func.min(Clock.due_on)).where(
        Clock.case_id == Case.id, Clock.running, Clock.clock.not_in(UNRATED_CLOCKS)
    )
    waits = select(Round.handling_due_on).where(
        Round.case_id == Case.id, Round.round == 1, Round.answered_on.is_(None), ~Round.late
    )
    rated = select(func.count()).where(Complainant.case_id == Case.id, Complainant.rating.is_not(None))
    conditions: Mapping[str, ColumnElement[bool]] = {
        "received": true(),
        "answered": answered(),
        "resolved": is_resolved(),
        "open": ~Case.final,
        "at_work": and_(~Case.final, ~is_resolved()),
        "overdue": and_(~Case.final, Case.overdue),
        "under_way": and_(~Case.final, ~Case.overdue, ~is_resolved()),
        "taken_up": and_(~Case.final, taken_up()),
        "judged": first_round(or_(Round.late, Round.answered_on.is_not(None))),
        "on_time": answered_on_time(),
        **{f"outcome_{outcome}": last_outcome(outcome) for outcome in LAST_OUTCOMES},
    }
    return select(
        Case.id.label("case_id"),
        Case.village_id,
        Case.category,
        Case.received_on,
        Case.answered_at,
        *(
            case((and_(counted(), condition), 1), else_=0).label(name)
            for name, condition in conditions.items()
        ),
        _if(counted(), rated, 0).label("rated"),
        _if(counted(), rated.where(is_content()), 0).label("content"),
        _if(open_and_unflagged, next_date, None).label("late_after"),
        _if(and_(counted(), ~Case.final, Case.round == 1), waits, None).label("judged_after"),
    )


def _if(condition: ColumnElement[bool], value: Select[Any], otherwise: int | None) -> ColumnElement[Any]:
    return case((condition, value.correlate(Case).scalar_subquery()), else_=otherwise)


def tally(db: Database, *, zone: ZoneInfo) -> int:
    """Bring the sums up to date with every change so far; give how many entries that were.

    `zone` says on which day an answer was given. Transactions are short, so that nobody waits for long.
    """
    done = 0
    while True:
        with db.transaction() as session:
            taken = _page(session, zone)
        done += taken
        if taken < PAGE:
            return done


def count_untallied(db: Database) -> int:
    """Count the changes that the sums do not know yet."""
    with db.reading() as session:
        return session.scalars(select(func.count()).select_from(Untallied)).one()


def recount(db: Database, *, zone: ZoneInfo) -> int:
    """Throw the sums away and count everything anew; give how many cases there are.

    Readers meanwhile count every case itself, which is slower and as right.
    """
    with db.transaction() as session:
        _acquire_lock(session, wait=True)
        for table in (TalliedCase, Tally, DailyTally):
            session.execute(delete(table))
        session.execute(insert(Untallied).from_select(["case_id"], select(Case.id).order_by(Case.id)))
    return tally(db, zone=zone)


def load_contributions(
    session: Session, case_ids: Iterable[int], zone: ZoneInfo
) -> dict[int, dict[str, Any]]:
    """Return what cases count for now, by id, in the columns of `tallied_cases`."""
    rows = session.execute(contribution_query().where(Case.id.in_(sorted(case_ids))))
    return {row.case_id: _with_day(row, zone) for row in rows}


def load_tallied(session: Session, case_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return what cases are counted with, by id, in the same columns; without those never counted."""
    rows = session.execute(select(TALLIED).where(TALLIED.c.case_id.in_(sorted(case_ids))))
    return {row.case_id: dict(row._mapping) for row in rows}


def _with_day(row: Row[*tuple[Any, ...]], zone: ZoneInfo) -> dict[str, Any]:
    found = dict(row._mapping)
    moment: datetime | None = found.pop("answered_at")
    return {**found, "answered_on": moment.astimezone(zone).date() if moment is not None else None}


def _page(session: Session, zone: ZoneInfo) -> int:
    """Deal with the oldest changes; none when another process is at it."""
    if not _acquire_lock(session):
        return 0
    taken = session.execute(select(Untallied.id, Untallied.case_id).order_by(Untallied.id).limit(PAGE)).all()
    cases = sorted({case_id for _, case_id in taken})
    # What is read here is at least as new as the rows just read; a change after them has left its own.
    now = load_contributions(session, cases, zone)
    _add(session, _differences(load_tallied(session, cases).values(), now.values()))
    session.execute(delete(TALLIED).where(TALLIED.c.case_id.in_(cases)))
    if now:
        session.execute(insert(TALLIED), list(now.values()))
    session.execute(delete(Untallied).where(Untallied.id.in_([key for key, _ in taken])))
    return len(taken)


def _acquire_lock(session: Session, *, wait: bool = False) -> bool:
    """Return whether this process may change the sums: two at once would both add the same difference."""
    if session.get_bind().dialect.name == "sqlite":
        return True
    ask = "SELECT pg_advisory_xact_lock(:lock)" if wait else "SELECT pg_try_advisory_xact_lock(:lock)"
    return session.scalar(text(ask), {"lock": LOCK}) is not False


Sums = Mapping[tuple[Table, int, Any], Counter[str]]


def _differences(before: Iterable[dict[str, Any]], now: Iterable[dict[str, Any]]) -> Sums:
    """Return what changes in each row of the sums: by table, village, and category or day."""
    sums: defaultdict[tuple[Table, int, Any], Counter[str]] = defaultdict(Counter)
    for sign, rows in ((-1, before), (1, now)):
        for row in rows:
            for table, key, names in _tally_keys(row):
                for name in names:
                    sums[table, row["village_id"], key][name] += sign * row[name]
    return sums


def _tally_keys(row: Mapping[str, Any]) -> Iterator[tuple[Table, Any, tuple[str, ...]]]:
    """Say in which rows of the sums a case counts, and for what."""
    yield TALLIES, row["category"], COUNTS
    yield DAILY, row["received_on"], ("received",)
    if row["answered_on"] is not None:
        yield DAILY, row["answered_on"], ("answered",)


def _add(session: Session, sums: Sums) -> None:
    for table, (key, names) in SUMS.items():
        rows = [
            {"village_id": village, key: value, **{name: change[name] for name in names}}
            for (where, village, value), change in sums.items()
            if where is table and any(change.values())
        ]
        if rows:
            session.execute(ADD[table].on(session), rows)
