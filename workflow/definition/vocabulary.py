"""Name the words a definition may use; a word that is not here is refused when the definition is read."""

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

#: What a step may do to a clock.
CHANGES = frozenset({"start", "start_once", "start_short", "stop", "go_on", "move"})

FIELD_TYPES = frozenset(
    {
        "text",
        "code",
        "date",
        "datetime",
        "boolean",
        "integer",
        "choice",
        "complainant",
        "unit",
        "user",
        "list",
        "object",
    }
)

#: The steps that may start the handling clock anew (domain.md section 2).
BEGINS_A_ROUND = frozenset({"register", "reopen", "raise"})

#: The steps that may lead out of a final state.
LEAVES_A_FINAL_STATE = frozenset({"reopen", "unmerge"})
