"""Take matters in, list them, and show one with its history."""

from typing import Any

from flask import Response, url_for

from accounts.access.permissions import Permission
from api.case_responses import case_or_receipt, case_response, load_case_view
from api.framework.blueprint import ETAG, LOCATION, ApiBlueprint
from api.framework.language import translate
from api.framework.parsing import paging
from api.framework.request_context import RequestContext, answer
from api.schemas.case_schemas import CASE_OR_RECEIPT, CaseListPage, CaseShown, EntryPage
from api.schemas.response_schemas import ComplainantPage
from cases.intake.registration import register
from cases.intake.submission import Intake
from cases.queries import case_history, case_list, complainant_list
from cases.queries.filter_values import validate
from core.errors import Conflict
from core.i18n import mark as _
from wsgi.schemas.external import external_id
from wsgi.schemas.request_schemas import CaseList, ComplainantList, NewCase

cases = ApiBlueprint("cases", __name__, description="Matters, from intake to closing")
Filters = dict[str, Any]
SYSTEM_NAME = _("系统")
VILLAGER_NAME = _("{term.complainant}，凭回执码")


@cases.post(
    "/cases",
    permission=Permission.CASES_REGISTER,
    body=NewCase,
    response=CASE_OR_RECEIPT,
    again="the same `client_ref` with the same body: the same case, without receipt codes",
    headers={**ETAG, **LOCATION},
)
def create(call: RequestContext, body: dict[str, Any]) -> Response:
    """Register a matter.

    The same `client_ref` with the same body is answered with 200 and the same case, without receipt codes;
    with another body 409 `client_ref_reused`. Who may not see the case gets what the receipt says, and who
    registers a matter about the own unit neither number nor code: the team issues the slip. A name in
    `named_units` or `named_users` of nobody who is offered is kept as words; team leader and auditor alone
    see the matter until the team leader has settled whom it means.
    """
    made = register(
        call.session, actor=call.actor, rules=call.rules, intake=Intake.from_body(body), now=call.now
    )
    view = case_or_receipt(call, made.case, made.result, withheld=made.withheld)
    if call.about is None and not made.created and made.case.recorded_by_id != call.actor.user_id:
        raise Conflict("client_ref_reused", client_ref=made.case.client_ref)  # somebody else's, out of reach
    place = {} if made.withheld else {"Location": url_for("cases.show", number=made.case.number)}
    return case_response(view, status=201 if made.created else 200, headers=place)


@cases.get("/cases", permission=Permission.CASES_READ, query=CaseList, response=CaseListPage)
def index(call: RequestContext, query: Filters) -> Response:
    """List the cases within the caller's scope."""
    page, sort = paging(query), query.pop("sort")
    found = case_list.list_cases(
        call.session,
        actor=call.actor,
        rules=call.rules,
        filters=validate(call.session, actor=call.actor, rules=call.rules, filters=query),
        now=call.now,
        sort=sort,
        **page,
    )
    return answer({"items": found.items, "next": found.next})


@cases.get(
    "/cases/<number:number>", permission=Permission.CASES_READ, response=CaseShown, headers=ETAG, errors=[404]
)
def show(call: RequestContext, query: Filters, number: str) -> Response:
    """Show a case with every step and act, and for each why it is closed if it is."""
    del query
    return case_response(load_case_view(call, number))


@cases.get(
    "/cases/<number:number>/history", permission=Permission.CASES_READ, response=EntryPage, errors=[404]
)
def history(call: RequestContext, query: Filters, number: str) -> Response:
    """Show the entries of a case in order, each chained to the one before it."""
    del query
    entries = case_history.history_view(
        call.session,
        actor=call.actor,
        keys=call.rules.services.personal_keys,
        number=number,
        system=translate()(SYSTEM_NAME),
        villager=translate()(VILLAGER_NAME),
        definition=call.rules.definition,
        external=external_id,
    )
    return answer({"items": entries, "next": None})


@cases.get("/complainants", permission=Permission.CASES_READ, query=ComplainantList, response=ComplainantPage)
def complainants(call: RequestContext, query: Filters) -> Response:
    """List the complainants of the cases within the caller's scope, without any identity."""
    page = paging(query)
    found = complainant_list.list_complainants(
        call.session,
        actor=call.actor,
        rules=call.rules,
        filters=validate(call.session, actor=call.actor, rules=call.rules, filters=query),
        now=call.now,
        **page,
    )
    return answer({"items": found.items, "next": found.next})
