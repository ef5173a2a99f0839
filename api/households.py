"""Read the register of households."""

import re
from typing import Any

from flask import Response

from accounts.access.permissions import Permission
from api.framework.blueprint import ApiBlueprint
from api.framework.parsing import paging
from api.framework.request_context import RequestContext, answer
from api.schemas.response_schemas import HouseholdPage
from cases.queries.complainant_list import list_confidential_households, raised
from cases.queries.filter_values import validate
from core.errors import Invalid
from roster.households import list_households
from wsgi.schemas.request_schemas import HouseholdList

households = ApiBlueprint("households", __name__, description="The register of households (户册)")
OWN_FILTERS = ("village", "group", "q")
#: The cursor of a page of households without a name: how many of them came before.
UNNAMED_CURSOR = re.compile(r"~[0-9]{1,6}")


@households.get("/households", permission=Permission.CASES_READ, query=HouseholdList, response=HouseholdPage)
def index(call: RequestContext, query: dict[str, Any]) -> Response:
    """List the households within the caller's area, phones masked.

    `village`, `group` and `q`, a part of the head's name or of the key, are those of the household. With
    `raised=true` it is the households that raised something, and the filters of cases and complainants apply
    to what they raised: that is the list behind the rates that count households, open to whoever may see the
    matters. The rest of the register is not a department's to read. A household that the caller may not know
    is listed at the end as somebody without a name (`household: null, confidential: true`), and not at all
    where one looks for a name or a group.
    """
    page, of_matters = paging(query), query.pop("raised", None)
    known = validate(call.session, actor=call.actor, rules=call.rules, filters=query)
    own = {name: query.pop(name) for name in OWN_FILTERS if name in query}
    where = None
    if of_matters:
        matters = {name: known[name] for name in (*query, "village") if name in known}
        own.pop("village", None)
        where = raised(call.actor, matters, call.now.astimezone(call.rules.zone).date())
    elif query:
        raise Invalid({name: ["only_with_raised"] for name in query})
    else:
        matters = {}
    cursor = page.get("cursor") or ""
    unnamed_from = int(cursor[1:]) if UNNAMED_CURSOR.fullmatch(cursor) else None
    items: list[dict[str, Any]] = []
    following: str | None = None
    if unnamed_from is None:
        listed = list_households(call.session, actor=call.actor, where=where, **own, **page)
        items = [{**one, "household": one["key"], "confidential": False} for one in listed.items]
        following = listed.next
    if of_matters and not own and following is None:
        more, following = _unnamed(call, matters, unnamed_from or 0, page["limit"] - len(items))
        items += more
    return answer({"items": items, "next": following})


def _unnamed(
    call: RequestContext, matters: dict[str, Any], start: int, room: int
) -> tuple[list[dict[str, Any]], str | None]:
    """Return the confidential households that follow those with a name, and the cursor of the rest."""
    found = list_confidential_households(
        call.session,
        actor=call.actor,
        filters=matters,
        today=call.now.astimezone(call.rules.zone).date(),
        offset=start,
        limit=room + 1,
    )
    return found[:room], f"~{start + room}" if len(found) > room else None
