"""Say whom an action of the county's own tells, and in which words a notice names what the county named."""

from typing import Any

from notifications.kinds import CLOCKS, DATE
from workflow.definition.model import Act, ClockDef, Definition

KIND = "own_action"


def circles(definition: Definition, action: str) -> tuple[str, ...]:
    """Return whom a definition says that an action tells; of actions of the program it says nothing."""
    return definition.action(action).tells if definition.has_action(action) else ()


def action_facts(definition: Definition, action: str) -> dict[str, Any]:
    """Return what the notice of an action keeps: its name in both languages."""
    return {"action": _named(definition.action(action))}


def clock_facts(definition: Definition, clock: str) -> dict[str, Any]:
    """Return what a notice keeps of a clock: its code, and its name where the county calls it otherwise.

    Whoever words the notice later has the present definition alone, not the one of the case.
    """
    found = definition.clocks.get(clock)
    if found is None or found.zh == f"{CLOCKS.get(clock)}{DATE}":
        return {"clock": clock}
    return {"clock": clock, "clock_words": _named(found)}


def _named(named: Act | ClockDef) -> dict[str, str]:
    return {"zh": named.zh, "en": named.en}
