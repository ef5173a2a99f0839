"""Count what 总览 shows of an area and a period: totals, villages, categories, voices and replies over time.

Every figure is a rate of `reports.definitions` or one of those here, so that each opens its list.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from accounts.models import Area
from cases.filters import answered_before, counted
from cases.models import Case
from reports.counting import Figure, Scope, count_by, source
from reports.definitions import BY_CODE, CASES, Rate

#: All that rates count; numerator and denominator are the same.
RECEIVED = Rate("received")
WAITING = Rate("waiting", met={"answered": False})
UNDER_WAY = Rate("under_way", of={"open": True}, met={"resolved": False, "overdue": False})
COUNTED: Mapping[str, Rate] = {
    **{code: BY_CODE[code] for code in ("answered", "on_time", "resolved", "overdue")},
    **{rate.code: rate for rate in (RECEIVED, WAITING, UNDER_WAY)},
}
SATISFIED = BY_CODE["satisfied"]
SHOWN: Mapping[str, Rate] = {**COUNTED, SATISFIED.code: SATISFIED}
#: The chart has so many points at most, however long the time is that it shows.
POINTS = 12

Figures = Mapping[str, Figure]


@dataclass(frozen=True)
class Line:
    """The figures, by code, of one village or one category."""

    code: str
    name: str
    figures: Figures


@dataclass(frozen=True)
class Point:
    """How many matters had come in by the end of a day, and how many of them were answered by then."""

    day: date
    received: int
    answered: int


@dataclass(frozen=True)
class Overview:
    """What 总览 shows; `categories` come with the most matters first, `points` from the first day on."""

    scope: Scope
    total: Figures
    villages: list[Line]
    categories: list[Line]
    points: list[Point]


def overview(session: Session, *, scope: Scope, zone: ZoneInfo | None) -> Overview:
    """Count everything; five statements, however many cases, villages and categories there are.

    `zone` says when the days of the chart end; without it there are no points, and two statements less.
    """
    both: list[ColumnElement[Any]] = [Case.village_id.expression, Case.category.expression]
    cells = count_by(session, list(COUNTED.values()), scope, by=both)
    ratings = count_by(session, [SATISFIED], scope, by=both)
    for key, figures in ratings.items():
        cells[key] = {**cells.get(key, {}), **figures}
    named = session.execute(select(Area.id, Area.code, Area.name).order_by(Area.path))
    places = {key: (code, name) for key, code, name in named}
    return Overview(
        scope=scope,
        total=_sum(cells.values()),
        villages=[
            Line(*places[key], _sum(figures for (village, _), figures in cells.items() if village == key))
            for key in places
            if any(village == key for village, _ in cells)
        ],
        categories=_by_category(cells),
        points=_points(session, scope, zone) if zone is not None else [],
    )


def _by_category(cells: Mapping[tuple[int, str], Figures]) -> list[Line]:
    codes = {category for _, category in cells}
    lines = [
        Line(code, code, _sum(figures for (_, category), figures in cells.items() if category == code))
        for code in codes
    ]
    return sorted(lines, key=lambda line: (-line.figures["received"].numerator, line.code))


def _sum(cells: Iterable[Figures]) -> Figures:
    """Add up figures; where nothing was counted all of them are nought."""
    met: Counter[str] = Counter()
    of: Counter[str] = Counter()
    for cell in cells:
        for code, figure in cell.items():
            met[code] += figure.numerator
            of[code] += figure.denominator
    return {code: Figure(met[code], of[code]) for code in SHOWN}


def _points(session: Session, scope: Scope, zone: ZoneInfo) -> list[Point]:
    """Give the two lines of 声与回音 from the day of the first matter until today."""
    first = session.scalar(source(select(func.min(Case.received_on)), CASES, scope).where(counted()))
    if first is None:
        return []
    days = _days(first, scope.today)
    columns = []
    for day in days:
        columns.append(func.count().filter(Case.received_on <= day))
        columns.append(func.count().filter(answered_before(_end_of(day, zone))))
    row = session.execute(source(select(*columns), CASES, scope).where(counted())).one()
    return [Point(day, row[2 * index], row[2 * index + 1]) for index, day in enumerate(days)]


def _days(first: date, last: date) -> list[date]:
    """Choose days from the first to the last, both included, as evenly as whole days allow."""
    span = max((last - first).days, 0)
    steps = min(span, POINTS - 1)
    return (
        [first + timedelta(days=round(span * step / steps)) for step in range(steps + 1)]
        if steps
        else [first]
    )


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), zone)
