"""Say what the code of actions does to a situation, as far as it opens a way or decides what can be.

The effects of actions are code (`cases.lifecycle.effects`); a test does each act that is named here and looks
whether it is so. An action that is not named changes nothing that a guard reads.
"""

from collections.abc import Callable, Mapping
from typing import Any

from workflow.definition.model import Act, State, Step
from workflow.guards import ALWAYS
from workflow.limits import RETURNS_A_ROUND, SUSPENSIONS_A_ROUND
from workflow.situation import Situation


def at_least_one(number: int) -> int:
    """Return a count of what has happened by now."""
    return max(number, 1)


#: Steps that are no way on: they rest on what only some matters have (the villager's words, another matter, a
#: mistake), or begin anew what is to be ended. Whoever has none of these must be able to go on as well.
RESTS_ON_CHANCE = frozenset({"withdraw", "merge", "unmerge", "void", "reopen"})
#: The steps that give a matter to a unit above its owner: they lead on also where the state stays.
GOES_UP = frozenset({"escalate", "raise"})
#: The acts that give a matter to another owner, who may stand otherwise.
HANDS_OVER = frozenset({"reassign"})

#: What an act makes so, at the latest when it was done often enough and for everybody it concerns: a value,
#: or what becomes of the one before.
OPENS: Mapping[str, Mapping[str, Any]] = {
    "accept": {"pending_accept": False},
    "request_extension": {"extension_requested": True},
    "extend": {"extension_requested": False},
    "refuse_extension": {"extension_requested": False},
    "request_reject": {"reject_requested": True},
    "refuse_reject": {"reject_requested": False},
    "suspend": {"suspended": True, "suspensions": at_least_one, "suspension_requested": False},
    "request_suspend": {"suspension_requested": True},
    "refuse_suspend": {"suspension_requested": False},
    "resume": {"suspended": False},
    "reply": {"unanswered": 0},
    "attempt": {"attempts_missing": None},
    "unreachable": {"unanswered": 0, "unvisited": 0},
    "amend": {"open_names": 0},
}

#: By which actions a field comes to be otherwise than a matter begins; a field that is not named can be so in
#: every state and every life cycle.
CHANGED_BY: Mapping[str, frozenset[str]] = {
    "returns": frozenset({"return"}),
    "binding": frozenset({"assign"}),
    "return_until": frozenset({"assign", "accept", "reassign"}),
    "merged_in": frozenset({"merge"}),
    "target_open": frozenset({"merge"}),
    "round": frozenset({"reopen"}),
    "explained_rounds": frozenset({"answer", "resolve"}),
    "dissatisfied": frozenset({"reopen"}),
    "promised_on": frozenset({"answer", "resolve"}),
    "reject_requested": frozenset({"request_reject"}),
    "second_person_needed": frozenset({"request_reject"}),
    "sent_down_here": frozenset({"send_down"}),
    "suspended": frozenset({"suspend"}),
    "suspensions": frozenset({"suspend"}),
    "suspension_requested": frozenset({"request_suspend"}),
    "extension_requested": frozenset({"request_extension"}),
    "extensions": frozenset({"extend"}),
    "appeal_only": frozenset({"reject", "close_reviewed"}),
}
#: What is over with the state in which it came to be so.
LEFT_WITH_THE_STATE = frozenset({"reject_requested", "second_person_needed", "target_open", "appeal_only"})
#: What is over with the round, and not kept by a matter that is taken up again.
LEFT_WITH_THE_ROUND = frozenset(
    {
        *("returns", "binding", "return_until", "promised_on", "sent_down_here", "extensions"),
        *("suspended", "suspensions", "suspension_requested", "extension_requested"),
    }
)
#: The fields that say that a clock runs, by the clock.
CLOCK_FIELDS: Mapping[str, str] = {"handling_due_on": "handling", "pending_accept": "accept"}
#: The field that counts names of which it is not settled whom they mean: it hides a matter from most people.
OPEN_NAMES = "open_names"
#: What an action takes that can bring such a name, also as the value of a choice.
NAME_FIELDS = frozenset({"named_units", "named_users"})
#: The steps that settle every name themselves.
SETTLES_NAMES = frozenset({"assign"})
#: The clocks that an act starts.
STARTED_BY_ACTS: Mapping[str, frozenset[str]] = {"accept": frozenset({"reassign"})}

#: What must hold of a field beside others, whatever the state.
HOLDS: Mapping[str, Callable[[Situation], bool]] = {
    "round": lambda case: case.round >= 1,
    "complainants": lambda case: case.complainants >= 1,
    "merged_in": lambda case: not case.merged_in or case.complainants > 1,
    "returns": lambda case: case.returns <= RETURNS_A_ROUND,
    "binding": lambda case: not case.binding or case.returns >= RETURNS_A_ROUND,
    "accepted": lambda case: not (case.accepted and case.pending_accept),
    "suspensions": lambda case: case.suspensions <= SUSPENSIONS_A_ROUND,
    "suspended": lambda case: (
        not case.suspended or (case.suspensions >= 1 and case.handling_due_on is not None)
    ),
    "extensions": lambda case: case.extensions <= case.extensions_allowed,
    "extension_requested": lambda case: not case.extension_requested or case.handling_due_on is not None,
    "suspension_requested": lambda case: not case.suspension_requested or case.handling_due_on is not None,
    "explained_rounds": lambda case: not case.explained_rounds or case.round > 1,
    "dissatisfied": lambda case: not case.dissatisfied or case.round > 1,
    "entered_on": lambda case: case.entered_on <= case.today,
    "recorded_on": lambda case: case.recorded_on <= case.today,
    "second_person_needed": lambda case: not case.second_person_needed or case.reject_requested,
}
#: What must hold of a field in a state.
HOLDS_IN: Mapping[str, Callable[[Situation, State], bool]] = {
    "unanswered": lambda case, state: not state.answered or case.unanswered == 0,
    "unvisited": lambda case, state: state.answered or case.unvisited > 0,
}


def clocks_after(action: Act) -> frozenset[str]:
    """Return the clocks that may run after an action because it starts them or lets them go on."""
    changes = action.clocks.items() if isinstance(action, Step) else ()
    by_acts = {clock for clock, acts in STARTED_BY_ACTS.items() if action.name in acts}
    return frozenset(by_acts | {clock for clock, change in changes if change != "stop"})


def hands_over(action: Act) -> bool:
    """Return whether an action gives the matter to another owner."""
    return action.name in HANDS_OVER | GOES_UP or bool(action.hands_to)


def takes_names(action: Act) -> bool:
    """Return whether after an action there can be names of which it is not settled whom they mean."""
    named = any(
        field["name"] in NAME_FIELDS or not NAME_FIELDS.isdisjoint(field.get("values", ()))
        for field in action.fields
    )
    return named and not needs_settled_names(action) and action.name not in SETTLES_NAMES


def needs_settled_names(action: Act) -> bool:
    """Return whether the code of an action refuses it while a name is open: it hands the matter on."""
    return bool(action.hands_to) or "names_settled" in ALWAYS.get(action.name, ())
