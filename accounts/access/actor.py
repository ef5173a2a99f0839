"""Carry who is acting, as a value: verbs never see a request or a session of the web."""

from dataclasses import dataclass
from functools import cached_property

from accounts.access.permissions import NAME_READERS, ROLE_PERMISSIONS, ROLE_SCOPES, Permission, Role, Scope


@dataclass(frozen=True)
class Actor:
    """A person, or the program itself, with what decides on rights: roles, unit and the unit's area.

    `village_id` is that area when it is a single village.
    """

    user_id: int | None
    username: str
    unit_id: int | None
    unit_code: str | None
    area_path: str
    roles: frozenset[str]
    village_id: int | None = None

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """Return the union of what the roles allow; a role that is not in the table allows nothing."""
        return frozenset().union(*(ROLE_PERMISSIONS[role] for role in self._known_roles))

    @cached_property
    def scopes(self) -> frozenset[Scope]:
        """Return how far the roles let this person see cases."""
        return frozenset(ROLE_SCOPES[role] for role in self._known_roles if role in ROLE_SCOPES)

    @cached_property
    def name_scopes(self) -> frozenset[Scope]:
        """Return which matters this person sees although it is not settled yet whom they name."""
        return frozenset(NAME_READERS[role] for role in self._known_roles if role in NAME_READERS)

    @property
    def _known_roles(self) -> list[Role]:
        return [role for role in Role if role.value in self.roles]


#: Somebody who has not said who they are, and may do nothing but what is anybody's.
NOBODY = Actor(None, "nobody", None, None, "", frozenset())

#: The program acting by itself: the sweep, imports, and commands of whoever runs the server.
SYSTEM = Actor(None, "system", None, None, "", frozenset({Role.SYSTEM.value}))
