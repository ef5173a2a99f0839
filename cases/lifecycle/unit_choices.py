"""Say which units a step could hand a case to, for a person to choose from; the step itself judges anew."""

from accounts.register_values import KnownUnit
from cases.lifecycle.context import CaseContext
from cases.vocabulary import HANDLED_STATES
from config.vocabulary import UnitKind
from workflow.definition.vocabulary import UNIT_KINDS

#: How near to the villagers a unit of each kind is: what is nearer is offered first.
NEARNESS = (
    UnitKind.COMMITTEE,
    UnitKind.TOWNSHIP,
    UnitKind.DEPARTMENT,
    UnitKind.TEAM,
    UnitKind.LEADING_GROUP,
)


#: The actions of the program that name a unit.
OF_THE_PROGRAM = frozenset({"assign", "reassign", "return"})


def unit_choices(context: CaseContext, action: str, field_name: str = "unit") -> list[KnownUnit]:
    """Return the units that an action could name in one of its fields, the usual one first.

    These are `assign`, `reassign`, `return`, `escalate`, and what the county added by itself; there the field
    that hands the case on names units that may own it, every other one units that may know of it.

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
    besides = {*context.closed_units}
    if action in OF_THE_PROGRAM:
        state = context.case.state if action == "reassign" else context.definition.steps["assign"].target
        kinds = context.definition.states[state].unit_kinds
        if action != "assign":
            besides.add(context.case.owner_id or 0)
    else:
        step = context.definition.steps.get(action)
        hands_on = step is not None and step.hands_to == field_name
        if hands_on and context.case.stage in HANDLED_STATES:
            besides.add(context.case.owner_id or 0)
        kinds = context.definition.states[step.target].unit_kinds if step and hands_on else UNIT_KINDS
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
