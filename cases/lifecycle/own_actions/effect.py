"""Do what a step or act of the county's own does: hand the case on, keep what is entered, move the state.

The state itself and the clocks move as the definition says, like those of every step (`commit_change`).
"""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET

from cases.history.own_facts import OwnFacts
from cases.lifecycle.action_values import OwnValues
from cases.lifecycle.change import Change
from cases.lifecycle.context import CaseContext
from cases.lifecycle.effects.assignment import hand_over, return_to_team
from cases.lifecycle.own_actions.entered import read_entered
from workflow.definition.model import Act, Step
from workflow.definition.vocabulary import CaseState

HANDED_BACK = CaseState.RECEIVED


def take_own_action(context: CaseContext, change: Change, action: Act, values: OwnValues) -> OwnFacts:
    """Take an action of the county's own; raises Invalid by field, and what handing a case over raises."""
    kept = read_entered(change, action, values.given)
    unit = _move_owner(context, change, action, values) if isinstance(action, Step) else None
    entered: Mapping[str, Any] = kept
    return OwnFacts(unit=unit or UNSET, **entered)


def _move_owner(context: CaseContext, change: Change, step: Step, values: OwnValues) -> str | None:
    """Let the unit own the case that the step names, or the receiving one; give the code of one it names."""
    target = context.definition.states[step.target]
    if step.hands_to:
        starts_accepting = step.clocks.get("accept") == "start"
        unit = hand_over(
            change,
            values.given[step.hands_to],
            action=step.name,
            state=target.code,
            field_name=step.hands_to,
            must_accept=starts_accepting,
        )
        return unit.code
    if target.stage != HANDED_BACK and "accept" in step.clocks:
        change.case.accepted = step.clocks["accept"] == "stop"
    if target.stage == HANDED_BACK and context.definition.states[context.case.state].stage != HANDED_BACK:
        return_to_team(change)
    return None
