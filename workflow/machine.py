"""Decide what is open to a person on a case, and move its state.

`transitions` moves the state and does nothing else: `move` lets its machine take the step, and the machine
refuses one that does not start from where the case is. There is one shared machine for each definition, which
keeps nothing about any case. It draws nothing: the diagrams tell clocks and words that no machine knows
(`workflow.diagram`, `web.administration.diagram`). Who may take which step is judged here, before it moves.

The order in which an action is judged, and what the doors make of it:

1. no row names any of the person's roles: forbidden, `role` (403);
2. no row starts from the state of the case: closed, `wrong_state` (409);
3. no row from this state names one of the roles: forbidden, `role` (403);
4. none of those rows names a relation that holds: forbidden, with what is missing (403);
5. a guard does not hold: closed, with the reasons of the row that comes nearest (409), or forbidden when one
   of them speaks of what this person may not know (403).

So what somebody may never do is told first, and what only has to wait comes after.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from transitions import Machine, MachineError

from core.errors import Conflict
from workflow.definition.model import Act, ActionRule, Definition
from workflow.guards import ALWAYS, GUARDS, HANDING_ON, OF_THE_PERSON
from workflow.situation import Situation

ALLOWED, FORBIDDEN, CLOSED = "allowed", "forbidden", "closed"

#: What is missing when a relation does not hold, as a reason code.
MISSING_RELATION: Mapping[str, str] = {
    "in_scope": "out_of_scope",
    "system": "system_only",
    "owner": "not_owner",
    "superior": "not_superior",
    "reply_owner": "not_reply_owner",
    "not_handler": "is_handler",
    "not_owner": "is_handling_unit",
    "recorder": "not_recorder",
}


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether an action is open to a person on a case, and if not, why."""

    name: str
    status: str
    reasons: tuple[str, ...]
    fields: tuple[Mapping[str, Any], ...]

    @property
    def allowed(self) -> bool:
        """Return whether the action may be taken now."""
        return self.status == ALLOWED


def initial(definition: Definition) -> str:
    """Return the state in which a case begins."""
    return definition.initial


def move(definition: Definition, state: str, action: str) -> str:
    """Return the state to which a step leads; raise Conflict when it does not start from this one."""
    token = _Token(state)
    try:
        _machine(definition).events[action].trigger(token)
    except MachineError:
        raise Conflict("action_not_open", action=action, reasons=["wrong_state"], state=state) from None
    return token.state


def availability(definition: Definition, situation: Situation, action: str) -> Availability:
    """Say whether a step or act is open; the module's head gives the order of the questions."""
    act = definition.action(action)
    found = _rows_for(act, situation.state, situation.roles)
    return found if isinstance(found, Availability) else _judge(act, found, situation)


def available_actions(definition: Definition, situation: Situation) -> list[Availability]:
    """Return every step and act that can be taken on a case, open or not, in the order of the definition."""
    state, roles = situation.state, situation.roles
    return [
        found if isinstance(found, Availability) else _judge(act, found, situation)
        for act, found in _rows_of_all(definition, state, roles)
    ]


@lru_cache(maxsize=512)
def _rows_of_all(
    definition: Definition, state: str, roles: frozenset[str]
) -> list[tuple[Act, Availability | tuple[ActionRule, ...]]]:
    """Answer the first three questions about every action, once for all cases in a state."""
    acts = [*(step for step in definition.steps.values() if step.sources), *definition.acts.values()]
    return [(act, _rows_for(act, state, roles)) for act in acts]


def _rows_for(act: Act, state: str, roles: frozenset[str]) -> Availability | tuple[ActionRule, ...]:
    """Return the rows of an action from a state for some roles, or the opening when there is none."""
    if act.roles.isdisjoint(roles):
        return Availability(act.name, FORBIDDEN, ("role",), act.fields)
    here = [row for row in act.rows if state in row.sources]
    if not here:
        return Availability(act.name, CLOSED, ("wrong_state",), act.fields)
    mine = tuple(row for row in here if not row.roles.isdisjoint(roles))
    return mine or Availability(act.name, FORBIDDEN, ("role",), act.fields)


def _judge(act: Act, rows: tuple[ActionRule, ...], case: Situation) -> Availability:
    related = [row for row in rows if not case.relations.isdisjoint(row.relations)]
    if not related:
        missing = dict.fromkeys(MISSING_RELATION[name] for row in rows for name in row.relations)
        return Availability(act.name, FORBIDDEN, tuple(missing), act.fields)
    guards = (*act.guards, *ALWAYS.get(act.name, HANDING_ON if act.hands_to else ()))
    reasons = (*_ask(guards, case), *_fewest(related, case))
    if OF_THE_PERSON.isdisjoint(reasons):
        return Availability(act.name, CLOSED if reasons else ALLOWED, reasons, act.fields)
    return Availability(
        act.name, FORBIDDEN, tuple(one for one in reasons if one in OF_THE_PERSON), act.fields
    )


def _fewest(rows: list[ActionRule], case: Situation) -> tuple[str, ...]:
    """Return the reasons of the row against which least speaks: one open row is enough."""
    return min((tuple(_ask(row.guards, case)) for row in rows), key=len)


def _ask(guards: Iterable[str], case: Situation) -> Iterable[str]:
    for name in guards:
        reason = GUARDS[name](case)
        if reason is not None:
            yield reason


class _Token:
    """What the motor moves instead of a case: it lives for one step."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


@lru_cache(maxsize=32)
def _machine(definition: Definition) -> Machine:
    """Build the machine that all cases of a definition share; it holds no model (design.md section 3)."""
    return Machine(
        model=None,
        states=list(definition.states),
        initial=definition.initial,
        auto_transitions=False,
        transitions=[
            {"trigger": name, "source": list(step.sources), "dest": step.target}
            for name, step in definition.steps.items()
            if step.sources
        ],
    )
