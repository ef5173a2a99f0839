"""Answer with a case as the caller may see it, or with the receipt when it is out of their sight."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from accounts.access import policy
from accounts.access.permissions import Permission
from api.framework.language import language
from api.framework.request_context import RequestContext, answer
from cases.lifecycle.change import ActionResult
from cases.lifecycle.context import CaseContext
from cases.models.case import Case
from cases.queries import case_detail
from core.errors import NotFound
from workflow.definition.vocabulary import CaseState

#: Of a case as it was registered.
FIRST_VERSION = 1


def load_case_view(call: RequestContext, number: str, context: CaseContext | None = None) -> dict[str, Any]:
    """Load a case as the caller may see it, in their language; `context` is what was just done to it."""
    return case_detail.case_view(
        call.session,
        actor=call.actor,
        rules=call.rules,
        number=number,
        now=call.now,
        language=language(),
        context=context,
    )


def case_response(
    view: dict[str, Any], *, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """Answer with a case; its version is the ETag."""
    response = answer(view, status, headers)
    response.set_etag(str(view["version"]))
    return response


def case_or_receipt(
    call: RequestContext, case: Case, result: ActionResult | None, *, withheld: bool = False
) -> dict[str, Any]:
    """Return the case with the receipt codes that this answer alone carries, or only what the slip says.

    A guest never sees cases, and nobody sees one that names their own unit; either may have just changed it.
    `withheld` says that whoever registered it gets neither number nor code. Without a `result` it was
    registered before: out of sight it is told as it was then, for how it goes on is not theirs to follow.
    """
    codes = result.codes if result is not None else {}
    if policy.permits(call.actor, Permission.CASES_READ):
        try:
            view = load_case_view(call, case.number, result.context if result is not None else None)
        except NotFound:
            pass
        else:
            call.about = case.number
            return add_receipt_codes(view, codes)
    return {
        "number": None if withheld else case.number,
        "state": case.state if result is not None else CaseState.RECEIVED,
        "version": case.version if result is not None else FIRST_VERSION,
        "received_at": case.received_at,
        "complainants": [{"id": person_id, "receipt_code": code} for person_id, code in codes.items()],
    }


def add_receipt_codes(view: dict[str, Any], codes: Mapping[int, str]) -> dict[str, Any]:
    """Put receipt codes beside their complainants."""
    for person in view["complainants"]:
        if person["id"] in codes:
            person["receipt_code"] = codes[person["id"]]
    return view
