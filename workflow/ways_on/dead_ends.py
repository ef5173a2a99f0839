"""Find the situations of open matters that have no way on for anybody there is.

A way on is a step that somebody other than a villager may take now, or that the program takes by itself, and
that leads to a final state or to another one that somebody can own. A step that rests on what only some
matters have (`RESTS_ON_CHANCE`) is none. Where no step is open, an act counts that makes one open, one after
the other; what gives the matter to another owner who can go on in some situation; and waiting, when a day
must have come. Besides, the ways have to lead to an end: where matters only go round is named as well.

Walked are matters that name nobody: who is named in one is kept away from it by rules of its own.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from functools import lru_cache

from accounts.access.permissions import ACTING_ROLES
from workflow.definition.model import Definition
from workflow.definition.vocabulary import RELATIONS
from workflow.ways_on.places import DeadEnd, Place, Standing
from workflow.ways_on.walk import READ_OPEN_NAMES, StateWalk, walk_of

#: The mark of the owner where no register says which units there are.
ANY_UNIT = frozenset({0})


@lru_cache(maxsize=16)
def find_dead_ends_of(definition: Definition) -> tuple[DeadEnd, ...]:
    """Walk a definition for people of all roles in all relations: what is dead for them is so for anybody.

    Raises TooManySituations for a state whose conditions are too many.
    """
    relations = RELATIONS - {"system"}
    everybody = frozenset(
        Standing(roles, relations, reads_open_names=roles is READ_OPEN_NAMES)
        for roles in (ACTING_ROLES, READ_OPEN_NAMES)
    )
    places = [
        Place(code, ANY_UNIT, everybody) for code, state in definition.states.items() if not state.final
    ]
    return tuple(dead for _, dead in find_dead_ends(definition, places))


def find_dead_ends(definition: Definition, places: Sequence[Place]) -> list[tuple[Place, DeadEnd]]:
    """Walk the places in which a matter can lie, and return each dead end with the place.

    A state for which there is no place is one that no matter comes to.
    """
    final = frozenset(code for code, state in definition.states.items() if state.final)
    targets = frozenset(final | {place.state for place in places})
    walks = {place.state: walk_of(definition, place.state) for place in places}
    stuck = [place for place in places if not walks[place.state].goes_on(place, targets, always=True)]
    found = []
    for place in stuck:
        walk = walks[place.state]
        others = (one for one in places if one.state == place.state and one.owner != place.owner)
        relayed = any(walk.goes_on(other, targets, always=False) for other in others)
        found += [(place, dead) for dead in walk.dead_ends(place, targets, relayed=relayed)]
    known = {place for place, _ in found}
    endless = _find_endless(places, walks, targets, final, known)
    return found + [(place, DeadEnd(place.state, (), (), endless=True)) for place in endless]


def _find_endless(
    places: Sequence[Place],
    walks: Mapping[str, StateWalk],
    targets: frozenset[str],
    final: frozenset[str],
    known: Set[Place],
) -> list[Place]:
    """Return the places from which no way leads to a final state, nor to what is known to be dead."""
    ending = list(known)
    left = [place for place in dict.fromkeys(places) if place not in known]
    owners: dict[str, frozenset[int]] = defaultdict(frozenset)
    while True:
        for state, owner in [(place.state, place.owner) for place in ending]:
            owners[state] |= owner
        ending = [
            place
            for place in left
            if any(
                way.target in final or way.reaches(place, owners[way.target])
                for way in walks[place.state].ways_from(place, targets)
            )
        ]
        if not ending:
            return left
        ended = set(ending)
        left = [place for place in left if place not in ended]
