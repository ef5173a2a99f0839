"""Give the figures, each with the lists that open it."""

from typing import Any

from flask import Response

from accounts.access.permissions import Permission
from api.framework.blueprint import ApiBlueprint
from api.framework.request_context import RequestContext, answer
from api.schemas.response_schemas import Rates
from reports.rates import count_rates as count
from wsgi.concurrency_limit import ConcurrencyLimit
from wsgi.schemas.request_schemas import ReportPeriod

#: Over a million cases it takes half a minute; eight at once would take every place of the process.
COUNTING = ConcurrencyLimit(slots=1, patience=1.0)

rates = ApiBlueprint("rates", __name__, description="Every rate once, with its lists")


@rates.get("/rates", permission=Permission.RATES_READ, query=ReportPeriod, response=Rates)
def index(call: RequestContext, query: dict[str, Any]) -> Response:
    """Count every rate for an area and the days of receipt in a period, both included.

    Without an area it is the caller's own scope; an area outside it is answered like an unknown one. Whoever
    comes while somebody else's are counted waits a moment and is told to come back.
    """
    with COUNTING.slot("already_counting"):
        found = count(
            call.session,
            actor=call.actor,
            rules=call.rules,
            area=query.get("area"),
            start=query.get("from_"),
            end=query.get("to"),
            now=call.now,
        )
    return answer(found)
