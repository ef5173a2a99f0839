"""Give the areas and units that somebody may choose from."""

from accounts.registers import area_list, unit_list
from accounts.registers.area_list import ListedArea
from accounts.registers.unit_list import ListedUnit
from web.framework.request_context import PageRequest


def villages_of(page_request: PageRequest) -> list[ListedArea]:
    """Return the villages within the person's area that are in force today."""
    return area_list.list_villages(page_request.session, actor=page_request.actor, today=page_request.today)


def units_of(page_request: PageRequest) -> list[ListedUnit]:
    """Return the units to which the person could assign matters: those within or over the person's area."""
    definition = page_request.rules.definition
    kinds = definition.states[definition.steps["assign"].target].unit_kinds
    return unit_list.list_units_around(page_request.session, actor=page_request.actor, kinds=kinds)
