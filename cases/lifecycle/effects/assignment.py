"""Assign a case to a unit, which accepts it, returns it or sees it reassigned."""

from accounts.register_values import KnownUnit
from cases.history.facts import AssignFacts, NoFacts, ReassignFacts, ReturnFacts
from cases.lifecycle import clocks
from cases.lifecycle.action_values import AssignValues, NoValues, UnitReasonValues
from cases.lifecycle.change import Change
from cases.lifecycle.conflict_of_interest import add_named_units_and_users, find_unit, require_settled
from cases.lifecycle.context import CaseContext
from cases.models.case import Round
from cases.responsibility.covering_units import in_charge
from cases.vocabulary import HANDLED_STATES
from config.vocabulary import UnitKind
from core.errors import Forbidden, Invalid
from workflow.limits import RETURNS_A_ROUND

RETURN_WINDOW = 2  # working days in which a unit may give a case back (domain.md section 2, `return`)
MAY_BIND = frozenset({"coordinator"})
RECEIVING_ABOVE = frozenset({UnitKind.TEAM, UnitKind.TOWNSHIP, UnitKind.LEADING_GROUP})


def assign(context: CaseContext, change: Change, values: AssignValues) -> AssignFacts:
    """Return the case to a unit that is active, covers the village and is not named in the matter."""
    add_named_units_and_users(change, units=values.named_units, users=values.named_users)
    require_settled(change, "assign")
    unit = _new_owner(change.context, values.unit, state=context.definition.steps["assign"].target)
    if values.binding and not context.actor.roles & MAY_BIND:
        raise Forbidden(action="assign", reasons=["binding_by_coordinator_only"])
    due = third_assignment_due(change.round)
    if due and not values.binding:
        raise context.not_open("assign", "binding_needed")
    if values.binding and not due:
        raise context.not_open("assign", "binding_not_due")
    _give_to(change, unit, accepted=False)
    change.round.binding = values.binding
    return AssignFacts(unit=unit.code, binding=values.binding)


def third_assignment_due(present: Round) -> bool:
    """Return whether so many returns have passed that a coordinator has to make the assignment binding."""
    return present.returns >= RETURNS_A_ROUND


def accept(context: CaseContext, change: Change, values: NoValues) -> NoFacts:
    """Take note that the owning unit has taken the case on."""
    del context, values
    change.case.accepted = True
    clocks.stop(change, "accept")
    _open_return_window(change)
    return NoFacts()


def return_case(context: CaseContext, change: Change, values: UnitReasonValues) -> ReturnFacts:
    """Return a case to the work team with a reason and the unit that ought to have it."""
    proposed = find_unit(context, values.unit)
    if proposed.id == context.case.owner_id:
        raise Invalid({"unit": ["own_unit"]})
    change.round.returns += 1
    return_to_team(change)
    return ReturnFacts(reason=values.reason, proposed_unit=proposed.code)


def reassign(context: CaseContext, change: Change, values: UnitReasonValues) -> ReassignFacts:
    """Return an assigned or escalated case to another unit; it must accept, the handling clock goes on."""
    require_settled(change, "reassign")
    unit = _new_owner(context, values.unit, state=context.case.state)
    if unit.id == context.case.owner_id:
        raise Invalid({"unit": ["already_owner"]})
    _give_to(change, unit, accepted=False)
    clocks.start(change, "accept", clocks.period(context, "accept"))
    return ReassignFacts(reason=values.reason, unit=unit.code)


def hand_over(
    change: Change, code: str, *, action: str, state: str, field_name: str, must_accept: bool
) -> KnownUnit:
    """Give the case to a unit by its code for a state; give the unit.

    It must accept where an accepting clock begins with the step, else it has accepted. Raises Invalid under
    `field_name` for a unit that may not own the case there, Conflict while a name in the matter is open.
    """
    require_settled(change, action)
    unit = _new_owner(change.context, code, state=state, field_name=field_name)
    if unit.id == change.case.owner_id and change.case.stage in HANDLED_STATES:
        raise Invalid({field_name: ["already_owner"]})
    _give_to(change, unit, accepted=not must_accept)
    return unit


def _give_to(change: Change, unit: KnownUnit, *, accepted: bool) -> None:
    change.set_owner(unit.id)
    hand_on_reply_duty(change)
    change.case.accepted = accepted
    _open_return_window(change)


def require_kind(context: CaseContext, unit: KnownUnit, state: str, field_name: str = "unit") -> None:
    """Refuse a unit of a kind that the definition does not let own cases in this state."""
    if unit.kind not in context.definition.states[state].unit_kinds:
        raise Invalid({field_name: ["kind_cannot_own"]})


def return_to_team(change: Change) -> None:
    """Make the receiving work team the owner again, which has to assign anew."""
    change.set_owner(change.case.reply_owner_id)
    change.case.accepted = False
    clocks.lift_suspension(change)


def hand_on_reply_duty(change: Change) -> None:
    """Move the reply duty up when the owner owes the replies as well (domain.md section 2).

    Whoever handles a matter does not also answer for it. Where there is no receiving unit above the duty
    stays, and the return visit is paid by somebody of another unit.
    """
    case = change.case
    if not change.before.definition.rules.team_may_handle or case.owner_id != case.reply_owner_id:
        return
    unit = _next_receiver(change.context)
    if unit is None:
        return
    case.reply_owner_id = unit.id
    case.reply_person_id = in_charge(change.context.staff, unit.id)
    change.recorded.reply_owner = unit.code


def _next_receiver(context: CaseContext) -> KnownUnit | None:
    """Find the nearest unit above the owner that could owe the replies; one without people is passed over."""
    return next(
        (
            unit
            for unit in context.superiors
            if unit.kind in RECEIVING_ABOVE
            and unit.active
            and unit.id not in context.named_units
            and context.has_able(unit.id)
        ),
        None,
    )


def _new_owner(context: CaseContext, code: str, *, state: str, field_name: str = "unit") -> KnownUnit:
    unit = find_unit(context, code, field_name)
    require_kind(context, unit, state, field_name)
    if unit.id not in context.covering.units:
        raise Invalid({field_name: ["does_not_cover_village"]})
    if unit.id in context.closed_units:
        raise Invalid({field_name: ["named_in_matter"]})
    if unit.id == context.case.reply_owner_id and not context.definition.rules.team_may_handle:
        raise Invalid({field_name: ["owes_the_reply"]})
    if not context.has_able(unit.id) and not context.moment.imported:
        raise Invalid({field_name: ["unit_without_people"]})
    return unit


def _open_return_window(change: Change) -> None:
    change.round.return_until = change.before.calendar.add(change.before.today, RETURN_WINDOW)
