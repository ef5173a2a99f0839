"""Carry who is acting, as a value: verbs never see a request or a session of the web."""

from dataclasses import dataclass
from functools import lru_cache

from accounts.access.permissions import NAME_READERS, ROLE_PERMISSIONS, ROLE_SCOPES, Permission, Role, Scope


@dataclass(frozen=True)
class Actor:
    """A person, or the program itself, with what decides on rights: roles, unit and the unit's area.

    `village_id` is that area when it is a single village. `limit` is all that a token lets its holder do of
    what the roles allow; None for whoever is there in person.
    """

    user_id: int | None
    username: str
    unit_id: int | None
    unit_code: str | None
    area_path: str
    roles: frozenset[str]
    village_id: int | None = None
    limit: frozenset[Permission] | None = None

    @property
    def permissions(self) -> frozenset[Permission]:
        """Return the union of what the roles allow, as far as the token goes.

        A role that is not in the table allows nothing.
        """
        allowed = _rights_of(self.roles).permissions
        return allowed if self.limit is None else allowed & self.limit

    @property
    def scopes(self) -> frozenset[Scope]:
        """Return how far the roles let this person see cases."""
        return _rights_of(self.roles).scopes

    @property
    def name_scopes(self) -> frozenset[Scope]:
        """Return which matters this person sees although it is not settled yet whom they name."""
        return _rights_of(self.roles).name_scopes


@dataclass(frozen=True)
class _Rights:
    permissions: frozenset[Permission]
    scopes: frozenset[Scope]
    name_scopes: frozenset[Scope]


@lru_cache(maxsize=512)  # every request asks for them, and people with the same roles have the same
def _rights_of(roles: frozenset[str]) -> _Rights:
    known = [role for role in Role if role.value in roles]
    return _Rights(
        permissions=frozenset().union(*(ROLE_PERMISSIONS[role] for role in known)),
        scopes=frozenset(ROLE_SCOPES[role] for role in known if role in ROLE_SCOPES),
        name_scopes=frozenset(NAME_READERS[role] for role in known if role in NAME_READERS),
    )


#: Somebody who has not said who they are, and may do nothing but what is anybody's.
NOBODY = Actor(None, "nobody", None, None, "", frozenset())

#: The program acting by itself: the sweep, imports, and commands of whoever runs the server.
SYSTEM = Actor(None, "system", None, None, "", frozenset({Role.SYSTEM.value}))
