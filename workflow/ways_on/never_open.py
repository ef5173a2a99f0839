"""Find actions that nobody can ever take, because no situation answers well to all that is asked before them.

Asked is what the walk knows of situations: which there are in a state, and what the life cycle's own actions
bring about. So guards that exclude each other need no list here, nor do those that wait for an act.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from workflow.definition.model import Act, Definition
from workflow.guards import GUARDS
from workflow.ways_on.code_facts import CHANGED_BY
from workflow.ways_on.guard_reading import fields_read
from workflow.ways_on.situations import Situations, TooManySituations


@dataclass(frozen=True, slots=True)
class NeverOpen:
    """An action with a row that is never open, and the fewest guards that keep it so.

    `by` are actions that the life cycle does not have and that could bring about what a single guard asks.
    """

    action: Act
    guards: tuple[str, ...]
    by: tuple[str, ...]


def find_never_open(definition: Definition) -> Iterator[NeverOpen]:
    """Yield each action with a row by which nobody can ever take it."""
    for action in (*definition.steps.values(), *definition.acts.values()):
        for rule in action.rows:
            guards = tuple(dict.fromkeys((*action.guards, *rule.guards)))
            if rule.sources and not _is_possible(definition, rule.sources, guards):
                yield _explained(definition, action, rule.sources, guards)
                break


def changers_of(guard: str) -> frozenset[str]:
    """Return the actions of the program that change what a guard asks."""
    return frozenset[str]().union(*(CHANGED_BY.get(field, ()) for field in fields_read(GUARDS[guard])))


def _explained(
    definition: Definition, action: Act, sources: Iterable[str], guards: tuple[str, ...]
) -> NeverOpen:
    fewer = (some for number in (1, 2) for some in combinations(guards, number))
    found = next((some for some in fewer if not _is_possible(definition, sources, some)), guards)
    able = changers_of(found[0]) if len(found) == 1 else frozenset[str]()
    return NeverOpen(action, found, tuple(sorted(name for name in able if not definition.has_action(name))))


def _is_possible(definition: Definition, sources: Iterable[str], guards: Iterable[str]) -> bool:
    """Return whether in one of the states some situation answers well to all guards."""
    asked = [GUARDS[guard] for guard in guards]
    if not asked:
        return True
    for state in sources:
        try:
            situations = Situations(definition, state, asked)
        except TooManySituations:
            return True
        if any(all(guard(situation) is None for guard in asked) for situation in situations.all):
            return True
    return False
