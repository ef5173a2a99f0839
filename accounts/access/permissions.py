"""Say which role may do what: one table, pure data."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from accounts.vocabulary import AreaLevel


class Permission(StrEnum):
    """What somebody may do; on which case stands in the definition of the life cycle."""

    CASES_READ = "cases_read"
    CASES_REGISTER = "cases_register"
    CASES_ACT = "cases_act"
    CASES_IMPORT = "cases_import"
    ATTACHMENTS_ADD = "attachments_add"
    HOUSEHOLDS_READ = "households_read"
    RATES_READ = "rates_read"
    INBOX_READ = "inbox_read"
    ROSTER_IMPORT = "roster_import"
    USERS_MANAGE = "users_manage"
    AREAS_MANAGE = "areas_manage"
    CALENDAR_EDIT = "calendar_edit"
    AUDIT_READ = "audit_read"


class Role(StrEnum):
    """The roles of domain.md section 1; `system` and `villager` are never given to a user."""

    MEMBER = "member"
    TEAM_LEADER = "team_leader"
    COMMITTEE = "committee"
    COORDINATOR = "coordinator"
    DEPARTMENT = "department"
    LEADER = "leader"
    AUDITOR = "auditor"
    ADMIN = "admin"
    GUEST = "guest"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"
    SYSTEM = "system"
    VILLAGER = "villager"


class Scope(StrEnum):
    """How far a role lets its holder see cases."""

    EVERYTHING = "everything"
    SUBTREE = "subtree"
    #: A subtree that is one village: the same rows, found without a look at each one's place.
    VILLAGE = "village"
    OWNED = "owned"
    #: Beside a reach: also the matters about somebody whose name the team leader has not settled yet.
    OPEN_NAMES = "open_names"
    #: The same of the matters that the own unit received.
    OPEN_NAMES_RECEIVED = "open_names_received"


P = Permission
_WORK = frozenset(
    {P.CASES_READ, P.CASES_ACT, P.ATTACHMENTS_ADD, P.HOUSEHOLDS_READ, P.RATES_READ, P.INBOX_READ}
)

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.MEMBER: _WORK | {P.CASES_REGISTER},
        Role.TEAM_LEADER: _WORK | {P.CASES_REGISTER},
        Role.COMMITTEE: _WORK | {P.CASES_REGISTER},
        Role.COORDINATOR: _WORK,
        Role.DEPARTMENT: _WORK - {P.HOUSEHOLDS_READ},
        Role.LEADER: _WORK,
        Role.AUDITOR: frozenset({P.CASES_READ, P.HOUSEHOLDS_READ, P.RATES_READ, P.INBOX_READ, P.AUDIT_READ}),
        Role.ADMIN: frozenset(
            {P.USERS_MANAGE, P.AREAS_MANAGE, P.ROSTER_IMPORT, P.CALENDAR_EDIT, P.INBOX_READ}
        ),
        Role.GUEST: frozenset({P.CASES_REGISTER, P.ATTACHMENTS_ADD}),
        # What an administrator may do, in three hands: the profile says which installation has them.
        Role.SYSTEM_ADMIN: frozenset({P.AREAS_MANAGE, P.ROSTER_IMPORT, P.CALENDAR_EDIT, P.INBOX_READ}),
        Role.SECURITY_ADMIN: frozenset({P.USERS_MANAGE, P.INBOX_READ}),
        Role.AUDIT_ADMIN: frozenset({P.AUDIT_READ, P.INBOX_READ}),
        Role.SYSTEM: frozenset(Permission),
        Role.VILLAGER: frozenset({P.CASES_ACT}),
    }
)

#: A role that is missing here sees no case at all: an administrator manages accounts, a guest only registers.
ROLE_SCOPES: Mapping[Role, Scope] = MappingProxyType(
    {
        Role.MEMBER: Scope.SUBTREE,
        Role.TEAM_LEADER: Scope.SUBTREE,
        Role.COMMITTEE: Scope.SUBTREE,
        Role.COORDINATOR: Scope.SUBTREE,
        Role.DEPARTMENT: Scope.OWNED,
        Role.LEADER: Scope.SUBTREE,
        Role.AUDITOR: Scope.SUBTREE,
        Role.SYSTEM: Scope.EVERYTHING,
        # The application makes such an actor for the village of the one case whose receipt code was proved.
        Role.VILLAGER: Scope.SUBTREE,
    }
)

#: Who sees a matter while it is not settled whom a name in it means: team leader and auditor, and whoever has
#: the rights of a team leader over what the own unit received; the villager with the code is not kept out.
NAME_READERS: Mapping[Role, Scope] = MappingProxyType(
    {
        Role.TEAM_LEADER: Scope.OPEN_NAMES,
        Role.AUDITOR: Scope.OPEN_NAMES,
        Role.VILLAGER: Scope.OPEN_NAMES,
        Role.LEADER: Scope.OPEN_NAMES_RECEIVED,
    }
)

#: What a token can be for, and what of its holder's rights it then carries: nothing that manages people,
#: places or the calendar. Whoever acts reads what is acted on.
TOKEN_SCOPES: Mapping[str, frozenset[Permission]] = MappingProxyType(
    {
        "read": frozenset({P.CASES_READ, P.HOUSEHOLDS_READ, P.RATES_READ, P.INBOX_READ, P.AUDIT_READ}),
        "register": frozenset({P.CASES_REGISTER, P.ATTACHMENTS_ADD}),
        "act": frozenset({P.CASES_READ, P.CASES_ACT, P.ATTACHMENTS_ADD}),
    }
)

#: Roles that a person can hold.
GRANTABLE = frozenset(Role) - {Role.SYSTEM, Role.VILLAGER}

#: Roles that give power over matters or accounts: one administrator alone neither gives one nor gets at the
#: account of whoever has one (docs/decisions/0055).
GUARDED_ROLES = frozenset(
    {Role.LEADER.value, Role.AUDITOR.value, Role.ADMIN.value}
    | {Role.SYSTEM_ADMIN.value, Role.SECURITY_ADMIN.value, Role.AUDIT_ADMIN.value}
)

#: Roles that reach over all of the own unit's area: at the top of the county they show every matter, and so
#: all that are hidden from those whom they name.
REACHING_ROLES = frozenset(role.value for role in GRANTABLE if ROLE_SCOPES.get(role) is Scope.SUBTREE)


def guarded_roles(level: str) -> frozenset[str]:
    """Return the roles that take two administrators in a unit whose area is of a level."""
    return GUARDED_ROLES | REACHING_ROLES if level == AreaLevel.COUNTY else GUARDED_ROLES


#: The roles whose holders act on cases; a unit without any of them can own none.
ACTING_ROLES = frozenset(role.value for role in GRANTABLE if Permission.CASES_ACT in ROLE_PERMISSIONS[role])
