"""Say what the code of each step and act of the program does, where a definition may only say what is so.

Everything else that a definition says of an action the engine does as it is written: who may take it, which
further questions are asked, what it does to most clocks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from cases.history.facts_json import AMENDED
from cases.lifecycle.effects.amendments import AMENDED_COLUMNS
from config.vocabulary import CaseKind, IntakeChannel, Urgency
from workflow.definition.vocabulary import AttemptMode, CaseState, Outcome, Rating, ReplyChannel

REGISTER = "register"
#: The state to which the code of a step leads, or one of the county's own within it.
TARGETS: Mapping[str, CaseState] = {
    REGISTER: CaseState.RECEIVED,
    "answer": CaseState.RESOLVED,
    "assign": CaseState.ASSIGNED,
    "return": CaseState.RECEIVED,
    "escalate": CaseState.ESCALATED,
    "raise": CaseState.ESCALATED,
    "send_down": CaseState.RECEIVED,
    "resolve": CaseState.RESOLVED,
    "confirm": CaseState.CLOSED,
    "reopen": CaseState.RECEIVED,
    "close_reviewed": CaseState.CLOSED,
    "reject": CaseState.REJECTED,
    "withdraw": CaseState.WITHDRAWN,
    "merge": CaseState.MERGED,
    "unmerge": CaseState.RECEIVED,
    "void": CaseState.VOID,
}
#: Who owns a case in an open state, as the code of the steps that lead there sets it.
OWNERS: Mapping[str, str] = {
    CaseState.RECEIVED: "receiving_unit",
    CaseState.ASSIGNED: "assigned_unit",
    CaseState.ESCALATED: "higher_unit",
    CaseState.RESOLVED: "reply_owner",
}
#: The states in which every complainant has a reply, because the steps that lead there demand it.
ANSWERED = frozenset({CaseState.RESOLVED, CaseState.CLOSED, CaseState.REJECTED})
#: What the program asks a definition for by name wherever it comes from: each needs all that stand with it.
NEEDED: Mapping[str, tuple[str, ...]] = {
    "steps": (REGISTER, "assign", "resolve", "reopen"),
    "acts": ("reply",),
}
#: Acts that stand and fall with another.
TOGETHER: Mapping[str, str] = {"attempt": "unreachable", "unreachable": "attempt"}
#: Fields that the code takes only where the life cycle has a step: what is said at the door is an answer.
FIELDS_OF_STEPS: Mapping[tuple[str, str], str] = {(REGISTER, "reply"): "answer"}
#: The clocks that the code of a step starts or moves by a rule of its own.
OWN_CLOCKS: Mapping[str, Mapping[str, str]] = {
    REGISTER: {"triage": "start"},
    "answer": {"return": "start"},
    "resolve": {"return": "start"},
    "escalate": {"handling": "move"},
    "raise": {"handling": "move"},
}
#: The step that takes back what its level was granted where the definition lets it move the clock.
MAY_MOVE = frozenset({("send_down", "handling")})
#: The roles that an action is for alone, because nobody else has what its code takes.
ROLES: Mapping[str, frozenset[str]] = {"raise": frozenset({"system"}), "add_words": frozenset({"villager"})}
#: The clocks that an action may leave running beside what the definition says of it.
MAY_START: Mapping[str, frozenset[str]] = {
    "answer": frozenset({"promise", "word"}),
    "resolve": frozenset({"promise", "word"}),
    "reassign": frozenset({"accept"}),
}
_HANDLED = frozenset({CaseState.ASSIGNED, CaseState.ESCALATED})
_OPEN = _HANDLED | {CaseState.RECEIVED, CaseState.RESOLVED}
#: The states from which the code of an action can be done; what is not here can from every one.
SOURCES: Mapping[str, frozenset[CaseState]] = {
    "answer": frozenset({CaseState.RECEIVED}),
    "assign": frozenset({CaseState.RECEIVED}),
    "return": frozenset({CaseState.ASSIGNED}),
    "escalate": _HANDLED | {CaseState.RECEIVED},
    "raise": _HANDLED,
    "send_down": frozenset({CaseState.ESCALATED}),
    "resolve": _HANDLED,
    "confirm": frozenset({CaseState.RESOLVED}),
    "close_reviewed": frozenset({CaseState.RESOLVED}),
    "reject": frozenset({CaseState.RECEIVED}),
    "withdraw": _HANDLED | {CaseState.RECEIVED},
    "merge": frozenset({CaseState.RECEIVED, CaseState.ASSIGNED}),
    "unmerge": frozenset({CaseState.MERGED}),
    "void": frozenset({CaseState.RECEIVED}),
    "reopen": ANSWERED | {CaseState.WITHDRAWN},
    **dict.fromkeys(("accept", "reassign", "request_extension", "extend", "refuse_extension"), _HANDLED),
    **dict.fromkeys(("suspend", "request_suspend", "refuse_suspend", "resume"), _HANDLED),
    **dict.fromkeys(("request_reject", "refuse_reject"), frozenset({CaseState.RECEIVED})),
    **dict.fromkeys(("reply", "attempt", "unreachable", "amend"), _OPEN),
    **dict.fromkeys(("join", "add_words"), _HANDLED | {CaseState.RECEIVED}),
}
#: The questions that the code of an action relies on having been answered well.
GUARDS: Mapping[str, frozenset[str]] = {
    "escalate": frozenset({"has_superior"}),
    "raise": frozenset({"handling_running", "has_superior"}),
    "reject": frozenset({"reject_requested"}),
    "merge": frozenset({"nothing_merged_in"}),
    "unmerge": frozenset({"target_open"}),
    "void": frozenset({"nothing_merged_in"}),
    "accept": frozenset({"accept_pending"}),
    "refuse_reject": frozenset({"reject_requested"}),
    "refuse_extension": frozenset({"extension_requested"}),
    "refuse_suspend": frozenset({"suspension_requested"}),
    "resume": frozenset({"suspended"}),
    **dict.fromkeys(
        ("request_extension", "extend", "suspend", "request_suspend"),
        frozenset({"handling_running", "not_suspended"}),
    ),
}
#: What a definition may let a step do to a clock of the county's own.
OWN_CLOCK_CHANGES = frozenset({"start", "stop", "go_on"})
#: What a definition may let any step do to a clock of the program; the rest is done by code alone.
CHANGES: Mapping[str, frozenset[str]] = {
    "triage": frozenset({"start", "start_short", "stop", "go_on"}),
    "accept": frozenset({"start", "stop", "go_on"}),
    "handling": frozenset({"start", "start_once", "stop", "go_on"}),
    "return": frozenset({"stop", "go_on"}),
    "promise": frozenset({"stop", "go_on"}),
    "word": frozenset({"stop", "go_on"}),
}


@dataclass(frozen=True, slots=True)
class ProgramChoice:
    """The values that the code knows of a choice, and the group of `[words.…]` in which they are called."""

    values: Iterable[str]
    group: str = ""


#: What the code knows of a choice, by the name of the field.
CHOICES: Mapping[str, ProgramChoice] = {
    "kind": ProgramChoice(CaseKind, "kind"),
    "urgency": ProgramChoice(Urgency, "urgency"),
    "outcome": ProgramChoice(
        tuple(one for one in Outcome if one not in (Outcome.REJECTED, Outcome.UNREACHABLE)), "outcome"
    ),
    "rating": ProgramChoice(Rating, "rating"),
    "mode": ProgramChoice(AttemptMode, "mode"),
    "channel": ProgramChoice(ReplyChannel, "reply_channel"),
    "field": ProgramChoice((*AMENDED_COLUMNS, *AMENDED)),
}
#: The same where a matter is registered: there the channel is that by which it came.
INTAKE_CHOICES: Mapping[str, ProgramChoice] = {**CHOICES, "channel": ProgramChoice(IntakeChannel, "channel")}
#: The types of a field by what the code reads; lists, objects and choices are looked into.
READ_BY: Mapping[type, tuple[str, ...]] = {
    str: ("text", "code", "unit", "user"),
    bool: ("boolean",),
    int: ("complainant", "integer"),
    date: ("date",),
    datetime: ("datetime",),
}
