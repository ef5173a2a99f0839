"""总览: how the whole stands, as a sentence of which every number opens its list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, request

from accounts.access.permissions import Permission
from accounts.registers.area_list import list_areas
from cases.queries.case_list import list_cases
from core.i18n import mark as _
from reports.counting import ReportScope, scope_of
from reports.overview import OUTCOMES, RECEIVED, SHOWN, WAITING, FigureLine, Overview, build_overview
from reports.rate_table import LABELS
from web.cases.rows import case_rows
from web.figures.chart import chart
from web.figures.linked_figures import LinkedFigure, linked_figures, list_address
from web.framework.blueprint import PageBlueprint, requires
from web.framework.rendering import page, with_query
from web.framework.request_context import PageRequest
from wsgi.schemas.request_schemas import ReportPeriod
from wsgi.schemas.validation_errors import load_strictly

dashboard = PageBlueprint("dashboard", __name__)
READERS = requires(Permission.RATES_READ)
PERIOD = ReportPeriod()
LONGEST_WAITING = 5
#: The columns of the table of villages: what one can sort by, and the words of the head.
COLUMNS: Mapping[str, str] = {
    "received": _("收到"),
    "answered": _("答复"),
    "on_time": _("按时"),
    "resolved": _("办结"),
    "satisfied": _("满意"),
    "overdue": _("超期"),
}
TILES: Mapping[str, str] = {
    "answered": _("答复率"),
    "on_time": _("按时答复率"),
    "resolved": _("办结率"),
    "satisfied": _("满意率"),
    "overdue": _("超期"),
}
#: What the denominators of the tiles are.
OF: Mapping[str, str] = {
    "answered": _("件"),
    "on_time": _("件到期"),
    "resolved": _("件"),
    "satisfied": _("人已评"),
    "overdue": _("件未结"),
}
NUMBERS = frozenset({"received", "overdue"})


@dataclass(frozen=True)
class DashboardRow:
    """A village or category with its figures as they are shown; `rank` where a comparison says something."""

    code: str
    name: str
    figures: Mapping[str, LinkedFigure]
    rank: int | None = None


@dashboard.get("/dashboard", enter=READERS)
def index(page_request: PageRequest) -> Response:
    """Show the figures of an area and a period; without them, of everything within the person's scope."""
    given = {name: request.args[name] for name in ("area", "from", "to") if request.args.get(name)}
    asked = load_strictly(PERIOD, given)
    scope = scope_of(
        page_request.session,
        actor=page_request.actor,
        rules=page_request.rules,
        area=asked.get("area"),
        start=asked.get("from_"),
        end=asked.get("to"),
        now=page_request.now,
    )
    found = build_overview(page_request.session, scope=scope, zone=page_request.rules.zone)
    sort = request.args.get("sort", "on_time")
    sort = sort if sort in COLUMNS else "on_time"
    areas = list_areas(page_request.session, actor=page_request.actor)
    return page(
        "figures/dashboard.html",
        found=found,
        total=linked_figures(found.total, scope),
        outcomes=outcomes_of(page_request, found),
        area=next((area.name for area in areas if area.code == scope.area), ""),
        areas=areas,
        begun=scope.start or (found.points[0].day if found.points else None),
        ended=scope.end or page_request.today,
        tiles=[(code, words, page_request.translate(OF[code])) for code, words in TILES.items()],
        columns=COLUMNS,
        sort=sort,
        sorted_by={**COLUMNS, **TILES}[sort],
        villages=villages_of(found, sort),
        categories=categories_of(found),
        widest=max((line.figures["received"].numerator for line in found.categories), default=1),
        charts=[chart(found.points, end=452, width=600), chart(found.points, end=236, width=358)],
        points=points_of(found),
        waiting=case_rows(page_request, unanswered(page_request, scope)),
        waiting_list=list_address(WAITING, "numerator", scope, sort="due_on"),
        sort_by=lambda code: with_query({"sort": code}),
    )


def villages_of(found: Overview, sort: str) -> list[DashboardRow]:
    """Return the rows of the villages, the best first; the most first where it is a number."""

    def place(line: FigureLine) -> float:
        figure = line.figures[sort]
        return figure.numerator if sort in NUMBERS else -1 if figure.value is None else figure.value

    lines = sorted(found.villages, key=place, reverse=True)
    rows = []
    for index, line in enumerate(lines):
        figures = linked_figures(line.figures, found.scope, village=line.code)
        comparable = sort not in NUMBERS and figures[sort].enough
        rows.append(DashboardRow(line.code, line.name, figures, index + 1 if comparable else None))
    return rows


def categories_of(found: Overview) -> list[DashboardRow]:
    """Return the rows of the categories, with the most matters first."""
    return [
        DashboardRow(line.code, line.code, linked_figures(line.figures, found.scope, category=line.code))
        for line in found.categories
    ]


def outcomes_of(page_request: PageRequest, found: Overview) -> list[tuple[str, LinkedFigure]]:
    """Return what became of all that is answered, each outcome that there is with its words."""
    figures = linked_figures(found.total, found.scope, OUTCOMES)
    return [(_outcome(page_request, code), one) for code, one in figures.items() if one.numerator]


def _outcome(page_request: PageRequest, code: str) -> str:
    """Name an outcome as the life cycle does; what has none has words of its own."""
    outcome = code.removeprefix("outcomes.")
    named = page_request.called("outcome", outcome)
    return page_request.translate(LABELS[code]) if named == outcome else named


def points_of(found: Overview) -> list[tuple[date, int, str, int, str]]:
    """Return the table behind the chart: each day, how many there were, and the lists of exactly those."""
    answered = SHOWN["answered"]
    return [
        (
            point.day,
            point.received,
            list_address(
                RECEIVED, "numerator", found.scope, received_to=_earlier(found.scope.end, point.day)
            ),
            point.answered,
            list_address(answered, "numerator", found.scope, answered_to=point.day),
        )
        for point in found.points
    ]


def unanswered(page_request: PageRequest, scope: ReportScope) -> list[dict[str, Any]]:
    """Return the matters without a reply that are due first."""
    return list_cases(
        page_request.session,
        actor=page_request.actor,
        rules=page_request.rules,
        filters={**scope.filters(), **WAITING.filters("numerator"), "open": True},
        now=page_request.now,
        sort="due_on",
        limit=LONGEST_WAITING,
    ).items


def _earlier(end: date | None, day: date) -> date:
    return day if end is None else min(end, day)
