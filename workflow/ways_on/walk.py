"""Walk all situations of one state of a life cycle, and say who may do what in each."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import chain
from typing import Any

from accounts.access.permissions import ACTING_ROLES, NAME_READERS, Role, Scope
from workflow.definition.model import Act, ActionRule, Definition, Step
from workflow.guards import ALWAYS, GUARDS
from workflow.machine import availability
from workflow.situation import Situation
from workflow.ways_on.code_facts import GOES_UP, OPENS, RESTS_ON_CHANCE, hands_over, needs_settled_names
from workflow.ways_on.places import DeadEnd, MissingPeople, Place, Standing, Way
from workflow.ways_on.situations import Situations

READ_OPEN_NAMES = ACTING_ROLES & {
    role.value for role, scope in NAME_READERS.items() if scope is Scope.OPEN_NAMES
}
PROGRAM = Standing(frozenset({Role.SYSTEM.value}), frozenset({"system"}), reads_open_names=True)


@lru_cache(maxsize=128)
def walk_of(definition: Definition, state: str) -> "StateWalk":
    """Return the walk through a state, which remembers what was asked."""
    return StateWalk(definition, state)


class StateWalk:
    """All situations of a state, and who may do what in each; sets of situations are sets of places."""

    def __init__(self, definition: Definition, state: str) -> None:
        self._definition, self._state = definition, state
        rungs = {rung.code for clock in definition.clocks.values() for rung in clock.ladder}
        self._by_itself = rungs | definition.acts.keys()
        here = [
            step
            for step in definition.steps.values()
            if state in step.sources and step.name not in RESTS_ON_CHANCE
        ]
        self._steps = [step for step in here if step.target != state or step.name in GOES_UP]
        self._relays = [step for step in here if step not in self._steps and hands_over(step)]
        self._acts: dict[str, Act] = {}
        self._guards = {"names_settled"}
        self.situations = self._list_situations()
        self._giving = [act for act in self._acts.values() if hands_over(act)]
        self._numbered = list(enumerate(self.situations.all))
        waited = ((number, self.situations.later(situation)) for number, situation in self._numbered)
        self._later = [(number, after) for number, after in waited if after is not None and after != number]
        self._moves = {name: self._moves_by(name) for name in self._acts}
        self._possible: dict[tuple[tuple[str, Any], ...], set[int]] = {}
        self._opened: dict[tuple[str, Standing], frozenset[int]] = {}
        self._opened_by: dict[tuple[str, tuple[int, ...], bool], frozenset[int]] = {}
        self._failed: dict[Situation, frozenset[str]] = {}
        self._known_alive: dict[Any, frozenset[int]] = {}
        self._known: dict[Any, tuple[DeadEnd, ...]] = {}
        self._ways: dict[Any, frozenset[Way]] = {}

    def dead_ends(self, place: Place, targets: frozenset[str], *, relayed: bool) -> tuple[DeadEnd, ...]:
        """Return what is dead for a place while steps may lead to some states only.

        `relayed` says that another owner can go on, so that giving the matter away is a way on.
        """
        asked = (place.standings, place.fixed, targets, relayed)
        if asked not in self._known:
            dead = self.dead_situations(place, targets, relayed=relayed)
            self._known[asked] = self._describe(dead, place, self._leading(targets, relayed=relayed))
        return self._known[asked]

    def dead_situations(self, place: Place, targets: frozenset[str], *, relayed: bool) -> list[Situation]:
        """Return the situations of a place that have no way on, as far as anything tells them apart."""
        dead = self._possible_at(place) - self._alive(place, targets, relayed=relayed)
        return [self.situations.all[number] for number in sorted(dead)]

    def goes_on(self, place: Place, targets: frozenset[str], *, always: bool) -> bool:
        """Return whether some, or every, situation of a place has a way on that keeps it with its owner."""
        possible, alive = self._possible_at(place), self._alive(place, targets, relayed=False)
        return possible <= alive if always else bool(possible & alive)

    def ways_from(self, place: Place, targets: frozenset[str]) -> frozenset[Way]:
        """Return the ways on which somebody can bring a matter from a place in some situation."""
        asked = (place.standings, place.fixed, targets)
        if asked not in self._ways:
            possible = self._possible_at(place)
            self._ways[asked] = frozenset(
                Way(action.target if isinstance(action, Step) else self._state, self._keeps_owner(action))
                for action in (*self._leading(targets, relayed=True), *self._giving)
                if self._opened_to(action.name, place) & possible
            )
        return self._ways[asked]

    def _keeps_owner(self, action: Act) -> bool:
        target = action.target if isinstance(action, Step) else self._state
        stages = {self._definition.states[code].stage for code in (self._state, target)}
        return len(stages) == 1 and not hands_over(action)

    def _leading(self, targets: frozenset[str], *, relayed: bool) -> list[Step]:
        return [step for step in self._steps if step.target in targets] + (self._relays if relayed else [])

    def _possible_at(self, place: Place) -> set[int]:
        if place.fixed not in self._possible:
            self._possible[place.fixed] = self.situations.where(dict(place.fixed))
        return self._possible[place.fixed]

    def _list_situations(self) -> Situations:
        """List the situations, with the acts that change what the guards of a step read.

        Whether names are open is always a question: it decides who sees the matter at all.
        """
        guards = self._guards
        guards |= set(chain.from_iterable(self._guards_of(step) for step in (*self._steps, *self._relays)))
        while True:
            situations = Situations(self._definition, self._state, [GUARDS[name] for name in guards])
            helping = {
                name: act
                for name, act in self._definition.acts.items()
                if self._state in act.sources
                and (hands_over(act) or OPENS.get(name, {}).keys() & situations.fields)
            }
            if helping.keys() <= self._acts.keys():
                return situations
            self._acts.update(helping)
            guards |= set(chain.from_iterable(self._guards_of(act) for act in helping.values()))

    def _guards_of(self, act: Act) -> set[str]:
        return set[str]().union(*(_guards_of_row(act, row) for row in self._rows(act)))

    def _alive(self, place: Place, targets: frozenset[str], *, relayed: bool) -> frozenset[int]:
        """Return the situations with a way on: a step now, or what leads to such a situation."""
        asked = (place.standings, targets, relayed)
        if asked not in self._known_alive:
            leading = self._leading(targets, relayed=relayed)
            self._known_alive[asked] = self._spread(place, [*leading, *(self._giving if relayed else ())])
        return self._known_alive[asked]

    def _spread(self, place: Place, leading: Iterable[Act]) -> frozenset[int]:
        alive = set[int]().union(*(self._opened_to(action.name, place) for action in leading))
        opened = {name: self._opened_to(name, place) for name in self._acts}
        while True:
            more = {number for number, after in self._later if after in alive}
            for name, moves in self._moves.items():
                more |= {number for number, after in moves if after in alive and number in opened[name]}
            if more <= alive:
                return frozenset(alive)
            alive |= more

    def _moves_by(self, act: str) -> list[tuple[int, int]]:
        """Return from which situation to which other one an act leads."""
        changed = (
            (number, self.situations.changed(one, OPENS.get(act, {}))) for number, one in self._numbered
        )
        return [(number, after) for number, after in changed if after is not None and after != number]

    def _opened_to(self, action: str, place: Place) -> frozenset[int]:
        """Return the situations in which an action is open to somebody of a place, or to the program."""
        people = (self._opened_for(action, standing) for standing in place.standings)
        itself = self._opened_for(action, PROGRAM) if action in self._by_itself else frozenset[int]()
        return itself.union(*people)

    def _opened_for(self, action: str, standing: Standing) -> frozenset[int]:
        asked = action, standing
        if asked not in self._opened:
            act = self._definition.action(action)
            rows = tuple(place for place, row in enumerate(self._rows(act)) if _fits(row, standing))
            with_names = standing.reads_open_names and not needs_settled_names(act)
            # Who asks decides by which rows an action is open; no guard asks for roles or relations.
            alike = action, rows, with_names
            if alike not in self._opened_by:
                self._opened_by[alike] = frozenset(
                    number
                    for number, situation in self._numbered
                    if rows and (with_names or not situation.open_names)
                    if availability(self._definition, as_seen_by(situation, standing), action).allowed
                )
            self._opened[asked] = self._opened_by[alike]
        return self._opened[asked]

    def _describe(self, dead: list[Situation], place: Place, steps: list[Step]) -> tuple[DeadEnd, ...]:
        """Return the dead situations by the guards that do not hold in them: the fewest that suffice.

        Asked are the guards of those rows by which somebody there could take a step otherwise, and whether
        names are open, for then most people do not see the matter.
        """
        asked = {"names_settled"}
        for step in steps:
            people = [*place.standings, *([PROGRAM] if step.name in self._by_itself else ())]
            rows = [row for row in self._rows(step) if any(_fits(row, one) for one in people)]
            asked = asked.union(*(_guards_of_row(step, row) for row in rows))
        found: dict[frozenset[str], Situation] = {}
        for situation in dead:
            found.setdefault(self._failing(situation) & asked, situation)
        least = [failing for failing in found if not any(other < failing for other in found)]
        order = list(GUARDS)
        named = {tuple(sorted(failing, key=order.index)): found[failing] for failing in least}
        return tuple(
            DeadEnd(self._state, failing, self._missing(steps, named[failing]))
            for failing in sorted(named, key=lambda names: [order.index(name) for name in names])
        )

    def _failing(self, situation: Situation) -> frozenset[str]:
        """Return the guards of this state that do not hold in a situation, whoever asks."""
        if situation not in self._failed:
            asked = situation._replace(second_person_needed=False)
            self._failed[situation] = frozenset(
                name for name in self._guards if GUARDS[name](asked) is not None
            )
        return self._failed[situation]

    def _missing(self, steps: Iterable[Step], situation: Situation) -> tuple[MissingPeople, ...]:
        """Return who could take a step in a situation if there were somebody like that."""
        found = []
        for step in steps:
            for row in self._rows(step):
                roles = row.roles & (READ_OPEN_NAMES if situation.open_names else ACTING_ROLES)
                if roles and self._failing(situation).isdisjoint(_guards_of_row(step, row)):
                    found.append(MissingPeople(step.name, tuple(sorted(roles)), row.relations))
        return tuple(found)

    def _rows(self, act: Act) -> list[ActionRule]:
        return [row for row in act.rows if self._state in row.sources]


def as_seen_by(situation: Situation, standing: Standing) -> Situation:
    """Return a situation for somebody who stands so to the matter.

    Where one person may not decide another one of that unit and role does, so that is no question.
    """
    return situation._replace(roles=standing.roles, relations=standing.relations, second_person_needed=False)


def _guards_of_row(act: Act, row: ActionRule) -> set[str]:
    return {*act.guards, *ALWAYS.get(act.name, ()), *row.guards}


def _fits(row: ActionRule, standing: Standing) -> bool:
    return not row.roles.isdisjoint(standing.roles) and not standing.relations.isdisjoint(row.relations)
