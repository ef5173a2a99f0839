"""事项: the list of cases with its filters, the page of one case, and every step and act on it."""

from collections.abc import Sequence
from typing import Any

from flask import Response, redirect, request, url_for
from sqlalchemy import literal, select

from accounts.access.permissions import Permission
from cases.access.visibility import number_of, visible
from cases.lifecycle import take_step
from cases.lifecycle.context import Work
from cases.models.case import Case
from cases.queries.case_list import list_cases
from cases.queries.filters import conditions
from core.i18n import mark as _
from core.paging import COUNTED, LIMIT
from web.cases import list_filters
from web.cases.detail import case_page
from web.cases.list_filters import Filters
from web.cases.receipt_slips import slips
from web.cases.rows import case_rows
from web.cases.worklist import head_of, own_day
from web.forms.choices import units_of, villages_of
from web.forms.controls import decoded, version_of
from web.forms.reply_templates import require_filled
from web.framework import uploads
from web.framework.blueprint import Form, PageBlueprint, Typed, whoever
from web.framework.rendering import own_path, page
from web.framework.request_context import PageRequest
from workflow.definition.vocabulary import CaseState
from wsgi.schemas.action_schemas import fields_of, load_values

cases = PageBlueprint("cases", __name__)
READERS = whoever(Permission.CASES_READ)
ACTORS = whoever(Permission.CASES_ACT)
#: What keeps open cases alone when it is asked for.
OPEN_ALONE = ("overdue", "open", "due_before")
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
    number = _count(page_request, asked)
    units = units_of(page_request)
    return page(
        "cases/list.html",
        title=_title(page_request, asked, number),
        asked=asked,
        rows=case_rows(page_request, found.items),
        next=found.next,
        quick=[(page_request.translate(words), given, _is_chosen(asked, given)) for words, given in QUICK],
        villages=villages_of(page_request),
        categories=list(page_request.rules.categories),
        states=list(page_request.rules.definition.states),
        may_register=page_request.may(Permission.CASES_REGISTER),
        owners=units,
        units=units if page_request.actor.roles & page_request.rules.definition.steps["assign"].roles else [],
    )


@cases.get("/cases/<number:number>", enter=READERS)
def show(page_request: PageRequest, number: str) -> Response:
    """Show one case: who has it and until when, what happened, and what the person may do."""
    return shown(page_request, Typed(), number)


def shown(page_request: PageRequest, typed: Typed, number: str) -> Response:
    """Show one case, with what was typed and not taken."""
    found = case_page(page_request, number, typed)
    return page("cases/case.html", found=found, typed=typed, back=_back())


@cases.post("/cases/<number:number>/actions", enter=ACTORS, again=shown)
def act(page_request: PageRequest, form: Form, number: str) -> Response:
    """Take a step or act; the version that the form was made from must still be the present one."""
    work = take_step.load_for_action(
        page_request.session,
        actor=page_request.actor,
        rules=page_request.rules,
        number=number,
        now=page_request.now,
    )
    action = form.get("action", "")
    version: int | None = version_of(form)
    if action == "attach":
        files = uploads.store_files(page_request)
        values = load_values(work.definition, action, {"attachments": files} if files else {})
    else:
        values = _values(page_request, work, action, form)
        if uploads.attach_files(page_request, work, version):
            version = None  # it was the present one, and the photos have raised it
    take_step.apply_action(work, action, values, version)
    return _after(page_request, work, action, form)


def _values(page_request: PageRequest, work: Work, action: str, form: Form) -> dict[str, Any]:
    """Give the fields of an action as the definition types them; raise Invalid for anything else."""
    fields = fields_of(work.definition, action)
    given = decoded(fields, form, page_request.rules.zone)
    for field in fields:
        if field["type"] == "boolean" and field["required"]:
            given.setdefault(field["name"], False)  # a box without a tick sends nothing
    values = load_values(work.definition, action, given)
    require_filled(values)
    return values


def _after(page_request: PageRequest, work: Work, action: str, form: Form) -> Response:
    """Say what is now true: the new slip, the number, the row in the list, or the page of the case again."""
    number = work.case.number
    if work.codes:
        return page(
            "cases/slip.html", slips=slips(page_request, work, work.codes), number=number, registered=False
        )
    if work.revealed:
        return page("cases/revealed.html", number=number, phones=list(work.revealed.values()))
    back = own_path(form.get("back", ""))
    if back and "HX-Request" in request.headers:
        return _row(page_request, number, back, choosable=form.get("choosable") == "yes")
    address = back or url_for("cases.show", number=number)
    joint = "&" if "?" in address else "?"
    return redirect(f"{address}{joint}done={action}&number={number}", code=303)  # type: ignore[return-value]


def _row(page_request: PageRequest, number: str, back: str, *, choosable: bool) -> Response:
    """Give the row of a case as it stands now, for the list to put in its place, with what stands over it."""
    found = list_cases(
        page_request.session,
        actor=page_request.actor,
        rules=page_request.rules,
        filters={},
        now=page_request.now,
        where=[Case.number == number],
        limit=1,
    )
    work = head_of(page_request, back) if choosable else None
    return page(
        "cases/row.html",
        rows=case_rows(page_request, found.items, own_day if work is not None else None),
        back=back,
        choosable=choosable,
        work=work,
    )


def _title(page_request: PageRequest, asked: Filters, number: int) -> str:
    parts = [*asked.words.values()] or [page_request.translate(_("所有事项"))]
    count = (
        page_request.say(_("{n} 件"), n=number)
        if number <= COUNTED
        else page_request.say(_("{n} 件以上"), n=COUNTED)
    )
    return f"{page_request.translate(_('，')).join(parts)} {count}"


def _count(page_request: PageRequest, asked: Filters) -> int:
    """Count what the filters keep, one more than is told at most."""
    some = (
        visible(select(literal(1)), page_request.actor)
        .select_from(Case)
        .where(*conditions(asked.query, page_request.today))
    )
    if any(asked.query.get(name) for name in OPEN_ALONE):
        # Those that are open are found by their dates, which no other case has, the latest ones first.
        some = some.where(Case.due_on.is_not(None)).order_by(Case.due_on)
    return page_request.session.scalars(number_of(some, COUNTED + 1)).one()


def _is_chosen(asked: Filters, given: dict[str, str]) -> bool:
    names = {"answered", "open", "overdue", "state"}
    present = {name: value for name, value in request.args.items() if name in names and value}
    return present == given


def _back() -> str:
    """Give the list that somebody came from."""
    given = own_path(request.args.get("back", "") or request.form.get("back", ""))
    return given or url_for("cases.index")
