"""Read what 总览 counts: from the sums where they are right, and from the cases themselves elsewhere.

The sums know nothing of the cases that changed since they were brought up to date, nor of what a reader may
not see. What such cases count for in the sums is taken off, and the changed ones are counted as they stand.
For a period, and for a reader whose cases do not follow from places, the rows behind the sums are added up.
Each result comes from one statement, so that no change can fall between two of them (decision 0018).
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, case, cast, func, null, or_, select, union, union_all
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.models import Area
from cases.access.visibility import has_area_scope, hidden_from, visible
from cases.models.case import Case
from cases.models.statistics import COUNTS, DailyTally, TalliedCase, Tally, Untallied
from cases.queries.filters import conditions, counted
from cases.statistics.tallies import contribution_query
from core.persistence.db import UTCDateTime
from reports.counting import ReportScope

Rows = Select[*tuple[Any, ...]]
NO_MOMENT = cast(null(), UTCDateTime)


def by_village_and_category(session: Session, scope: ReportScope) -> dict[tuple[int, str], Counter[str]]:
    """Return what the cases of each village and category count for today, by the names in `COUNTS`."""
    parts = [_changed(scope), *(_in_sums(scope) if _summed(scope) else _in_rows(scope))]
    whole = union_all(*parts).subquery().c
    both = (whole.village_id, whole.category)
    rows = session.execute(select(*both, *(func.sum(whole[name]) for name in COUNTS)).group_by(*both))
    cells = {
        (village, category): Counter(dict(zip(COUNTS, map(int, counts), strict=True)))
        for village, category, *counts in rows
    }
    return {key: counts for key, counts in cells.items() if counts["received"]}


def by_day(session: Session, scope: ReportScope, zone: ZoneInfo) -> tuple[Counter[date], Counter[date]]:
    """Return how many cases were received on each day, and how many had their last answer on it.

    A day on which nothing happened is left out or nought. `zone` says which day a moment belongs to.
    """
    received: Counter[date] = Counter()
    answered: Counter[date] = Counter()
    parts = [_changed_days(scope), *(_days_in_sums(scope) if _summed(scope) else _days_in_rows(scope))]
    for day, moment, came, told in session.execute(union_all(*parts)):
        received[day] += int(came)
        answered[day if moment is None else moment.astimezone(zone).date()] += int(told)
    return received, answered


def _summed(scope: ReportScope) -> bool:
    """Return whether the sums help: they know places, and neither periods nor owners."""
    return scope.start is None and scope.end is None and has_area_scope(scope.actor)


def _within(statement: Rows, scope: ReportScope) -> Rows:
    """Narrow a statement over cases to those of the scope that the reader may see."""
    return visible(statement, scope.actor).where(*conditions(scope.filters(), scope.today))


def _changed(scope: ReportScope) -> Rows:
    """Count the cases that changed since, as they stand."""
    cases = _within(contribution_query(), scope).where(Case.id.in_(select(Untallied.case_id))).subquery().c
    return select(cases.village_id, cases.category, *_today(cases, scope.today).values())


def _in_sums(scope: ReportScope) -> Iterator[Rows]:
    """Yield the sums, what has come due since each case was counted, and what is taken off."""
    places = _villages(scope)
    yield select(Tally.village_id, Tally.category, *(getattr(Tally, name) for name in COUNTS)).where(
        Tally.village_id.in_(places)
    )
    rows = TalliedCase.__table__.c
    key, now = (rows.village_id, rows.category), _today(rows, scope.today)
    due = or_(rows.late_after < scope.today, rows.judged_after < scope.today)
    yield select(*key, *(now[name] - rows[name] for name in COUNTS)).where(due, rows.village_id.in_(places))
    yield select(*key, *(-now[name] for name in COUNTS)).where(*_counted_apart(scope))


def _in_rows(scope: ReportScope) -> Iterator[Rows]:
    """Add up what the cases of the scope count for that have not changed since."""
    rows = TalliedCase.__table__.c
    now = _today(rows, scope.today)
    yield (
        select(rows.village_id, rows.category, *(func.sum(now[name]) for name in COUNTS))
        .where(*_unchanged(scope))
        .group_by(rows.village_id, rows.category)
    )


def _changed_days(scope: ReportScope) -> Rows:
    told = case((Case.answered_at.is_not(None), 1), else_=0)
    statement = select(Case.received_on, Case.answered_at, case((counted(), 1)), told)
    return _within(statement, scope).where(counted(), Case.id.in_(select(Untallied.case_id)))


def _days_in_sums(scope: ReportScope) -> Iterator[Rows]:
    yield (
        select(DailyTally.day, NO_MOMENT, func.sum(DailyTally.received), func.sum(DailyTally.answered))
        .where(DailyTally.village_id.in_(_villages(scope)))
        .group_by(DailyTally.day)
    )
    rows = TalliedCase.__table__.c
    apart = _counted_apart(scope)
    yield select(rows.received_on, NO_MOMENT, -rows.received, 0 * rows.received).where(*apart)
    yield select(rows.answered_on, NO_MOMENT, 0 * rows.received, -rows.answered).where(
        rows.answered_on.is_not(None), *apart
    )


def _days_in_rows(scope: ReportScope) -> Iterator[Rows]:
    rows = TalliedCase.__table__.c
    same = _unchanged(scope)
    none = 0 * func.count()
    yield (
        select(rows.received_on, NO_MOMENT, func.sum(rows.received), none)
        .where(*same)
        .group_by(rows.received_on)
    )
    yield (
        select(rows.answered_on, NO_MOMENT, none, func.sum(rows.answered))
        .where(rows.answered_on.is_not(None), *same)
        .group_by(rows.answered_on)
    )


def _villages(scope: ReportScope) -> Select[int]:
    """Return the places of the scope that lie within the reader's authority."""
    places = policy.within_areas(select(Area.id), scope.actor, Area.path)
    if scope.area is None:
        return places
    top = select(Area.path).where(Area.code == scope.area).scalar_subquery()
    return places.where(policy.below(Area.path, top))


def _counted_apart(scope: ReportScope) -> list[ColumnElement[bool]]:
    """Keep the rows of the scope's places that the sums hold and that must not count as they do."""
    apart = union(select(Untallied.case_id), hidden_from(scope.actor))
    return [TalliedCase.case_id.in_(apart), TalliedCase.village_id.in_(_villages(scope))]


def _unchanged(scope: ReportScope) -> list[ColumnElement[bool]]:
    """Keep the rows of the scope's cases that have not changed since."""
    return [
        TalliedCase.case_id.in_(_within(select(Case.id), scope)),
        TalliedCase.case_id.not_in(select(Untallied.case_id)),
    ]


def _today(columns: Any, today: date) -> dict[str, ColumnElement[int]]:
    """Return what a row counts for on a day, of which its own dates say more than the row does."""
    counts = {name: columns[name] for name in COUNTS}
    counts["overdue"] = case((columns.late_after < today, 1), else_=columns.overdue)
    counts["under_way"] = case((columns.late_after < today, 0), else_=columns.under_way)
    counts["judged"] = case((columns.judged_after < today, 1), else_=columns.judged)
    return {name: count.label(name) for name, count in counts.items()}
