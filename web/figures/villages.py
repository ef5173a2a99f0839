"""村情: one village on one page, in the order of 《村情报告》."""

from collections.abc import Mapping
from typing import Any

from flask import Response, redirect, url_for

from accounts.access.permissions import Permission
from accounts.vocabulary import AreaLevel
from cases.queries.case_list import list_cases
from cases.queries.filter_values import find_known_area
from core.errors import NotFound
from reports.counting import ReportScope
from reports.overview import build_overview
from reports.quotations import list_quotations
from roster.households import count_register
from web.cases.rows import case_rows
from web.figures.dashboard import categories_of, outcomes_of, unanswered
from web.figures.linked_figures import linked_figures
from web.forms.choices import villages_of
from web.framework.blueprint import PageBlueprint, requires
from web.framework.rendering import page
from web.framework.request_context import PageRequest
from workflow.definition.vocabulary import Outcome

villages = PageBlueprint("villages", __name__)
READERS = requires(Permission.RATES_READ)
SOLVED = 5


@villages.get("/villages", enter=READERS)
def index(page_request: PageRequest) -> Response:
    """List the villages; whoever has one alone is led to it."""
    found = villages_of(page_request)
    if len(found) == 1:
        return redirect(url_for("villages.show", code=found[0].code), code=303)  # type: ignore[return-value]
    return page("figures/villages.html", villages=found)


@villages.get("/villages/<string(maxlength=40):code>", enter=READERS)
def show(page_request: PageRequest, code: str) -> Response:
    """Show a village; one outside the person's area is answered like an unknown one."""
    area = find_known_area(page_request.session, page_request.actor, code)
    if area is None or area.level != AreaLevel.VILLAGE:
        raise NotFound(village=code)
    scope = ReportScope(page_request.actor, code, None, None, page_request.today)
    found = build_overview(page_request.session, scope=scope, zone=None)
    solved, waiting = _solved(page_request, scope), unanswered(page_request, scope)
    rows = case_rows(page_request, [*solved, *waiting])
    return page(
        "figures/village.html",
        village=area,
        register=count_register(page_request.session, area.id),
        total=linked_figures(found.total, scope),
        outcomes=outcomes_of(page_request, found),
        categories=categories_of(found),
        quotations=list_quotations(
            page_request.session,
            actor=page_request.actor,
            village_id=area.id,
            categories=[line.code for line in found.categories],
        ),
        solved=rows[: len(solved)],
        solved_list=url_for("cases.index", village=code, resolved="true", outcome=Outcome.SOLVED.value),
        waiting=rows[len(solved) :],
    )


def _solved(page_request: PageRequest, scope: ReportScope) -> list[dict[str, Any]]:
    """Return the newest of what is solved now; a matter that was taken up again is not."""
    filters: Mapping[str, object] = {**scope.filters(), "resolved": True, "outcome": Outcome.SOLVED.value}
    return list_cases(
        page_request.session,
        actor=page_request.actor,
        rules=page_request.rules,
        filters=filters,
        now=page_request.now,
        limit=SOLVED,
    ).items
