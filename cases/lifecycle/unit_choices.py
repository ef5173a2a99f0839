"""Say which units a step could hand a case to, for a person to choose from; the step itself judges anew."""

from accounts.models import Unit
from cases.lifecycle.context import Work
from config.vocabulary import UnitKind

#: How near to the villagers a unit of each kind is: what is nearer is offered first.
NEARNESS = (
    UnitKind.COMMITTEE,
    UnitKind.TOWNSHIP,
    UnitKind.DEPARTMENT,
    UnitKind.TEAM,
    UnitKind.LEADING_GROUP,
)


def unit_choices(work: Work, action: str) -> list[Unit]:
    """Give the units that `assign`, `reassign`, `return` or `escalate` could name, the usual one first.

    The usual one is of the kind that the category names; a unit that the matter is about, that owes the reply
    or that has the case already is none.
    """
    if action == "escalate":
        state = work.definition.steps["escalate"].target
        return [unit for unit in work.higher_units() if unit.kind in work.definition.states[state].unit_kinds]
    state = work.case.state if action == "reassign" else work.definition.steps["assign"].target
    kinds = work.definition.states[state].unit_kinds
    besides = {*work.named_units, work.case.reply_owner_id, work.case.owner_id}
    found = [
        unit
        for unit in work.over.units.values()
        if unit.active and unit.kind in kinds and unit.id not in besides
    ]
    category = work.rules.categories.get(work.case.category)
    usual = category.owner if category else ""
    return sorted(
        found, key=lambda unit: (unit.kind != usual, NEARNESS.index(UnitKind(unit.kind)), unit.code)
    )
