"""Count what 总览 shows of an area and a period: totals, villages, categories, people and replies over time.

Every figure is a rate of `reports.rate_definitions` or one of those here, so that each opens its list.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import Area
from reports.counting import Figure, ReportScope
from reports.rate_definitions import BY_CODE, Rate
from reports.tally_queries import by_day, by_village_and_category

#: All that rates count; numerator and denominator are the same.
RECEIVED = Rate("received")
WAITING = Rate("waiting", met={"answered": False})
#: With what is resolved, the three parts that everything received falls into, each case into one.
UNDER_WAY = Rate("under_way", of={"open": True}, met={"resolved": False, "overdue": False})
LATE = Rate("late", of={"open": True}, met={"resolved": False, "overdue": True})
DECLINED = Rate("declined", met={"open": False, "resolved": False})
SHOWN: Mapping[str, Rate] = {
    **{code: BY_CODE[code] for code in ("answered", "on_time", "resolved", "satisfied", "overdue")},
    **{rate.code: rate for rate in (RECEIVED, WAITING, UNDER_WAY, LATE, DECLINED)},
}
#: Last outcomes of what is answered; together they are all of it.
OUTCOMES: Mapping[str, Rate] = {code: rate for code, rate in BY_CODE.items() if code.startswith("outcomes.")}
#: Which of the counts in advance are the numerator and the denominator of each.
MADE_OF: Mapping[str, tuple[str, str]] = {
    "answered": ("answered", "received"),
    "on_time": ("on_time", "judged"),
    "resolved": ("resolved", "received"),
    "overdue": ("overdue", "taken_up"),
    "received": ("received", "received"),
    "waiting": ("waiting", "received"),
    "under_way": ("under_way", "open"),
    "late": ("late", "open"),
    "declined": ("declined", "received"),
    "satisfied": ("content", "rated"),
    **{code: (code.replace("outcomes.", "outcome_"), "answered") for code in OUTCOMES},
}
#: The chart has so many points at most, however long the time is that it shows.
POINTS = 12

Figures = Mapping[str, Figure]


@dataclass(frozen=True)
class FigureLine:
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

    scope: ReportScope
    total: Figures
    villages: list[FigureLine]
    categories: list[FigureLine]
    points: list[Point]


def build_overview(session: Session, *, scope: ReportScope, zone: ZoneInfo | None) -> Overview:
    """Count everything; three statements, however many cases, villages and categories there are.

    `zone` says when the days of the chart end; without it there are no points, and one statement less.
    """
    cells = by_village_and_category(session, scope)
    named = session.execute(select(Area.id, Area.code, Area.name).order_by(Area.path))
    places = {key: (code, name) for key, code, name in named}
    return Overview(
        scope=scope,
        total=_figures(cells.values()),
        villages=[
            FigureLine(
                *places[key], _figures(counts for (village, _), counts in cells.items() if village == key)
            )
            for key in places
            if any(village == key for village, _ in cells)
        ],
        categories=_by_category(cells),
        points=_points(session, scope, zone) if zone is not None else [],
    )


def _by_category(cells: Mapping[tuple[int, str], Counter[str]]) -> list[FigureLine]:
    codes = {category for _, category in cells}
    lines = [
        FigureLine(
            code, code, _figures(counts for (_, category), counts in cells.items() if category == code)
        )
        for code in codes
    ]
    return sorted(lines, key=lambda line: (-line.figures["received"].numerator, line.code))


def _figures(cells: Iterable[Counter[str]]) -> Figures:
    """Make figures of what is counted; where nothing was, all of them are nought."""
    sums: Counter[str] = Counter()
    for counts in cells:
        sums.update(counts)
    sums["waiting"] = sums["received"] - sums["answered"]
    sums["late"] = sums["at_work"] - sums["under_way"]
    sums["declined"] = sums["received"] - sums["resolved"] - sums["at_work"]
    return {code: Figure(sums[met], sums[of]) for code, (met, of) in MADE_OF.items()}


def _points(session: Session, scope: ReportScope, zone: ZoneInfo) -> list[Point]:
    """Return the two lines of 声与回音 from the day of the first matter until today."""
    received, answered = by_day(session, scope, zone)
    begun = [day for day, number in received.items() if number]
    return [
        Point(day, *(sum(of for one, of in line.items() if one <= day) for line in (received, answered)))
        for day in (_days(min(begun), scope.today) if begun else [])
    ]


def _days(first: date, last: date) -> list[date]:
    """Choose days from the first to the last, both included, as evenly as whole days allow."""
    span = max((last - first).days, 0)
    steps = min(span, POINTS - 1)
    return (
        [first + timedelta(days=round(span * step / steps)) for step in range(steps + 1)]
        if steps
        else [first]
    )
