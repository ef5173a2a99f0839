"""Say in whose hands a matter can be, who stands how to it, and what is wrong where it has no way on."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is to a matter: the roles on it, the relations to it, and whether open names hide it."""

    roles: frozenset[str]
    relations: frozenset[str]
    reads_open_names: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A matter in a state with one owner: who stands how to it, and what this owner makes of the situation.

    `owner` are marks of the units that can be the owner and of which the same is so.
    """

    state: str
    owner: frozenset[int]
    standings: frozenset[Standing]
    fixed: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """A way out of a place: the state it leads to, and whether the owner stays the same."""

    target: str
    keeps_owner: bool

    def reaches(self, place: Place, owners: frozenset[int]) -> bool:
        """Return whether it leads from a place to one of some owners in its target."""
        if self.keeps_owner:
            return not owners.isdisjoint(place.owner)
        return bool(owners - place.owner if self.target == place.state else owners)


@dataclass(frozen=True, slots=True)
class MissingPeople:
    """Who could go on if there were somebody: one of the roles, in one of the relations, by an action."""

    action: str
    roles: tuple[str, ...]
    relations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeadEnd:
    """A situation without a way on: the guards that do not hold in it, and who could go on all the same.

    `endless` is a state from which the ways lead round and never to a final one.
    """

    state: str
    guards: tuple[str, ...]
    missing: tuple[MissingPeople, ...]
    endless: bool = False
