"""Read the life cycle that new cases run under, and refuse every entry that the code could not follow.

What a definition says of roles, relations, guards, ladders and most clocks the engine does as it is written.
A few things the code of an action of the program does by itself: to which state it leads, who owns the case
there, which clock it starts or moves by a rule of its own, what it takes. There the definition may only say
what is so; another word would decide nothing, or fail when somebody takes the step (domain.md section 2). A
county's own entries are looked at in `own_entries`. Definitions that are stored with cases are read without
this (`workflow.definition.reader.parse`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from accounts.access.permissions import ROLE_PERMISSIONS, Permission, Role
from cases.intake import county_words, field_keys, own_entries, program_fields, running_clocks, who_rows
from cases.intake.coded_actions import (
    ANSWERED,
    CHANGES,
    FIELDS_OF_STEPS,
    GUARDS,
    MAY_MOVE,
    NEEDED,
    OWN_CLOCK_CHANGES,
    OWN_CLOCKS,
    OWNERS,
    REGISTER,
    ROLES,
    SOURCES,
    TARGETS,
    TOGETHER,
)
from cases.intake.running_clocks import ACCEPT
from cases.intake.ways_on import check_actions, check_ways_on
from cases.lifecycle.effects.registry import EFFECTS
from config.lines import Path
from config.marked_text import MarkedText
from config.marked_text import mark as _
from config.reading import Document, Table
from workflow.definition.fields import OPTIONAL
from workflow.definition.model import RISING, Act, Definition, Step
from workflow.definition.reader import BadDefinition, parse
from workflow.definition.rule_sets import FIRST, RULE_SETS
from workflow.definition.vocabulary import CaseState, stage_of

Problem = Callable[[Path, MarkedText], None]


def read_definition(body: str, place: str) -> Definition:
    """Read the TOML text of a definition that new cases are to run under.

    `place` is the name its problems are reported under. Raises BadDefinition with each entry that is wrong in
    itself, that has no effect, or that the code could not follow, and each open state in which a matter can
    come to stand still.
    """
    parse(body, place, _check_parts)
    definition = parse(body, place)
    document = Document(body, place)
    _check_course(document.read(), definition)
    if not document.problems:  # only of what can be followed it makes sense to ask where it leads
        check_actions(definition, document.problem)
        check_ways_on(definition, document.problem)
    if document.problems:
        raise BadDefinition(document.problems)
    return definition


def _check_parts(root: Table, definition: Definition) -> None:
    """Note what is wrong with the entries one by one; where they lead is asked of right ones alone."""
    problem = root.document.problem
    root.no_empty()
    field_keys.check(root.data.get("fields", {}), problem)
    own_entries.check_states(definition, problem)
    _check_states(definition, problem)
    _check_needed(definition, problem)
    for kind, actions in (("steps", definition.steps), ("acts", definition.acts)):
        for name, action in actions.items():
            named = root.data[kind][name].get("fields", ())
            who_rows.check_rows((kind, name), action, root.data[kind][name]["who"], problem)
            if name == REGISTER or name in EFFECTS:
                _check_action(kind, name, action, definition, problem)
                if (kind == "steps") == (name in TARGETS):
                    program_fields.check_fields(
                        (kind, name), action, named, root.data.get("fields", {}), problem
                    )
            else:
                own_entries.check_action(kind, action, named, definition, problem)
    county_words.check_codes(definition, problem)
    county_words.check_distinct(root.data, definition, problem)


def _check_course(root: Table, definition: Definition) -> None:
    """Note what is used by nothing, and where a clock does not run as it must."""
    problem = root.document.problem
    _check_unused(root, definition, problem)
    for name, step in definition.steps.items():
        _check_clocks(name, step, problem)
    own_entries.check_clocks(definition, problem)
    running_clocks.check(definition, problem)


def _check_unused(root: Table, definition: Definition, problem: Problem) -> None:
    """Note each rung and each field that nothing names."""
    rungs = {rung.code for clock in definition.clocks.values() for rung in clock.ladder}
    for code in root.data.get("rungs", {}).keys() - rungs:
        problem(("rungs", code), MarkedText(_("没有一个时钟用到这一档")))
    fields = root.data.get("fields", {})
    named = set(_named_fields([*root.data["steps"].values(), *root.data.get("acts", {}).values()]))
    waiting = list(named)
    while waiting:
        entry = fields[waiting.pop()]
        more = set(_named_fields([entry, entry.get("items", {})])) - named
        named |= more
        waiting += more
    for code in fields.keys() - named:
        problem(("fields", code), MarkedText(_("没有一步用到这个字段")))


def _named_fields(tables: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    return (word.removesuffix(OPTIONAL) for table in tables for word in table.get("fields", ()))


def _check_states(definition: Definition, problem: Problem) -> None:
    for code, state in definition.states.items():
        if state.stage not in set(CaseState):
            continue  # it belongs nowhere, which has been said
        owner = OWNERS.get(state.stage, "")
        if not state.final and state.owner != owner:
            reason = MarkedText(_("这个状态归谁是程序定的，要写 {owner}"), {"owner": owner or "—"})
            problem(("states", code, "owner"), reason)
        if state.answered != (state.stage in ANSWERED):
            written = "true" if state.stage in ANSWERED else "false"
            reason = MarkedText(_("程序在这里要求的是 {written}"), {"written": written})
            problem(("states", code, "answered"), reason)


def _check_needed(definition: Definition, problem: Problem) -> None:
    """Note what a definition lacks that the program asks every one for."""
    present = definition.steps.keys() | definition.acts.keys()
    missing = {(kind, name) for kind, names in NEEDED.items() for name in names if name not in present}
    if definition.rules is not RULE_SETS[FIRST]:
        missing |= {
            ("acts", other) for name, other in TOGETHER.items() if name in present and other not in present
        }
    starts = any(step.clocks.get(ACCEPT) == "start" for step in definition.steps.values())
    if (starts or "reassign" in present) and ACCEPT not in present:
        missing.add(("acts", ACCEPT))
    _check_ways_up(definition, problem)
    for kind, name in sorted(missing):
        problem((kind, name), MarkedText(_("缺少「{name}」：程序里到处要用它"), {"name": name}))


def _check_ways_up(definition: Definition, problem: Problem) -> None:
    """Note steps upwards that part: who could take a case over is asked once for all of them."""
    targets = {name: definition.steps[name].target for name in RISING if name in definition.steps}
    if len(set(targets.values())) > 1:
        reason = MarkedText(_("{names} 要走到同一个状态"), {"names": list(targets)})
        problem(("steps", RISING[-1], "to"), reason)


def _check_action(kind: str, name: str, action: Act, definition: Definition, problem: Problem) -> None:
    """Compare what a definition says of an action of the program with what its code does."""
    if (kind == "steps") != (name in TARGETS):
        place = {"other": "acts" if kind == "steps" else "steps"}
        problem((kind, name), MarkedText(_("有这个名字的代码，但要写在 {other} 里"), place))
        return
    if isinstance(action, Step) and definition.states[action.target].stage != TARGETS[name]:
        reason = MarkedText(_("这一步的代码走到 {state}，不能写别的"), {"state": TARGETS[name].value})
        problem((kind, name, "to"), reason)
    own_words = {"tells": action.tells, "hands_to": action.hands_to, "public": action.public}
    for key in (key for key, value in own_words.items() if value):
        problem((kind, name, key), MarkedText(_("这件事的代码自己管这一项，只有自己加的动作才写")))
    for field in action.fields:
        step = FIELDS_OF_STEPS.get((name, field["name"]))
        if step and step not in definition.steps:
            facts = {"name": field["name"], "step": step}
            reason = MarkedText(
                _("字段「{name}」要有步骤 {step} 才收得下：写上这个步骤，或者去掉这个字段"), facts
            )
            problem((kind, name, "fields"), reason)
    may_from = SOURCES.get(name)
    for source in (code for code in action.sources if may_from and stage_of(code) not in may_from):
        facts = {"state": source, "known": sorted(SOURCES[name])}
        reason = MarkedText(_("这件事的代码不能从 {state} 做；能写的是 {known}"), facts)
        for row in action.places_of_source(source):
            problem((kind, name, *row), reason)
    for guard in sorted(GUARDS.get(name, frozenset()).difference(action.guards)):
        reason = MarkedText(_("这件事的代码靠条件 {guard}，不能不写"), {"guard": guard})
        problem((kind, name, "guards"), reason)
    needed = Permission.CASES_REGISTER if name == REGISTER else Permission.CASES_ACT
    for role in sorted(action.roles - ROLES.get(name, action.roles)):
        facts = {"role": role, "known": sorted(ROLES[name])}
        reason = MarkedText(_("这件事不能由 {role} 做；能写的是 {known}"), facts)
        for row in action.places_of_role(role):
            problem((kind, name, *row), reason)
    for role in sorted(action.roles):
        if needed not in ROLE_PERMISSIONS[Role(role)]:
            reason = MarkedText(_("角色 {role} 没有办事项的权限，写了也做不了"), {"role": role})
            for row in action.places_of_role(role):
                problem((kind, name, *row), reason)


def _check_clocks(name: str, step: Step, problem: Problem) -> None:
    own = OWN_CLOCKS.get(name, {})
    for clock, change in own.items():
        if step.clocks.get(clock) != change:
            facts = {"clock": clock, "change": change}
            reason = MarkedText(_("这一步的代码自己管时钟 {clock}，要写 {change}"), facts)
            problem(("steps", name, "clocks"), reason)
    for clock, change in step.clocks.items():
        known = CHANGES.get(clock, OWN_CLOCK_CHANGES) | ({"move"} if (name, clock) in MAY_MOVE else set())
        if clock not in own and change not in known:
            allowed = {"clock": clock, "change": change, "known": sorted(known)}
            reason = MarkedText(_("时钟 {clock} 不能写 {change}；能写的是 {known}"), allowed)
            problem(("steps", name, "clocks", clock), reason)
