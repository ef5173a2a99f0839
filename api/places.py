"""Check the codes that queries name: one that does not exist and one out of reach are refused alike."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import literal, or_, select

from accounts import policy
from accounts.models import Area, Unit
from api.call import Call
from core.errors import Invalid

PAGING = ("limit", "cursor")


def paging(query: dict[str, Any]) -> dict[str, Any]:
    """Take out of a query what says where the list goes on."""
    return {name: query.pop(name) for name in PAGING if name in query}


def checked(call: Call, filters: Mapping[str, Any]) -> dict[str, Any]:
    """Give the filters with the village as its row, as `cases.filters` takes it.

    Raises Invalid for a state, category, village or unit that the caller cannot know.
    """
    area = area_known_to(call, filters["village"]) if "village" in filters else None
    wrong = {
        "state": filters.get("state") not in (None, *call.rules.definition.states),
        "category": filters.get("category") not in (None, *call.rules.categories),
        "village": "village" in filters and area is None,
        "owner": "owner" in filters and not knows_unit(call, filters["owner"]),
    }
    errors = {name: ["not_a_choice"] for name, is_wrong in wrong.items() if is_wrong}
    if errors:
        raise Invalid(errors)
    return {**filters, **({"village": area} if area is not None else {})}


def area_known_to(call: Call, code: str) -> Area | None:
    """Give the area with this code if it lies within the caller's own."""
    found = policy.within_areas(select(Area), call.actor, Area.path).where(Area.code == code)
    return call.session.scalars(found).first()


def knows_unit(call: Call, code: str) -> bool:
    """Tell whether a unit works within the caller's area or covers it."""
    own = call.actor.area_path
    covers = policy.below(literal(own), Area.path)
    found = (
        select(Unit.id)
        .join(Area, Area.id == Unit.area_id)
        .where(Unit.code == code, or_(policy.below(Area.path, own), covers))
    )
    return call.session.scalars(found).first() is not None
