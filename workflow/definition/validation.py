"""Check that a definition holds together: no case gets lost, stands without owner or date, or never ends."""

from collections.abc import Mapping

from config.reading import Table
from workflow.definition import vocabulary
from workflow.definition.model import ClockDef, State, Step


def check(
    root: Table,
    *,
    initial: str,
    states: Mapping[str, State],
    steps: Mapping[str, Step],
    clocks: Mapping[str, ClockDef],
) -> None:
    """Note every fault of domain.md section 2 that concerns more than one word."""
    _check_beginning(root, initial, steps)
    _check_states(root, states, clocks)
    _check_paths(root, initial, states, steps)
    _check_steps(root, states, steps)
    _check_ladders(root, steps, clocks)


def _check_beginning(root: Table, initial: str, steps: Mapping[str, Step]) -> None:
    register = steps.get("register")
    if register is None:
        root.problem("the step `register` is missing: no case could begin", "steps")
    elif register.target != initial:
        root.document.problem(("steps", "register", "to"), f"a case begins in {initial!r}, not here")


def _check_states(root: Table, states: Mapping[str, State], clocks: Mapping[str, ClockDef]) -> None:
    for code, state in states.items():
        if state.final:
            for key in ("owner", "unit_kinds", "clock"):
                if getattr(state, key):
                    root.document.problem(("states", code, key), "a final state has none")
            continue
        if not state.owner:
            root.document.problem(("states", code), "an open state needs an owner rule")
        if not state.unit_kinds:
            root.document.problem(("states", code), "an open state needs the kinds of unit that may own it")
        if not state.clock:
            root.document.problem(("states", code), "an open state needs a clock")
        elif state.clock in clocks and not clocks[state.clock].ladder:
            reason = f"the open state {code!r} needs a ladder on its clock"
            root.document.problem(("clocks", state.clock), reason)


def _check_paths(root: Table, initial: str, states: Mapping[str, State], steps: Mapping[str, Step]) -> None:
    forward: dict[str, set[str]] = {code: set() for code in states}
    backward: dict[str, set[str]] = {code: set() for code in states}
    for step in steps.values():
        for source in step.sources:
            if step.target in states:
                forward[source].add(step.target)
                backward[step.target].add(source)
    reachable = _spread({initial} & set(states), forward)
    ending = _spread({code for code, state in states.items() if state.final}, backward)
    for code, state in states.items():
        if code not in reachable:
            root.document.problem(("states", code), "no step leads here from the beginning")
        if not state.final and code not in ending:
            root.document.problem(("states", code), "no path leads from here to a final state")


def _check_steps(root: Table, states: Mapping[str, State], steps: Mapping[str, Step]) -> None:
    for name, step in steps.items():
        if step.clocks.get("handling") in ("start", "start_short") and name not in vocabulary.BEGINS_A_ROUND:
            root.document.problem(
                ("steps", name, "clocks"),
                "only register, reopen and raise may start the handling clock anew; others may start it once",
            )
        final = [source for source in step.sources if states[source].final]
        if final and name not in vocabulary.LEAVES_A_FINAL_STATE:
            root.document.problem(
                ("steps", name, "who"),
                f"only reopen and unmerge may lead out of a final state, not out of {', '.join(final)}",
            )


def _spread(seen: set[str], edges: Mapping[str, set[str]]) -> set[str]:
    """Return everything that can be come to along the edges."""
    waiting = list(seen)
    while waiting:
        for after in edges[waiting.pop()] - seen:
            seen.add(after)
            waiting.append(after)
    return seen


def _check_ladders(root: Table, steps: Mapping[str, Step], clocks: Mapping[str, ClockDef]) -> None:
    for name, clock in clocks.items():
        if list(clock.ladder) != sorted(clock.ladder, key=lambda rung: rung.days):
            reason = "the rungs do not stand in the order of their days"
            root.document.problem(("clocks", name, "ladder"), reason)
    rungs = {rung.code for clock in clocks.values() for rung in clock.ladder}
    if "raise" in rungs and "raise" not in steps:
        root.problem("the rung `raise` needs a step of that name", "rungs")
