"""Take any step or act of the life cycle on a case, by its name."""

from typing import Any

from flask import Response, request

from accounts.access.permissions import Permission
from api.case_responses import case_or_receipt, case_response
from api.framework.blueprint import ETAG, IF_MATCH, ApiBlueprint
from api.framework.limits import spend
from api.framework.request_context import RequestContext
from api.schemas.case_schemas import CASE_OR_RECEIPT
from cases.lifecycle import take_step
from wsgi.rate_limits import COSTLY_ACTIONS
from wsgi.schemas.action_schemas import load_values
from wsgi.schemas.request_schemas import AnyAction

actions = ApiBlueprint("actions", __name__, description="Steps and acts of the life cycle")
NO_VERSION = 0


@actions.post(
    "/cases/<number:number>/actions",
    permission=Permission.CASES_ACT,
    body=AnyAction,
    response=CASE_OR_RECEIPT,
    status=200,
    headers=ETAG,
    parameters=[IF_MATCH],
    errors=(404, 412),
)
def act(call: RequestContext, body: dict[str, Any], number: str) -> Response:
    """Take a step or act and give the case as it stands after it.

    The case's `actions` say which are open and which fields each takes. `join` and `reissue_receipt` answer
    with the new receipt code, `reveal` with the whole number, each in that one answer alone.
    """
    context = take_step.load_for_action(
        call.session, actor=call.actor, rules=call.rules, number=number, now=call.now
    )
    action = body.pop("action")
    values = load_values(context.definition, action, body)
    if action in COSTLY_ACTIONS:
        spend(call, COSTLY_ACTIONS[action])
    result = take_step.apply_action(context, action, values, expected_version())
    view = case_or_receipt(call, result.case, result)
    for person in view["complainants"]:
        if person["id"] in result.revealed:
            person["phone"] = result.revealed[person["id"]]
    return case_response(view)


def expected_version() -> int | None:
    """Return the version that the caller has seen, by If-Match; None when it is not said.

    A tag that is not the number of a version matches none: there is no version 0.
    """
    if "If-Match" not in request.headers:
        return None
    tags = request.if_match
    if tags.star_tag:
        return None
    given = tags.as_set()
    tag = given.pop() if len(given) == 1 else ""
    return int(tag) if tag.isascii() and tag.isdigit() and len(tag) < 10 else NO_VERSION
