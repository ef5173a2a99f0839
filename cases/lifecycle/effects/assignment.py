"""Assign a case to a unit, which accepts it, returns it or sees it reassigned."""

from typing import Any

from accounts.models import Unit
from cases.lifecycle import clocks
from cases.lifecycle.conflict_of_interest import find_unit, name_parties
from cases.lifecycle.context import Work
from core.errors import Conflict, Forbidden, Invalid
from workflow.guards import RETURNS_A_ROUND

RETURN_WINDOW = 2  # working days in which a unit may give a case back (domain.md section 2, `return`)
MAY_BIND = frozenset({"coordinator"})


def assign(work: Work, values: dict[str, Any]) -> None:
    """Give the case to a unit that is active, covers the village and is not named in the matter."""
    name_parties(work, units=values.get("named_units") or (), users=values.get("named_users") or ())
    unit = _new_owner(work, values["unit"], state=work.definition.steps["assign"].target)
    binding = bool(values.get("binding"))
    if binding and not work.actor.roles & MAY_BIND:
        raise Forbidden(action="assign", reasons=["binding_by_coordinator_only"])
    if work.round.returns >= RETURNS_A_ROUND and not binding:
        raise _closed(work, "assign", "binding_needed")
    if binding and work.round.returns < RETURNS_A_ROUND:
        raise _closed(work, "assign", "binding_not_due")
    work.own(unit.id)
    work.case.accepted = False
    work.round.binding = binding
    _open_return_window(work)
    work.facts.update(unit=unit.code, binding=binding)


def accept(work: Work, values: dict[str, Any]) -> None:
    """Take note that the owning unit has taken the case on."""
    del values
    work.case.accepted = True
    clocks.stop(work, "accept")
    _open_return_window(work)


def return_case(work: Work, values: dict[str, Any]) -> None:
    """Return a case to the work team with a reason and the unit that ought to have it."""
    proposed = find_unit(work, values["unit"])
    work.facts.update(reason=values["reason"], proposed_unit=proposed.code)
    work.round.returns += 1
    return_to_team(work)


def reassign(work: Work, values: dict[str, Any]) -> None:
    """Give an assigned or escalated case to another unit; it must accept, the handling clock goes on."""
    unit = _new_owner(work, values["unit"], state=work.case.state)
    if unit.id == work.case.owner_id:
        raise Invalid({"unit": ["already_owner"]})
    work.own(unit.id)
    work.case.accepted = False
    clocks.start(work, "accept", clocks.period(work, "accept"))
    _open_return_window(work)
    work.facts.update(unit=unit.code, reason=values["reason"])


def _new_owner(work: Work, code: str, *, state: str) -> Unit:
    unit = find_unit(work, code)
    require_kind(work, unit, state)
    if unit.id not in work.over.units:
        raise Invalid({"unit": ["does_not_cover_village"]})
    if unit.id in work.named_units:
        raise Invalid({"unit": ["named_in_matter"]})
    if unit.id == work.case.reply_owner_id:
        raise Invalid({"unit": ["owes_the_reply"]})
    return unit


def require_kind(work: Work, unit: Unit, state: str) -> None:
    """Refuse a unit of a kind that the definition does not let own cases in this state."""
    if unit.kind not in work.definition.states[state].unit_kinds:
        raise Invalid({"unit": ["kind_cannot_own"]})


def _open_return_window(work: Work) -> None:
    work.round.return_until = work.calendar.add(work.today, RETURN_WINDOW)


def _closed(work: Work, action: str, reason: str) -> Conflict:
    return Conflict(
        "action_not_open",
        action=action,
        reasons=[reason],
        state=work.case.state,
        version=work.case.version,
    )


def return_to_team(work: Work) -> None:
    """Make the receiving work team the owner again, which has a working day to assign anew."""
    work.own(work.case.reply_owner_id)
    work.case.accepted = False
    clocks.lift_suspension(work)
