"""Refuse a life cycle in which a matter can come to stand still, or an action that nobody can ever take."""

from collections.abc import Callable

from cases.intake.coded_actions import GUARDS
from config.lines import Path
from config.marked_text import MarkedText
from workflow.definition.model import Definition
from workflow.ways_on.dead_ends import find_dead_ends_of
from workflow.ways_on.idle_guards import find_idle_guards
from workflow.ways_on.never_open import find_never_open
from workflow.ways_on.situations import TooManySituations
from workflow.ways_on.words import (
    dead_end_in_words,
    idle_guard_in_words,
    never_open_in_words,
    too_many_in_words,
)


def check_ways_on(definition: Definition, problem: Callable[[Path, MarkedText], None]) -> None:
    """Note each open state in which some situation has no way on, even if there are people of every role."""
    try:
        found = find_dead_ends_of(definition)
    except TooManySituations as error:
        problem(("states", error.state), too_many_in_words(definition, error))
        return
    for dead in found:
        problem(("states", dead.state), dead_end_in_words(definition, dead))


def check_actions(definition: Definition, problem: Callable[[Path, MarkedText], None]) -> None:
    """Note each guard that asks nothing, and each action whose guards never let anybody take it."""
    for idle in find_idle_guards(definition, GUARDS):
        kind = "steps" if idle.action.name in definition.steps else "acts"
        problem((kind, idle.action.name, *idle.place), idle_guard_in_words(idle))
    for never in find_never_open(definition):
        kind = "steps" if never.action.name in definition.steps else "acts"
        key = "guards" if set(never.guards) <= set(never.action.guards) else "who"
        problem((kind, never.action.name, key), never_open_in_words(never))
