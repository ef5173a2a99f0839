"""Name the words a definition may use; a word that is not here is refused when the definition is read."""

from accounts.access.permissions import Role

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

UNIT_KINDS = frozenset({"team", "committee", "township", "department", "leading_group"})

CLOCKS = ("triage", "accept", "handling", "reply", "return")

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
