"""The walk through the situations of a state finds what plain trying finds, in any small life cycle."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import product
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.workflow.samples import project_definition
from workflow.definition.model import Act, ActionRule, Definition, Step
from workflow.guards import ALWAYS, GUARDS
from workflow.machine import availability
from workflow.situation import Situation
from workflow.ways_on.code_facts import GOES_UP, HOLDS, HOLDS_IN, OPENS, RESTS_ON_CHANCE
from workflow.ways_on.guard_reading import PAST, fields_read, plain_situation
from workflow.ways_on.places import Place, Standing
from workflow.ways_on.situations import possible_values
from workflow.ways_on.walk import PROGRAM, walk_of

STATES = ("received", "assigned", "escalated")
RUNNING = {"handling": "start", "accept": "start"}
SOME_ROLES = st.frozensets(st.sampled_from(("member", "team_leader", "leader", "system")), min_size=1)
SOME_RELATIONS = st.lists(
    st.sampled_from(("in_scope", "owner", "system")), min_size=1, max_size=3, unique=True
)


@cache
def some_guards(most: int) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(sorted(GUARDS)), max_size=most, unique=True).map(tuple)


@cache
def rows(most: int) -> st.SearchStrategy[tuple[ActionRule, ...]]:
    made = st.builds(
        ActionRule,
        sources=st.frozensets(st.sampled_from(STATES), min_size=2),
        roles=SOME_ROLES,
        relations=SOME_RELATIONS.map(tuple),
        guards=some_guards(most),
    )
    return st.lists(made, min_size=1, max_size=2).map(tuple)


CODES = st.lists(
    st.sampled_from(("inspect", "raise", "withdraw", "return", "send_down")),
    min_size=1,
    max_size=3,
    unique=True,
)
TARGETS = st.sampled_from((*STATES, "closed"))
ACTS = st.lists(st.sampled_from((*OPENS, "reassign")), max_size=2)


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    """Draw a small life cycle: the states, clocks and fields of the shipped one, few steps and acts.

    Half of the acts make so what a guard of a step asks for.
    """
    shipped = project_definition()

    def common(name: str, most: int) -> dict[str, Any]:
        drawn = draw(rows(most))
        used = frozenset[str]().union(*(row.sources for row in drawn))
        return {
            "name": name,
            "zh": name,
            "en": name,
            "rows": drawn,
            "guards": draw(some_guards(most)),
            "fields": (),
            "sources": tuple(code for code in shipped.states if code in used),
            "roles": frozenset[str]().union(*(row.roles for row in drawn)),
            "tells": (),
            "hands_to": "",
            "public": None,
        }

    steps = {name: Step(**common(name, 2), target=draw(TARGETS), clocks=RUNNING) for name in draw(CODES)}
    asked = {
        name
        for step in steps.values()
        for name in (*step.guards, *(one for row in step.rows for one in row.guards))
    }
    fields = frozenset[str]().union(*(fields_read(GUARDS[name]) for name in asked))
    helping = [name for name, changes in OPENS.items() if changes.keys() & fields]
    names = {*helping, *draw(ACTS)}
    return replace(shipped, steps=steps, acts={name: Act(**common(name, 1)) for name in sorted(names)})


STANDINGS = st.lists(
    st.builds(
        Standing,
        st.frozensets(st.sampled_from(("member", "team_leader", "leader")), min_size=1),
        st.frozensets(st.sampled_from(("in_scope", "owner")), min_size=1),
        st.booleans(),
    ),
    min_size=1,
    max_size=3,
).map(frozenset)


class PlainTrying:
    """The same question answered without any of the walk's shortcuts: each value of each field by itself."""

    def __init__(self, definition: Definition, place: Place, targets: frozenset[str]) -> None:
        self.definition, self.place, self.targets = definition, place, targets
        self.state = definition.states[place.state]
        names = {"names_settled"}
        for action in (*definition.steps.values(), *definition.acts.values()):
            if place.state in action.sources:
                names |= {*action.guards, *ALWAYS.get(action.name, ())}
                names = names.union(*(row.guards for row in action.rows))
        fields = frozenset[str]().union(*(fields_read(GUARDS[name]) for name in names))
        for _ in range(3):
            fields = fields.union(*(fields_read(HOLDS[name]) for name in fields & HOLDS.keys()))
        self.fields = sorted(fields)

    def size(self) -> int:
        count = 1
        for name in self.fields:
            count *= len(possible_values(self.definition, self.state.code, name))
        return count

    def all(self) -> Iterator[Situation]:
        values = (possible_values(self.definition, self.state.code, name) for name in self.fields)
        for combination in product(*values):
            one = plain_situation()._replace(
                state=self.state.code, **dict(zip(self.fields, combination, strict=True))
            )
            if self.can_be(one) and all(
                getattr(one, name) == value for name, value in self.place.fixed if name in self.fields
            ):
                yield one

    def can_be(self, one: Situation) -> bool:
        within = (
            getattr(one, name) in possible_values(self.definition, self.state.code, name)
            for name in self.fields
        )
        return (
            all(within)
            and all(HOLDS[name](one) for name in self.fields if name in HOLDS)
            and all(HOLDS_IN[name](one, self.state) for name in self.fields if name in HOLDS_IN)
        )

    def may(self, one: Situation, action: str) -> bool:
        rungs = {rung.code for clock in self.definition.clocks.values() for rung in clock.ladder}
        people = [who for who in self.place.standings if who.reads_open_names or not one.open_names]
        people += [PROGRAM] if action in rungs | self.definition.acts.keys() else []
        return any(
            availability(
                self.definition,
                one._replace(roles=who.roles, relations=who.relations, second_person_needed=False),
                action,
            ).allowed
            for who in people
        )

    def follow(self, one: Situation) -> Iterator[Situation]:
        passed: dict[str, Any] = {name: PAST for name in self.fields if isinstance(getattr(one, name), date)}
        yield one._replace(**passed)
        for name, changes in OPENS.items():
            if name not in self.definition.acts or not self.may(one, name):
                continue
            after = one
            for field in set(changes) & set(self.fields):
                value = changes[field](getattr(one, field)) if callable(changes[field]) else changes[field]
                tried = after._replace(**{field: value})
                after = tried if field not in HOLDS_IN or HOLDS_IN[field](tried, self.state) else after
            yield after

    def is_alive(self, one: Situation, seen: set[Situation]) -> bool:
        ways = [
            step
            for step in self.definition.steps.values()
            if step.target in self.targets and step.name not in RESTS_ON_CHANCE
            if step.target != self.state.code or step.name in GOES_UP
        ]
        if any(self.may(one, step.name) for step in ways):
            return True
        seen.add(one)
        return any(
            self.is_alive(after, seen)
            for after in self.follow(one)
            if after not in seen and self.can_be(after)
        )

    def dead(self) -> set[Situation]:
        return {one for one in self.all() if not self.is_alive(one, set())}


FIXED: tuple[tuple[tuple[str, bool], ...], ...] = ((), (("has_superior", True),), (("has_superior", False),))


@settings(max_examples=300)
@given(definitions(), STANDINGS, st.sampled_from(STATES), st.sampled_from(FIXED))
def test_the_walk_finds_what_plain_trying_finds(
    definition: Definition,
    people: frozenset[Standing],
    state: str,
    fixed: tuple[tuple[str, bool], ...],
) -> None:
    place, targets = Place(state, frozenset({1}), people, fixed), frozenset({"closed", "assigned"})
    plain = PlainTrying(definition, place, targets)
    assume(plain.size() <= 250)
    walk = walk_of(definition, state)
    dead = set(walk.dead_situations(place, targets, relayed=False))

    def walked(one: Situation) -> Situation:
        stands: Mapping[str, Mapping[Any, Any]] = walk.situations.stands_for
        varied = {name: getattr(one, name) for name in walk.situations.fields}
        return plain_situation()._replace(
            state=state, **{name: stands[name].get(value, value) for name, value in varied.items()}
        )

    assert {walked(one) for one in plain.dead()} == dead
