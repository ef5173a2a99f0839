"""Take a step or act on a case, and answer with what is now true: a slip, a number, a row or the page."""

from collections.abc import Iterable, Mapping

from flask import Response, redirect, request, url_for

from accounts.access.permissions import Permission
from cases.lifecycle import take_step
from cases.lifecycle.action_values import ActionValues, with_phone_as_written
from cases.lifecycle.build_values import VALUES
from cases.lifecycle.change import ActionResult
from cases.lifecycle.context import CaseContext
from cases.models.case import Case
from cases.queries.case_list import list_cases
from web.cases.case_page import render_case
from web.cases.receipt_slips import render_slips
from web.cases.rows import case_rows
from web.cases.worklist import header_at, owner_due_on
from web.forms.amendments import amended_value
from web.forms.controls import PHONE_AS_WRITTEN, YES, Field, decode_fields, version_of
from web.forms.reply_templates import require_filled
from web.framework import uploads
from web.framework.blueprint import Form, PageBlueprint, requires
from web.framework.rendering import local_path, page
from web.framework.request_context import PageRequest
from wsgi.schemas.action_schemas import fields_of, load_values

case_actions = PageBlueprint("case_actions", __name__)
ACTORS = requires(Permission.CASES_ACT)
#: The act that is for files alone, and its field.
ATTACH, ATTACHMENTS = "attach", "attachments"


@case_actions.post("/cases/<number:number>/actions", enter=ACTORS, again=render_case)
def act(page_request: PageRequest, form: Form, number: str) -> Response:
    """Take a step or act; the version that the form was made from must still be the present one."""
    context = take_step.load_for_action(
        page_request.session,
        actor=page_request.actor,
        rules=page_request.rules,
        number=number,
        now=page_request.now,
    )
    action = form.get("action", "")
    version: int | None = version_of(form)
    fields = fields_of(context.definition, action)
    kept_in = _files_field(action, fields)
    files = uploads.store_files(page_request) if kept_in else []
    values = _values(page_request, context, action, form, {kept_in: files} if files else {})
    attached = None if kept_in else uploads.attach_files(page_request, context, version)
    if attached is not None:
        context, version = attached, None  # it was the present one, and the photos have raised it
    result = take_step.apply_action(context, action, values, version)
    return _after(page_request, result, action, form)


def _files_field(action: str, fields: Iterable[Field]) -> str:
    """Return the field of an action that keeps the files of its form; most have none, and they come first."""
    if action == ATTACH:
        return ATTACHMENTS
    return next((one["name"] for one in fields if one["type"] == "files"), "")


def _values(
    page_request: PageRequest, context: CaseContext, action: str, form: Form, files: Mapping[str, list[str]]
) -> ActionValues:
    """Return the fields of an action as the definition types them; raise Invalid for anything else."""
    fields = fields_of(context.definition, action)
    given = decode_fields(fields, form, page_request.rules.zone)
    given.update(files)
    if action == "amend" and amended_value(form).strip():
        given["value"] = amended_value(form)
    for field in fields:
        if field["type"] == "boolean" and field["required"]:
            given.setdefault(field["name"], False)  # a box without a tick sends nothing
    values = load_values(context.definition, action, given)
    if action in VALUES:
        require_filled(given)
    return with_phone_as_written(values) if form.get(PHONE_AS_WRITTEN) == YES else values


def _after(page_request: PageRequest, result: ActionResult, action: str, form: Form) -> Response:
    """Say what is now true: the new slip, the number, the row in the list, or the page of the case again."""
    number = result.case.number
    if result.codes:
        return render_slips(page_request, result, registered=False)
    if result.revealed:
        return page("cases/revealed.html", number=number, phones=list(result.revealed.values()))
    back = local_path(form.get("back", ""))
    if back and "HX-Request" in request.headers:
        return _row(page_request, number, back, choosable=form.get("choosable") == "yes")
    address = back or url_for("case.show", number=number)
    joint = "&" if "?" in address else "?"
    return redirect(f"{address}{joint}done={action}&number={number}", code=303)  # type: ignore[return-value]


def _row(page_request: PageRequest, number: str, back: str, *, choosable: bool) -> Response:
    """Return the row of a case as it stands now, for the list to put there, with what stands over it."""
    found = list_cases(
        page_request.session,
        actor=page_request.actor,
        rules=page_request.rules,
        filters={},
        now=page_request.now,
        where=[Case.number == number],
        limit=1,
    )
    header = header_at(page_request, back) if choosable else None
    return page(
        "cases/row.html",
        rows=case_rows(page_request, found.items, owner_due_on if header is not None else None),
        back=back,
        choosable=choosable,
        work=header,
    )
