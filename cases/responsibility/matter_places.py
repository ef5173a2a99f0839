"""Find in which hands a village's matters can lie, and who stands how to them: the places of the walk.

Villages over which the same units with the same people stand are one shape, and are walked once. Nothing here
reads the database; `cases.responsibility.dead_ends` does.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from accounts.access.permissions import ACTING_ROLES, NAME_READERS, ROLE_SCOPES, Role, Scope
from accounts.register_values import KnownArea, KnownUnit
from accounts.vocabulary import HIGHER_KINDS, RECEIVING_KINDS
from cases.responsibility.able_people import has_able
from cases.responsibility.covering_units import CoveringUnits, UnitMember
from cases.responsibility.receiving_unit import find_receiver
from core.errors import Conflict
from workflow.definition.model import Definition, State
from workflow.ways_on.dead_ends import find_dead_ends
from workflow.ways_on.places import DeadEnd, Place, Standing

#: Who owns a state by one of these rules is the team that received the matter, or who owes the reply for it.
TEAM_RULES = frozenset({"receiving_unit", "reply_owner"})
#: Which place receives does not matter but for the words of a refusal, which nobody hears.
NOWHERE = KnownArea(id=0, code="", name="", path="/", valid_until=None)


@dataclass(frozen=True, slots=True)
class UnitShape:
    """A unit as the walk sees it: no name, and of people with the same roles two at most.

    `superior` is its place among the units of the village, `covers` whether its area contains the village.
    """

    kind: str
    active: bool
    covers: bool
    superior: int | None
    people: tuple[frozenset[str], ...]


Shape = tuple[UnitShape, ...]


@dataclass(frozen=True, slots=True)
class _Hands:
    """In whose hands a matter is: the owner, who owes the reply, and who has answered.

    `door` are the roles of the one person who answered at the door; nobody else in that unit is a handler.
    """

    owner: int
    reply_owner: int
    handler: int | None = None
    door: tuple[int, frozenset[str]] | None = None


@lru_cache(maxsize=2048)
def find_dead_ends_in(definition: Definition, shape: Shape) -> list[tuple[Place, DeadEnd]]:
    """Walk the matters of a village of this shape; the owners of a place are positions in the shape."""
    return find_dead_ends(definition, list_places(definition, shape))


@lru_cache(maxsize=2048)
def list_places(definition: Definition, shape: Shape) -> list[Place]:
    """List the places of the open states of a life cycle in a village of this shape, each once."""
    return _VillagePlaces(definition, shape).list_places()


class _VillagePlaces:
    def __init__(self, definition: Definition, shape: Shape) -> None:
        self._definition, self._shape = definition, shape
        units = {
            place: KnownUnit(
                id=place,
                code=str(place),
                name="",
                kind=unit.kind,
                area_id=0,
                superior_id=unit.superior,
                active=unit.active,
                phone=None,
            )
            for place, unit in enumerate(shape)
        }
        staff = [
            UnitMember(0, None, place, unit.kind, roles, head=False)
            for place, unit in enumerate(shape)
            for roles in unit.people
        ]
        self._over = CoveringUnits(units, staff)
        self._covering = [place for place, unit in enumerate(shape) if unit.covers]
        self._superiors = {place: list(self._above(place)) for place in units}
        self._able = {place for place in self._covering if has_able(staff, place)}
        self._receivers = self._find_receivers()
        self._groups = self._alike(range(len(shape)))
        self._owners_by_state: dict[str, list[tuple[int, ...]]] = {}

    def list_places(self) -> list[Place]:
        """List the places of all open states; none where nobody receives."""
        return list(
            dict.fromkeys(
                self._place(state, hands)
                for state in self._definition.states.values()
                if not state.final and self._receivers
                for hands in dict.fromkeys(self._hands(state))
            )
        )

    def _above(self, place: int) -> Iterator[int]:
        seen = {place}
        superior = self._shape[place].superior
        while superior is not None and superior not in seen:
            seen.add(superior)
            yield superior
            superior = self._shape[superior].superior

    def _find_receivers(self) -> set[int]:
        """Return who owes replies: who receives matters, or takes the duty over from one that handles."""
        over = CoveringUnits(
            {place: self._over.units[place] for place in self._covering},
            [person for person in self._over.staff if self._shape[person.unit_id].covers],
        )
        kinds = {*RECEIVING_KINDS, *HIGHER_KINDS}
        recording = [place for place in self._covering if self._shape[place].kind in kinds]
        try:
            found = {find_receiver(over, unit_id=place, village=NOWHERE).id for place in (None, *recording)}
        except Conflict:
            return set()
        return found | {above for place in found if (above := self._next_receiver(place)) is not None}

    def _next_receiver(self, place: int) -> int | None:
        kinds = {*RECEIVING_KINDS, *HIGHER_KINDS}
        return next((one for one in self._superiors[place] if self._may_own(one, kinds)), None)

    def _may_own(self, place: int, kinds: Iterable[str]) -> bool:
        unit = self._shape[place]
        return unit.active and unit.kind in kinds and place in self._able

    def _owners(self, state: State) -> list[tuple[int, ...]]:
        """Return who can own a matter in a state: units that are alike together, since they go on alike."""
        if state.code not in self._owners_by_state:
            team = sorted(self._receivers)
            others = (place for place in self._covering if self._may_own(place, state.unit_kinds))
            self._owners_by_state[state.code] = self._alike(team if state.owner in TEAM_RULES else others)
        return self._owners_by_state[state.code]

    def _alike(self, places: Iterable[int]) -> list[tuple[int, ...]]:
        groups: dict[UnitShape, list[int]] = defaultdict(list)
        for place in places:
            groups[self._shape[place]].append(place)
        return [tuple(group) for group in groups.values()]

    def _hands(self, state: State) -> Iterator[_Hands]:
        """Yield in whose hands a matter in a state can be; of units alike the first stands for all."""
        for owner, *_others in self._owners(state):
            if state.owner not in TEAM_RULES:
                yield from (_Hands(owner, reply_owner, owner) for reply_owner in self._reply_owners(owner))
            elif state.answered:
                yield from self._answered(owner, state)
            else:
                yield _Hands(owner, owner)

    def _reply_owners(self, owner: int) -> set[int]:
        """Return who can owe the reply while a unit handles: another one, where there is another one."""
        if not self._definition.rules.team_may_handle:
            return self._receivers - {owner}
        above = self._next_receiver(owner)
        own = {owner if above is None else above} if owner in self._receivers else set[int]()
        return self._receivers - {owner} | own

    def _answered(self, reply_owner: int, state: State) -> Iterator[_Hands]:
        """Yield who can have answered before a matter came into a state with those who owe the reply.

        From one answered state to another one it stays whoever it was.
        """
        states = self._definition.states
        for step in self._definition.steps.values():
            if not states[step.target].answered or states[step.target].final:
                continue
            for source in (states[code] for code in step.sources if not states[code].answered):
                if source.owner in TEAM_RULES:
                    roles = frozenset[str]().union(
                        *(row.roles for row in step.rows if source.code in row.sources)
                    )
                    for place in chain.from_iterable(group[:2] for group in self._alike(self._covering)):
                        for person in set(self._shape[place].people):
                            if person & roles:
                                yield _Hands(reply_owner, reply_owner, door=(place, person))
                    continue
                # Of units that are alike one may be the one that owes the reply.
                for handler in chain.from_iterable(group[:2] for group in self._owners(source)):
                    if reply_owner in self._reply_owners(handler):
                        yield _Hands(reply_owner, reply_owner, handler)

    def _place(self, state: State, hands: _Hands) -> Place:
        roles, relations = _named_in_rows(self._definition, state.code)
        standings = frozenset(
            Standing(standing.roles & roles, standing.relations & relations, standing.reads_open_names)
            for standing in self._standings(state, hands)
        )
        owners = next(group for group in self._owners(state) if hands.owner in group)
        return Place(state.code, frozenset(owners), standings, (("has_superior", self._has_superior(hands)),))

    def _has_superior(self, hands: _Hands) -> bool:
        """Tell of an owner what `CaseContext.higher_units` finds for a matter that names nobody."""
        states = self._definition.states.values()
        kinds = frozenset[str]().union(
            *(state.unit_kinds for state in states if state.owner == "higher_unit")
        )
        later = self._definition.rules.team_may_handle
        return any(
            self._may_own(place, kinds) and (later or place != hands.reply_owner)
            for place in self._superiors[hands.owner]
        )

    def _standings(self, state: State, hands: _Hands) -> Iterator[Standing]:
        """Yield how everybody stands to a matter; `cases.lifecycle.guard_facts.relations` says it of a case.

        Nobody is the one who recorded it, for that person may be gone.
        """
        door = None if hands.door is None else hands.door[0]
        apart = {hands.owner, hands.reply_owner, hands.handler, door, *self._superiors[hands.owner]}
        # Of units that are alike and have nothing to do with the matter one stands for all.
        alike = [next((place for place in group if place not in apart), None) for group in self._groups]
        for place in {place for place in (*apart, *alike) if place is not None}:
            people = list(self._shape[place].people)
            if hands.door is not None and hands.door[0] == place:
                people.remove(hands.door[1])
                yield from self._standing(place, [hands.door[1]], hands, state, answered=True)
            answered = hands.handler == place
            yield from self._standing(place, people, hands, state, answered=answered)

    def _standing(
        self, place: int, people: Iterable[frozenset[str]], hands: _Hands, state: State, *, answered: bool
    ) -> Iterator[Standing]:
        handling = hands.handler if state.owner in TEAM_RULES else hands.owner
        holds = (
            ("in_scope", True),
            ("owner", place == hands.owner),
            ("superior", place in self._superiors[hands.owner]),
            ("reply_owner", place == hands.reply_owner),
            ("not_handler", not answered),
            ("not_owner", place != handling),
        )
        relations = frozenset([name for name, true in holds if true])
        for roles in people:
            rights = _rights_of(roles)
            reached = rights.sees_below and self._shape[place].covers
            if not rights.acts or not (reached or (rights.sees_owned and place == hands.owner)):
                continue
            received = rights.leads and place == hands.reply_owner
            reads = rights.reads_open_names or (rights.reads_received and place == hands.reply_owner)
            yield Standing(roles | {Role.TEAM_LEADER.value} if received else roles, relations, reads)


@dataclass(frozen=True, slots=True)
class _RoleRights:
    acts: bool
    leads: bool
    sees_below: bool
    sees_owned: bool
    reads_open_names: bool
    reads_received: bool


@lru_cache(maxsize=512)
def _rights_of(roles: frozenset[str]) -> _RoleRights:
    scopes = {scope for role, scope in ROLE_SCOPES.items() if role in roles}
    readers = {scope for role, scope in NAME_READERS.items() if role in roles}
    return _RoleRights(
        acts=bool(roles & ACTING_ROLES),
        leads=Role.LEADER.value in roles,
        sees_below=Scope.SUBTREE in scopes,
        sees_owned=Scope.OWNED in scopes,
        reads_open_names=Scope.OPEN_NAMES in readers,
        reads_received=Scope.OPEN_NAMES_RECEIVED in readers,
    )


@lru_cache(maxsize=256)
def _named_in_rows(definition: Definition, state: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the roles and the relations that decide anything in a state; all others make no difference."""
    rows = [
        row
        for action in (*definition.steps.values(), *definition.acts.values())
        for row in action.rows
        if state in row.sources
    ]
    return (
        frozenset[str]().union(*(row.roles for row in rows)),
        frozenset[str]().union(*(row.relations for row in rows)),
    )
