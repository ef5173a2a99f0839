"""Follow the clocks of a life cycle through all its steps.

In an open state its own clock runs, in a final one none does, nothing is stopped that cannot run, and nothing
goes on that goes on by itself.
"""

from collections.abc import Callable

from cases.intake.coded_actions import MAY_START
from config.marked_text import MarkedText
from config.marked_text import mark as _
from workflow.definition.model import Definition, State, Step

Problem = Callable[[tuple[str, ...], MarkedText], None]

#: The clock and the act by which a unit takes a matter on.
ACCEPT = "accept"


def check(definition: Definition, problem: Problem) -> None:
    """Follow the clocks through all steps: an open state's own clock runs in it, in a final one none does."""
    may = _clocks_that_may_run(definition)
    for name, step in definition.steps.items():
        state = definition.states[step.target]
        left: set[str] = set()
        for source in step.sources:
            left |= may[source] - step.clocks.keys()
        left |= {clock for clock, change in step.clocks.items() if change != "stop"}
        for clock, change in step.clocks.items():
            if change == "stop" and not any(clock in may[source] for source in step.sources):
                problem(
                    ("steps", name, "clocks", clock),
                    MarkedText(_("时钟 {clock} 在这之前不会走，不用停"), {"clock": clock}),
                )
            if change == "go_on" and all(definition.states[source].clock == clock for source in step.sources):
                problem(
                    ("steps", name, "clocks", clock),
                    MarkedText(_("时钟 {clock} 本来就在走，不用写"), {"clock": clock}),
                )
        if step.hands_to and ACCEPT in left and ACCEPT not in step.clocks:
            reason = MarkedText(_("换了承办单位，时钟 accept 要写 start 或者 stop"))
            problem(("steps", name, "clocks"), reason)
        if state.final and left:
            reason = MarkedText(_("办完的状态里时钟不走，{clocks} 要写 stop"), {"clocks": sorted(left)})
            problem(("steps", name, "clocks"), reason)
        if not state.final and not _surely_runs(state, step, definition):
            facts = {"state": state.code, "clock": state.clock}
            reason = MarkedText(_("到了 {state}，它的时钟 {clock} 要走起来"), facts)
            problem(("steps", name, "clocks"), reason)


def _surely_runs(state: State, step: Step, definition: Definition) -> bool:
    """Return whether the clock of the state that a step leads to runs after it, wherever it is taken from."""
    change = step.clocks.get(state.clock)
    if change is not None:
        return change not in ("stop", "go_on")
    return bool(step.sources) and all(
        definition.states[source].clock == state.clock for source in step.sources
    )


def _clocks_that_may_run(definition: Definition) -> dict[str, set[str]]:
    """Return by state the clocks that may run in it; the reply clock goes by people and is not among them."""
    may: dict[str, set[str]] = {code: set() for code in definition.states}
    for act in definition.acts.values():
        for source in act.sources:
            may[source] |= MAY_START.get(act.name, frozenset())
    grown = True
    while grown:
        grown = False
        for name, step in definition.steps.items():
            if definition.states[step.target].final:
                continue
            found = {clock for clock, change in step.clocks.items() if change != "stop"}
            found |= MAY_START.get(name, frozenset())
            for source in step.sources:
                found |= may[source] - step.clocks.keys()
            grown = grown or not found <= may[step.target]
            may[step.target] |= found
    return may
