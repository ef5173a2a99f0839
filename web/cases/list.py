"""事项: the list of cases with its filters."""

from collections.abc import Sequence

from flask import Response, request

from accounts.access.permissions import Permission
from cases.queries.case_list import count_cases, list_cases
from core.i18n import mark as _
from core.paging import COUNTED, LIMIT
from web.cases import list_filters
from web.cases.list_filters import Filters
from web.cases.rows import case_rows
from web.forms.choices import units_of, villages_of
from web.framework.blueprint import PageBlueprint, requires
from web.framework.rendering import page
from web.framework.request_context import PageRequest
from workflow.definition.vocabulary import CaseState
from wsgi.schemas.external import external_forms

cases = PageBlueprint("cases", __name__)
READERS = requires(Permission.CASES_READ)
QUICK: Sequence[tuple[str, dict[str, str]]] = (
    (_("全部"), {}),
    (_("还在等"), {"answered": "false", "open": "true"}),
    (_("超期"), {"overdue": "true"}),
    (_("待回访"), {"state": CaseState.RESOLVED.value}),
    (_("已归档"), {"state": CaseState.CLOSED.value}),
)


@cases.get("/cases", enter=READERS)
def index(page_request: PageRequest) -> Response:
    """List the cases within the person's scope; the sentence of the filters is the title."""
    asked = list_filters.read(page_request, request.args)
    found = list_cases(
        page_request.session,
        actor=page_request.actor,
        rules=page_request.rules,
        filters=asked.query,
        now=page_request.now,
        sort=asked.sort,
        limit=LIMIT,
        cursor=asked.cursor,
    )
    number = count_cases(
        page_request.session,
        actor=page_request.actor,
        filters=asked.query,
        today=page_request.today,
        most=COUNTED + 1,
    )
    units = units_of(page_request)
    return page(
        "cases/list.html",
        title=_title(page_request, asked, number),
        asked=asked,
        rows=case_rows(page_request, found.items),
        next=external_forms().seal(found.next),
        quick=[(page_request.translate(words), given, _is_active(asked, given)) for words, given in QUICK],
        villages=villages_of(page_request),
        categories=list(page_request.rules.categories),
        states=list(page_request.rules.definition.states),
        may_register=page_request.may(Permission.CASES_REGISTER),
        owners=units,
        units=units if page_request.actor.roles & page_request.rules.definition.steps["assign"].roles else [],
    )


def _title(page_request: PageRequest, asked: Filters, number: int) -> str:
    parts = [*asked.words.values()] or [page_request.translate(_("所有事项"))]
    count = (
        page_request.say(_("{n} 件"), n=number)
        if number <= COUNTED
        else page_request.say(_("{n} 件以上"), n=COUNTED)
    )
    return f"{page_request.translate(_('，')).join(parts)} {count}"


def _is_active(asked: Filters, given: dict[str, str]) -> bool:
    names = {"answered", "open", "overdue", "state"}
    present = {name: value for name, value in request.args.items() if name in names and value}
    return present == given
