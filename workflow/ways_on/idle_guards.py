"""Find guards that ask nothing, because every situation in which they are asked answers well to them.

Asked is what the walk knows of situations, as for actions that are never open (`never_open`): a guard that
keeps off what only an act brings about asks nothing in a life cycle without that act.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass

from config.lines import Path
from workflow.definition.model import Act, Definition
from workflow.guards import GUARDS
from workflow.ways_on.never_open import changers_of
from workflow.ways_on.situations import Situations, TooManySituations


@dataclass(frozen=True, slots=True)
class IdleGuard:
    """A guard of an action that always holds where it is asked; `place` is where the action has it.

    `by` are actions that the life cycle does not have and that could make the guard fail.
    """

    action: Act
    place: Path
    guard: str
    by: tuple[str, ...]


def find_idle_guards(definition: Definition, needed: Mapping[str, Set[str]]) -> Iterator[IdleGuard]:
    """Yield each guard that always holds where it is asked, but for those that an action must have."""
    for action in (*definition.steps.values(), *definition.acts.values()):
        lists: list[tuple[Path, Iterable[str], tuple[str, ...]]] = [
            (("guards",), action.sources, action.guards)
        ]
        lists += [(("who", at, "guards"), row.sources, row.guards) for at, row in enumerate(action.rows)]
        for place, sources, guards in lists:
            for guard in guards:
                if guard not in needed.get(action.name, ()) and _always_holds(definition, sources, guard):
                    yield IdleGuard(action, place, guard, _missing(definition, guard))


def _always_holds(definition: Definition, sources: Iterable[str], guard: str) -> bool:
    asked = GUARDS[guard]
    try:
        return all(
            asked(situation) is None
            for state in sources
            for situation in Situations(definition, state, [asked]).all
        )
    except TooManySituations:
        return False


def _missing(definition: Definition, guard: str) -> tuple[str, ...]:
    """Return the actions that could make a guard fail, where the life cycle has none of them."""
    able = changers_of(guard)
    return () if any(map(definition.has_action, able)) else tuple(sorted(able))
