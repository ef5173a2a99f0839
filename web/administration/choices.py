"""Give the areas and units that a form of administration lets somebody choose from."""

from collections.abc import Collection

from accounts.registers import area_list, unit_list
from web.forms.controls import Choice
from web.framework.request_context import PageRequest


def list_areas(page_request: PageRequest, levels: Collection[str], *, but: str = "") -> list[Choice]:
    """Return the areas of these levels that are in force within the person's reach, from the top down."""
    found = area_list.list_current_areas(
        page_request.session, actor=page_request.actor, levels=levels, but=but
    )
    return [
        Choice(one.code, f"{one.name}（{page_request.called('level', one.level)} {one.code}）")
        for one in found
    ]


def list_units(
    page_request: PageRequest, *, but: str = "", also: tuple[str, str] | None = None
) -> list[Choice]:
    """Return the active units within the person's reach by place, and one more that is chosen already."""
    units = unit_list.list_active_units(page_request.session, actor=page_request.actor, but=but)
    found = [Choice(one.code, one.name) for one in units]
    if also is not None and all(choice.value != also[0] for choice in found):
        found.append(Choice(*also))
    return found
