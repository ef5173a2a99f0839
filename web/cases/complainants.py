"""The complainants that a rate counts, without any identity: what a number of 满意率 opens."""

from flask import Response, request

from accounts.access.permissions import Permission
from cases.queries.complainant_list import count_complainants, list_complainants
from cases.queries.filter_values import validate
from core.i18n import mark as _
from core.paging import COUNTED, LIMIT
from web.cases.list_filters import in_words
from web.framework.blueprint import PageBlueprint, requires
from web.framework.rendering import page
from web.framework.request_context import PageRequest
from wsgi.schemas.external import external_forms
from wsgi.schemas.request_schemas import ComplainantList
from wsgi.schemas.validation_errors import load_strictly

complainants = PageBlueprint("complainants", __name__)
SHAPE = ComplainantList()


@complainants.get("/complainants", enter=requires(Permission.CASES_READ))
def index(page_request: PageRequest) -> Response:
    """List complainants of the cases within the person's scope; the sentence of the filters is the title."""
    given = load_strictly(SHAPE, {name: value for name, value in request.args.items() if value})
    cursor, _limit = given.pop("cursor", None), given.pop("limit")
    query = validate(page_request.session, actor=page_request.actor, rules=page_request.rules, filters=given)
    found = list_complainants(
        page_request.session,
        actor=page_request.actor,
        rules=page_request.rules,
        filters=query,
        now=page_request.now,
        limit=LIMIT,
        cursor=cursor,
    )
    words = in_words(page_request, given, query)
    number = count_complainants(
        page_request.session,
        actor=page_request.actor,
        filters=query,
        today=page_request.today,
        most=COUNTED + 1,
    )
    if number <= COUNTED:
        people = page_request.say(_("{term.complainant} {n} 位"), n=number)
    else:
        people = page_request.say(_("{term.complainant} {n} 位以上"), n=COUNTED)
    title = page_request.translate(_("，")).join([*words.values(), people])
    return page(
        "cases/complainants.html", title=title, people=found.items, next=external_forms().seal(found.next)
    )
