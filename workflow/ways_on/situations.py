"""List the situations that can come in a state, as far as some guards tell them apart.

Varied are the fields that the guards read, and what these cannot be without. What cannot be is left out: a
counter above its limit, a clock that stands still and does not run, what no action of the life cycle brings.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from itertools import product
from typing import Any

from workflow.definition.model import Act, Definition, Step
from workflow.situation import Situation
from workflow.ways_on.code_facts import (
    CHANGED_BY,
    CLOCK_FIELDS,
    HOLDS,
    HOLDS_IN,
    LEFT_WITH_THE_ROUND,
    LEFT_WITH_THE_STATE,
    OPEN_NAMES,
    SETTLES_NAMES,
    clocks_after,
    needs_settled_names,
    takes_names,
)
from workflow.ways_on.guard_reading import (
    DAY,
    PAST,
    Question,
    fields_read,
    plain_situation,
    values_of_fields,
    values_that_differ,
)

#: More situations of one state are not walked; each condition that depends on nothing else doubles them.
MOST_SITUATIONS = 4096


class TooManySituations(Exception):
    """Say that the steps of a state have so many conditions that their combinations cannot be walked."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class Situations:
    """The situations of a state that some guards tell apart, each once.

    `stands_for` maps every value of a varied field to the one that is walked in its place.
    """

    def __init__(self, definition: Definition, state: str, guards: Iterable[Question]) -> None:
        self._definition, self._state = definition, definition.states[state]
        asked = set(guards)
        self.fields = _closed(frozenset[str]().union(*map(fields_read, asked)))
        conditions = [HOLDS[name] for name in self.fields & HOLDS.keys()]
        conditions += [self._in_state(name) for name in self.fields & HOLDS_IN.keys()]
        self.stands_for: Mapping[str, Mapping[Any, Any]] = {
            name: values_that_differ(name, possible_values(definition, state, name), [*asked, *conditions])
            for name in sorted(self.fields & values_of_fields().keys())
        }
        varied = {name: tuple(dict.fromkeys(found.values())) for name, found in self.stands_for.items()}
        self.all = self._combine(varied, conditions)
        self.position = {situation: place for place, situation in enumerate(self.all)}

    def changed(self, situation: Situation, changes: Mapping[str, Any]) -> int | None:
        """Return the place of the situation that follows some changes; None when it can never come."""
        for name in changes.keys() & self.fields:
            before = getattr(situation, name)
            value = changes[name](before) if callable(changes[name]) else changes[name]
            after = situation._replace(**{name: self.stands_for[name].get(value, value)})
            if name not in HOLDS_IN or HOLDS_IN[name](after, self._state):
                situation = after
        return self.position.get(situation)

    def later(self, situation: Situation) -> int | None:
        """Return the place of the situation when all its days have passed and nobody has done anything."""
        dates = [name for name in self.fields if isinstance(getattr(situation, name), date)]
        return self.changed(situation, dict.fromkeys(dates, PAST))

    def where(self, fixed: Mapping[str, Any]) -> set[int]:
        """Return the places of the situations in which some fields have these values; others are ignored."""
        wanted = {
            name: self.stands_for[name].get(value) for name, value in fixed.items() if name in self.fields
        }
        return {
            place
            for place, situation in enumerate(self.all)
            if all(getattr(situation, name) == value for name, value in wanted.items())
        }

    def _in_state(self, name: str) -> Question:
        holds, state = HOLDS_IN[name], self._state
        return lambda situation: holds(situation, state)

    def _combine(
        self, varied: Mapping[str, tuple[Any, ...]], conditions: Iterable[Question]
    ) -> list[Situation]:
        plain = plain_situation()._replace(state=self._state.code, today=DAY)
        size = 1
        for values in varied.values():
            size *= len(values)
        if size > MOST_SITUATIONS:
            raise TooManySituations(self._state.code)
        combined = (
            plain._replace(**dict(zip(varied, values, strict=True))) for values in product(*varied.values())
        )
        asked = list(conditions)
        return [situation for situation in combined if all(holds(situation) for holds in asked)]


def possible_values(definition: Definition, state: str, field: str) -> tuple[Any, ...]:
    """Return the values that a field can have in a state of a life cycle, whatever else is so."""
    values = values_of_fields()[field]
    clock = CLOCK_FIELDS.get(field)
    if clock is not None:
        if state not in _reached(definition, f"clock {clock}"):
            return values[:1]
        return values[1:] if definition.states[state].clock == clock else values
    if field in {*CHANGED_BY, OPEN_NAMES} and state not in _reached(definition, field):
        begins = getattr(plain_situation(), field)
        return tuple(value for value in values if value == begins)
    return values


@lru_cache(maxsize=512)
def _reached(definition: Definition, what: str) -> frozenset[str]:
    """Return the states in which a field can be changed, or in which a clock can run."""
    clock = what.removeprefix("clock ") if what.startswith("clock ") else None
    found: set[str] = set()
    for action in (*definition.acts.values(), *definition.steps.values()):
        if _changes(action, what) if clock is None else clock in clocks_after(action):
            step = definition.steps.get(action.name)
            found |= {step.target} if step else set(action.sources)
    waiting = list(found)
    while waiting:
        source = waiting.pop()
        for step in definition.steps.values():
            if source not in step.sources or step.target in found:
                continue
            stopped = step.clocks.get(clock) == "stop" if clock else _is_left(definition, source, step, what)
            if not stopped:
                found.add(step.target)
                waiting.append(step.target)
    return frozenset(found)


def _changes(action: Act, field: str) -> bool:
    return takes_names(action) if field == OPEN_NAMES else action.name in CHANGED_BY[field]


def _is_left(definition: Definition, source: str, step: Step, field: str) -> bool:
    """Return whether a step from a state ends what an action changed."""
    if field == OPEN_NAMES:
        return step.name in SETTLES_NAMES or needs_settled_names(step)
    new_round = step.name == "reopen" and definition.states[source].answered
    return field in LEFT_WITH_THE_STATE or (field in LEFT_WITH_THE_ROUND and new_round)


def _closed(fields: frozenset[str]) -> frozenset[str]:
    """Return some fields and those without which they cannot be what they are."""
    while True:
        needed = frozenset[str]().union(*(fields_read(HOLDS[name]) for name in fields & HOLDS.keys()))
        if needed <= fields:
            return fields
        fields |= needed
