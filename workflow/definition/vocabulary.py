"""Name the words a definition may use, and what makes a state, clock or action one of the county's own."""

from enum import StrEnum

from accounts.access.permissions import Role
from config.vocabulary import UnitKind


class CaseState(StrEnum):
    """The states of a case, in the order of its life; what each means stands in the definition."""

    RECEIVED = "received"
    ASSIGNED = "assigned"
    ESCALATED = "escalated"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    VOID = "void"


#: The states within which a county may have further ones of its own; what was withdrawn, merged or void is
#: counted nowhere, and stays with the program.
DIVISIBLE = (
    CaseState.RECEIVED,
    CaseState.ASSIGNED,
    CaseState.ESCALATED,
    CaseState.RESOLVED,
    CaseState.CLOSED,
    CaseState.REJECTED,
)
WITHIN = "."


def stage_of(state: str) -> str:
    """Return the state of the program within which a state stands: `assigned` for `assigned.inspecting`.

    A county's own state says by its code where it belongs, so that whatever counts, lists and marks cases by
    the program's states counts it there without asking a definition (decision 0040).
    """
    return state.partition(WITHIN)[0]


class Outcome(StrEnum):
    """What came of a matter."""

    SOLVED = "solved"
    PARTLY_SOLVED = "partly_solved"
    PLANNED = "planned"
    EXPLAINED = "explained"
    REFERRED = "referred"
    REJECTED = "rejected"
    UNREACHABLE = "unreachable"


class Rating(StrEnum):
    """What a complainant says of the reply, the best first."""

    SATISFIED = "satisfied"
    FAIR = "fair"
    DISSATISFIED = "dissatisfied"


class ReplyChannel(StrEnum):
    """The way by which a complainant is given a reply."""

    DOOR = "door"
    FIELD = "field"
    PHONE = "phone"
    SMS = "sms"
    LETTER = "letter"
    MEETING = "meeting"
    NOTICE_BOARD = "notice_board"
    ONLINE = "online"


class AttemptMode(StrEnum):
    """The way in which somebody tried to reach a complainant."""

    DAY_HOME = "day_home"
    EVENING = "evening"
    FIELD = "field"
    WALK_IN = "walk_in"
    BY_MESSAGE = "by_message"
    PHONE = "phone"


ROLES = frozenset(role.value for role in Role)

#: How a person may stand to a case; `cases.lifecycle.guard_facts.relations` finds which of them hold.
RELATIONS = frozenset(
    {
        "in_scope",
        "system",
        "owner",
        "superior",
        "reply_owner",
        "not_handler",
        "not_owner",
        "recorder",
    }
)

#: Who owns a case in an open state, in words of the steps that lead there.
OWNER_RULES = frozenset({"receiving_unit", "assigned_unit", "higher_unit", "reply_owner"})

UNIT_KINDS = frozenset(UnitKind)

CLOCKS = ("triage", "accept", "handling", "reply", "return", "promise", "word")
#: Those of planned matters: a definition may be without them, and no date of theirs makes a case late.
UNRATED_CLOCKS = ("promise", "word")

RUNGS = ("remind", "urge", "supervise", "publish", "raise")
#: Entries of the history that no definition names; an action of these names would be taken for them.
ENTRIES = frozenset({*RUNGS, "absorb", "release", "take_names", "recalculated", "forget"}) - {"raise"}

#: Whom an action of the county's own may tell; `cases.lifecycle.recipients` finds the people.
CIRCLES = (
    "owner",
    "superior",
    "reply_owner",
    "reply_owner_leaders",
    "handled",
    "coordinators",
    "leaders",
    "leading_group",
    "auditors",
)

#: What a step may do to a clock.
CHANGES = frozenset({"start", "start_once", "start_short", "stop", "go_on", "move"})

#: The types of a field of an action of the county's own: what can be read, kept and told without code.
OWN_FIELD_TYPES = ("text", "date", "choice", "number", "boolean", "unit", "person", "files")

FIELD_TYPES = frozenset(
    {
        *OWN_FIELD_TYPES,
        "code",
        "datetime",
        "integer",
        "complainant",
        "user",
        "list",
        "object",
    }
)

#: The steps that may start the handling clock anew (domain.md section 2).
BEGINS_A_ROUND = frozenset({"register", "reopen", "raise"})

#: The steps that may lead out of a final state.
LEAVES_A_FINAL_STATE = frozenset({"reopen", "unmerge"})
