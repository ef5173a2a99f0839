"""Ask of a register whether every open situation has a way on in each village, and name where it has none."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.access.policy import below
from accounts.models import Area, Unit, User
from accounts.register_values import KnownUnit
from accounts.vocabulary import AreaLevel
from cases.responsibility.matter_places import Shape, UnitShape, find_dead_ends_in, list_places
from cases.responsibility.named_shapes import MOST_ALIKE, Naming, find_named_dead_ends, walked_shape
from config.marked_text import MarkedText
from config.marked_text import mark as _
from workflow.definition.model import Definition
from workflow.ways_on.places import DeadEnd
from workflow.ways_on.situations import TooManySituations
from workflow.ways_on.words import (
    dead_end_in_words,
    named_dead_end_in_words,
    nobody_receives_in_words,
    too_many_in_words,
)

#: So many villages of a unit are named; of more it is said how many they are.
MOST_VILLAGES = 3


#: The paths of villages by the unit to which their matters come.
_VillagesOfUnits = defaultdict[int, set[str]]


@dataclass(frozen=True, slots=True)
class UnitWithoutWay:
    """A unit whose matters have no way on, and the villages from which they come, by name."""

    unit: str
    villages: tuple[str, ...]

    def in_words(self) -> MarkedText | str:
        """Return the unit with its villages, unless its name says them as it is over one alone."""
        if not self.villages:
            return self.unit
        facts = {"unit": self.unit, "villages": list(self.villages[:MOST_VILLAGES]), "n": len(self.villages)}
        if len(self.villages) > MOST_VILLAGES:
            return MarkedText(_("{unit}（在{villages}等 {n} 处）"), facts)
        return MarkedText(_("{unit}（在{villages}）"), facts)


@dataclass(frozen=True, slots=True)
class FoundDeadEnd:
    """A situation without a way on, and the units of one kind whose matters can come into it."""

    dead: DeadEnd
    units: tuple[UnitWithoutWay, ...]

    def in_words(self, definition: Definition) -> MarkedText:
        """Return it as a sentence."""
        return dead_end_in_words(definition, self.dead, [unit.in_words() for unit in self.units])


@dataclass(frozen=True, slots=True)
class FoundNamedDeadEnd:
    """Matters about units of some kinds, or somebody in one, that stand still: the first of their dead ends.

    `number` is how many there are. Without a dead end nobody receives such a matter, and the units are those
    that it names; else they are its owners.
    """

    naming: Naming
    dead: DeadEnd | None
    number: int
    units: tuple[UnitWithoutWay, ...]

    def in_words(self, definition: Definition) -> MarkedText:
        """Return it as a sentence."""
        units = [unit.in_words() for unit in self.units]
        if self.dead is None:
            return nobody_receives_in_words(definition, self.naming.kinds, self.naming.roles, units)
        sentence = dead_end_in_words(definition, self.dead, units)
        return named_dead_end_in_words(
            definition, self.naming.kinds, self.naming.roles, sentence, self.number
        )


@dataclass(frozen=True)
class WalkedRegister:
    """What the walk reads of a register: its villages with their paths, units and people.

    `units` have the path of their area beside them, `people` the roles of each active user.
    """

    villages: Sequence[tuple[str, str]]
    units: Mapping[int, tuple[KnownUnit, str]]
    people: Mapping[int, Sequence[frozenset[str]]]

    @cached_property
    def shapes(self) -> dict[Shape, list[tuple[str, list[int]]]]:
        """Return the villages by their shape: path, and which unit stands at each of its places."""
        by_path: dict[str, list[int]] = defaultdict(list)
        for unit_id, (_unit, path) in self.units.items():
            by_path[path].append(unit_id)
        found: dict[Shape, list[tuple[str, list[int]]]] = defaultdict(list)
        for _name, path in self.villages:
            codes = path.strip("/").split("/")
            above = ["/" + "/".join(codes[:length]) + "/" for length in range(1, len(codes) + 1)]
            covering = [unit_id for place in above for unit_id in by_path.get(place, ())]
            shape, units = self._shape(covering)
            found[shape].append((path, units))
        return found

    def note(self, found: "_VillagesOfUnits", place: int, villages: Iterable[tuple[str, list[int]]]) -> None:
        """Note of villages of one shape the unit at a place, and the village unless the unit is its own."""
        for path, units in villages:
            unit_id = units[place]
            found[unit_id] |= set() if self.units[unit_id][1] == path else {path}

    def name(self, found: "_VillagesOfUnits") -> tuple[UnitWithoutWay, ...]:
        """Return the units that were noted by name, in their order, with the names of the villages."""
        return tuple(
            UnitWithoutWay(
                self.units[unit_id][0].name,
                tuple(name for name, path in self.villages if path in found[unit_id]),
            )
            for unit_id in self.units
            if unit_id in found
        )

    def _shape(self, covering: list[int]) -> tuple[Shape, list[int]]:
        """Return the units over a village as a shape, also those above them that are not over it."""
        units = dict.fromkeys(covering)
        for unit_id in covering:
            superior = self.units[unit_id][0].superior_id
            while superior is not None and superior not in units:
                units[superior] = None
                superior = self.units[superior][0].superior_id
        order = sorted(units, key=lambda unit_id: self._order(unit_id, unit_id in set(covering)))
        position = {unit_id: place for place, unit_id in enumerate(order)}
        over = set(covering)
        shape = tuple(
            UnitShape(
                kind=self.units[unit_id][0].kind,
                active=self.units[unit_id][0].active,
                covers=unit_id in over,
                superior=position.get(self.units[unit_id][0].superior_id or 0),
                people=tuple(self.people.get(unit_id, ())),
            )
            for unit_id in order
        )
        return shape, order

    def _order(self, unit_id: int, covers: bool) -> tuple[bool, int, str, list[list[str]], str]:
        """Sort units by what they are, so that villages that are alike have the same shape."""
        unit, path = self.units[unit_id]
        people = [sorted(roles) for roles in self.people.get(unit_id, ())]
        return covers, path.count("/"), unit.kind, people, unit.code


def _villages_of_units() -> _VillagesOfUnits:
    return defaultdict(set)


def load_register(session: Session, path: str = "/") -> WalkedRegister:
    """Read the villages at or below a place, and all units and people, in three statements."""
    villages = session.execute(
        select(Area.name, Area.path)
        .where(Area.level == AreaLevel.VILLAGE, Area.valid_until.is_(None), below(Area.path, path))
        .order_by(Area.code)
    )
    units = session.execute(select(Unit, Area.path).join(Area, Area.id == Unit.area_id).order_by(Unit.code))
    people: dict[int, Counter[frozenset[str]]] = defaultdict(Counter)
    for unit_id, roles in session.execute(select(User.unit_id, User.roles).where(User.active)):
        people[unit_id][frozenset(roles)] += 1
    return WalkedRegister(
        villages=[(name, place) for name, place in villages],
        units={unit.id: (KnownUnit.of(unit), place) for unit, place in units},
        people={
            unit_id: [
                roles
                for roles, number in sorted(held.items(), key=lambda one: sorted(one[0]))
                for _alike in range(min(number, MOST_ALIKE))
            ]
            for unit_id, held in people.items()
        },
    )


def dead_ends_in_words(definition: Definition, register: WalkedRegister) -> list[MarkedText]:
    """Return each dead end of a life cycle in a register as a sentence, or that it cannot be walked.

    Those of matters that name somebody come last, as one sentence for each sort of unit or person.
    """
    try:
        usual = [one.in_words(definition) for one in find_in_register(definition, register)]
        return usual + [one.in_words(definition) for one in find_named_in_register(definition, register)]
    except TooManySituations as error:
        return [too_many_in_words(definition, error)]


def count_villages(definition: Definition, register: WalkedRegister) -> int:
    """Count the villages in which matters can be; where nobody receives any there is nothing to walk."""
    return sum(
        len(villages)
        for shape, villages in register.shapes.items()
        if list_places(definition, walked_shape(shape))
    )


def find_in_register(definition: Definition, register: WalkedRegister) -> list[FoundDeadEnd]:
    """Return each dead end of a life cycle with the units that can have a matter in it, by kind of unit.

    A village where nobody receives matters has none. Raises TooManySituations as `find_dead_ends_of` does.
    """
    found: dict[tuple[DeadEnd, str], _VillagesOfUnits] = defaultdict(_villages_of_units)
    for shape, villages in register.shapes.items():
        for place, dead in dict.fromkeys(find_dead_ends_in(definition, walked_shape(shape))):
            for owner in place.owner:
                register.note(found[dead, shape[owner].kind], owner, villages)
    return [
        FoundDeadEnd(dead, register.name(units))
        for (dead, _kind), units in sorted(
            found.items(),
            key=lambda one: (list(definition.states).index(one[0][0].state), one[0][1], one[0][0].guards),
        )
    ]


def find_named_in_register(definition: Definition, register: WalkedRegister) -> list[FoundNamedDeadEnd]:
    """Return the matters that stand still because of whom they name, by sort of unit or person.

    Left out is what stands still anyway. Raises TooManySituations as `find_dead_ends_of` does.
    """
    order = list(definition.states)
    found: dict[Naming, dict[DeadEnd | None, _VillagesOfUnits]] = defaultdict(
        lambda: defaultdict(_villages_of_units)
    )
    for shape, villages in register.shapes.items():
        for one in find_named_dead_ends(definition, shape):
            register.note(found[one.naming][one.dead], one.place, villages)
    sentences = []
    for naming, ends in found.items():
        unreceived = ends.pop(None, None)
        if unreceived is not None:
            sentences.append(FoundNamedDeadEnd(naming, None, 1, register.name(unreceived)))
        if ends:
            first = min(
                (dead for dead in ends if dead), key=lambda dead: (order.index(dead.state), dead.guards)
            )
            sentences.append(FoundNamedDeadEnd(naming, first, len(ends), register.name(ends[first])))
    return sentences
