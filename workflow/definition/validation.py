"""Check that a definition holds together: no case gets lost, stands without owner or date, or never ends."""

from collections.abc import Mapping

from config.marked_text import MarkedText
from config.marked_text import mark as _
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
        root.document.problem(("steps", "register"), MarkedText(_("缺少步骤 register：没有它就不能登记")))
    elif register.target != initial:
        reason = MarkedText(_("事项从「{state}」开始，不从这里"), {"state": initial})
        root.document.problem(("steps", "register", "to"), reason)


def _check_states(root: Table, states: Mapping[str, State], clocks: Mapping[str, ClockDef]) -> None:
    for code, state in states.items():
        if state.final:
            for key in ("owner", "unit_kinds", "clock"):
                if getattr(state, key):
                    root.document.problem(("states", code, key), MarkedText(_("办完的状态不写这一项")))
            continue
        if not state.owner:
            root.document.problem(("states", code), MarkedText(_("没办完的状态要写归属规则")))
        if not state.unit_kinds:
            reason = MarkedText(_("没办完的状态要写哪些类别的单位能承办"))
            root.document.problem(("states", code), reason)
        if not state.clock:
            root.document.problem(("states", code), MarkedText(_("没办完的状态要写时钟")))
        elif state.clock in clocks and not clocks[state.clock].ladder:
            reason = MarkedText(_("没办完的状态「{state}」的时钟要有催督档次"), {"state": code})
            root.document.problem(("clocks", state.clock, "ladder"), reason)


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
            root.document.problem(("states", code), MarkedText(_("从开始没有步骤走到这里")))
        if not state.final and code not in ending:
            root.document.problem(("states", code), MarkedText(_("从这里走不到办完的状态")))


def _check_steps(root: Table, states: Mapping[str, State], steps: Mapping[str, Step]) -> None:
    for name, step in steps.items():
        if step.clocks.get("handling") in ("start", "start_short") and name not in vocabulary.BEGINS_A_ROUND:
            root.document.problem(
                ("steps", name, "clocks"),
                MarkedText(_("只有 register、reopen 和 raise 可以重新开始办理时钟，别的步骤写 start_once")),
            )
        final = [source for source in step.sources if states[source].final]
        if final and name not in vocabulary.LEAVES_A_FINAL_STATE:
            reason = MarkedText(_("只有 reopen 和 unmerge 可以离开办完的状态：{states}"), {"states": final})
            for place in step.places_of_source(final[0]):
                root.document.problem(("steps", name, *place), reason)


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
            reason = MarkedText(_("催督档次没有按天数从小到大写"))
            root.document.problem(("clocks", name, "ladder"), reason)
    rungs = {rung.code for clock in clocks.values() for rung in clock.ladder}
    if "raise" in rungs and "raise" not in steps:
        root.document.problem(("rungs", "raise"), MarkedText(_("有 raise 这一档，就要有同名的步骤")))
