"""Give the areas and units that a form of administration lets somebody choose from."""

from collections.abc import Collection

from sqlalchemy import select

from accounts.access import policy
from accounts.models import Area, Unit
from web.forms.controls import Choice
from web.framework.request_context import PageRequest


def list_areas(page_request: PageRequest, levels: Collection[str], *, but: str = "") -> list[Choice]:
    """Return the areas of these levels that are in force within the person's reach, from the top down."""
    rows = page_request.session.execute(
        policy.within_areas(select(Area.code, Area.name, Area.level), page_request.actor, Area.path)
        .where(Area.level.in_(levels), Area.valid_until.is_(None), Area.code != but)
        .order_by(Area.path)
    )
    return [
        Choice(code, f"{name}（{page_request.called('level', level)} {code}）") for code, name, level in rows
    ]


def list_units(
    page_request: PageRequest, *, but: str = "", also: tuple[str, str] | None = None
) -> list[Choice]:
    """Return the active units within the person's reach by place, and one more that is chosen already."""
    rows = page_request.session.execute(
        policy.within_areas(select(Unit.code, Unit.name), page_request.actor, Area.path)
        .join(Area, Area.id == Unit.area_id)
        .where(Unit.active, Unit.code != but)
        .order_by(Area.path, Unit.code)
    )
    found = [Choice(code, name) for code, name in rows]
    if also is not None and all(choice.value != also[0] for choice in found):
        found.append(Choice(*also))
    return found
