"""Say which units a step could hand a case to, for a person to choose from; the step itself judges anew."""

from accounts.models import Unit
from cases.lifecycle.context import CaseContext
from config.vocabulary import UnitKind

#: How near to the villagers a unit of each kind is: what is nearer is offered first.
NEARNESS = (
    UnitKind.COMMITTEE,
    UnitKind.TOWNSHIP,
    UnitKind.DEPARTMENT,
    UnitKind.TEAM,
    UnitKind.LEADING_GROUP,
)


def unit_choices(context: CaseContext, action: str) -> list[Unit]:
    """Return the units that `assign`, `reassign`, `return` or `escalate` could name, the usual one first.

    The usual one is of the kind that the category names; a unit that the matter is about, that handles the
    case already or that has nobody who may act on it is none. The receiving team may handle a matter itself.
    """
    if action == "escalate":
        state = context.definition.steps["escalate"].target
        return [
            unit
            for unit in context.higher_units()
            if unit.kind in context.definition.states[state].unit_kinds
        ]
    state = context.case.state if action == "reassign" else context.definition.steps["assign"].target
    kinds = context.definition.states[state].unit_kinds
    besides = {*context.closed_units}
    if action != "assign":
        besides.add(context.case.owner_id or 0)
    if not context.definition.rules.team_may_handle:
        besides.add(context.case.reply_owner_id)
    found = [
        unit
        for unit in context.covering.units.values()
        if unit.active and unit.kind in kinds and unit.id not in besides and context.has_able(unit.id)
    ]
    category = context.rules.categories.get(context.case.category)
    usual = category.owner if category else ""
    return sorted(
        found, key=lambda unit: (unit.kind != usual, NEARNESS.index(UnitKind(unit.kind)), unit.code)
    )
