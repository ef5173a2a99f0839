"""Find where matters stand still that name a unit or one of its people.

Whoever is named neither sees nor owns the matter (domain.md section 1), so it goes on as one of a village in
which there are no such people, and is walked as one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations

from accounts.access.permissions import ACTING_ROLES
from accounts.vocabulary import HIGHER_KINDS, RECEIVING_KINDS
from cases.responsibility.matter_places import Shape, UnitShape, find_dead_ends_in, list_places
from workflow.definition.model import Definition
from workflow.ways_on.places import DeadEnd

#: Of people with the same roles one may be a handler and another one not: more make no difference to a walk.
MOST_ALIKE_WALKED = 2
#: Besides, one of them may be named.
MOST_ALIKE = MOST_ALIKE_WALKED + 1
_RECEIVING = frozenset({*RECEIVING_KINDS, *HIGHER_KINDS})


@dataclass(frozen=True, slots=True)
class Naming:
    """Whom a matter is about: units of some kinds, the lowest first, or somebody in one with some roles."""

    kinds: tuple[str, ...]
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NamedDeadEnd:
    """A dead end of matters that name somebody, and the place of the owner in the shape of the village.

    Where no unit is left that could receive such a matter there is no dead end, and the place is that of the
    lowest unit that is named.
    """

    naming: Naming
    dead: DeadEnd | None
    place: int


@dataclass(frozen=True, slots=True)
class NamedShape:
    """A naming with its lowest unit, the places of its units, none for a person, and what is left."""

    naming: Naming
    first: int
    units: frozenset[int]
    left: Shape


@lru_cache(maxsize=4096)
def walked_shape(shape: Shape) -> Shape:
    """Return a shape with no more people alike than make a difference to a walk."""
    return tuple(_with_people(unit, unit.people) for unit in shape)


@lru_cache(maxsize=2048)
def find_named_dead_ends(definition: Definition, shape: Shape) -> list[NamedDeadEnd]:
    """Walk the matters of a village that are about a unit, several at once, or one person.

    Left out are the states and owners in which a matter stands still also when it names nobody, or fewer.
    """
    usual = walked_shape(shape)
    if not list_places(definition, usual):
        return []
    dead = {frozenset[int](): _ends(definition, usual)}
    found: dict[NamedDeadEnd, None] = {}
    for one in list_named(shape):
        if not any(_receives(unit) for unit in one.left):
            found[NamedDeadEnd(one.naming, None, one.first)] = None
            continue
        ends = _ends(definition, one.left)
        known = {
            (end.state, owner) for units, fewer in dead.items() if units <= one.units for end, owner in fewer
        }
        found |= {
            NamedDeadEnd(one.naming, end, owner): None
            for end, owner in ends
            if (end.state, owner) not in known
        }
        if one.units:
            dead[one.units] = ends
    return list(found)


def _ends(definition: Definition, shape: Shape) -> list[tuple[DeadEnd, int]]:
    return [(dead, owner) for place, dead in find_dead_ends_in(definition, shape) for owner in place.owner]


def list_named(shape: Shape) -> Iterator[NamedShape]:
    """Yield each unit, two units of which neither is above the other, each chain of superiors without the
    last one, and each person.

    Of those that leave the same the first stands for all; who makes no difference is left out.
    """
    seen = {walked_shape(shape)}
    for one in (*_units_named(shape), *_people_named(shape)):
        if one.left not in seen:
            seen.add(one.left)
            yield one


def _units_named(shape: Shape) -> list[NamedShape]:
    """Return the units one by one, then two and more at once: those with their superiors, and pairs apart."""
    found = []
    for place, unit in enumerate(shape):
        chain = [one for one in (place, *_superiors(shape, place)) if _may_act(shape[one])]
        if not unit.covers or place not in chain:
            continue
        for length in range(1, max(len(chain), 2)):
            found.append(_without(shape, chain[:length]))
    acting = [place for place, unit in enumerate(shape) if unit.covers and _may_act(unit)]
    for one, other in combinations(acting, 2):
        if other not in _superiors(shape, one) and one not in _superiors(shape, other):
            found.append(_without(shape, [one, other]))
    return sorted(found, key=lambda one: len(one.units))


def _without(shape: Shape, places: Sequence[int]) -> NamedShape:
    """Return a shape when the units at some places are named, the lowest of them first."""
    left = tuple(_with_people(one, () if at in places else one.people) for at, one in enumerate(shape))
    naming = Naming(tuple(shape[one].kind for one in places))
    return NamedShape(naming, places[0], frozenset(places), left)


def _people_named(shape: Shape) -> Iterator[NamedShape]:
    usual = walked_shape(shape)
    for place, unit in enumerate(shape):
        for roles in dict.fromkeys(unit.people):
            if unit.covers and roles & ACTING_ROLES:
                others = list(unit.people)
                others.remove(roles)
                left = (*usual[:place], _with_people(unit, tuple(others)), *usual[place + 1 :])
                yield NamedShape(Naming((unit.kind,), roles), place, frozenset(), left)


def _superiors(shape: Shape, place: int) -> Iterator[int]:
    seen = {place}
    above = shape[place].superior
    while above is not None and above not in seen:
        seen.add(above)
        yield above
        above = shape[above].superior


def _may_act(unit: UnitShape) -> bool:
    return any(roles & ACTING_ROLES for roles in unit.people)


def _receives(unit: UnitShape) -> bool:
    return unit.covers and unit.active and unit.kind in _RECEIVING and _may_act(unit)


def _with_people(unit: UnitShape, people: tuple[frozenset[str], ...]) -> UnitShape:
    kept = (roles for number, roles in enumerate(people) if people[:number].count(roles) < MOST_ALIKE_WALKED)
    return replace(unit, people=tuple(kept))
