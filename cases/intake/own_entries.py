"""Look at what a county added to the life cycle by itself: states, clocks, steps and acts without code.

The program does with them what `cases.lifecycle.own_actions` does with every one: it moves the state, hands
the case on, sets clocks, keeps what is entered and tells people. An entry that asks for more is refused here,
with its place and with what to write instead (docs/definitions.md).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import Any

from accounts.access.permissions import GRANTABLE, ROLE_PERMISSIONS, Permission
from cases.intake.ladder_lengths import check_ladder
from config.lines import Path
from config.marked_text import NOTHING, MarkedText
from config.marked_text import mark as _
from config.reading import CODE
from workflow.definition.field_limits import PUBLIC
from workflow.definition.fields import OPTIONAL
from workflow.definition.model import Act, Definition, Step
from workflow.definition.vocabulary import (
    CLOCKS,
    DIVISIBLE,
    ENTRIES,
    OWN_FIELD_TYPES,
    WITHIN,
    CaseState,
)

Problem = Callable[[Path, MarkedText], None]

OWN_STATE = re.compile(rf"^({'|'.join(DIVISIBLE)})\{WITHIN}[a-z][a-z0-9_]{{0,39}}$")
#: The names under which a form or a request says something else than what an action takes.
RESERVED_FIELDS = frozenset(
    {"action", "version", "once", "back", "seen", "choosable", "files", "phone_as_written"}
)
#: The rungs that a clock of the county's own may have: raising is done by the dates of the handling clock.
OWN_RUNGS = ("remind", "urge", "supervise", "publish")
#: Who may take an action of the county's own: people with an account who act on cases.
OWN_ROLES = frozenset(role.value for role in GRANTABLE if Permission.CASES_ACT in ROLE_PERMISSIONS[role])
#: The clocks of the program that no act stops: the date of a state is that of one of these, or of an own one.
STATE_CLOCKS = ("triage", "handling", "return")
BEFORE_REPLY = (CaseState.RECEIVED, CaseState.ASSIGNED, CaseState.ESCALATED)
HANDLED = (CaseState.ASSIGNED, CaseState.ESCALATED)


def check_states(definition: Definition, problem: Problem) -> None:
    """Note own states that stand within none of the program's, or say what theirs does not."""
    for code, state in definition.states.items():
        if code in set(CaseState):
            if state.public:
                reason = MarkedText(_("程序的状态对外怎么说是程序定的，只有自己加的状态才写"))
                problem(("states", code, "public"), reason)
            continue
        if not OWN_STATE.match(code):
            facts = {"known": sorted(DIVISIBLE), "example": f"{CaseState.ASSIGNED}{WITHIN}inspecting"}
            reason = MarkedText(
                _("自己加的状态，代码写成「程序的状态.名字」，例如 {example}；前一半可以写：{known}"), facts
            )
            problem(("states", code), reason)
        elif state.clock in CLOCKS and state.clock not in STATE_CLOCKS:
            facts = {"clock": state.clock, "known": STATE_CLOCKS}
            reason = MarkedText(
                _("{clock} 不随状态走，不能当状态的时钟；能写的是 {known} 和自己加的时钟"), facts
            )
            problem(("states", code, "clock"), reason)
        elif state.final != (state.stage not in (*BEFORE_REPLY, CaseState.RESOLVED)):
            reason = MarkedText(_("它算在「{stage}」里，办没办完要和那个状态一样"), {"stage": state.stage})
            problem(("states", code, "final"), reason)


def check_clocks(definition: Definition, problem: Problem) -> None:
    """Note own clocks with a rung that the program cannot fire from them, and those that no step starts."""
    started = {
        clock for step in definition.steps.values() for clock, how in step.clocks.items() if how == "start"
    }
    for name, clock in definition.clocks.items():
        if name in CLOCKS:
            continue
        for rung in clock.ladder:
            if rung.code not in OWN_RUNGS:
                facts = {"rung": rung.code, "known": OWN_RUNGS}
                reason = MarkedText(_("自己加的时钟不能有 {rung} 这一档；能写的是 {known}"), facts)
                problem(("clocks", name, "ladder"), reason)
        if clock.length is not None:
            check_ladder(clock, {"length": clock.length}, definition, problem)
        if name not in started:
            problem(("clocks", name), MarkedText(_("没有一步让这个时钟开始走")))


def check_action(
    kind: str, action: Act, named: Sequence[str], definition: Definition, problem: Problem
) -> None:
    """Note what an action of the county's own says that nothing would be done about.

    `named` are the words with which it names its fields.
    """
    name = action.name
    place = (kind, name)
    if not CODE.match(name) or name in ENTRIES:
        problem(place, MarkedText(_("这个名字不能用：只用小写字母、数字和 _，也不能是程序自己记的名字")))
    for role in sorted(action.roles - OWN_ROLES):
        facts = {"role": role, "known": sorted(OWN_ROLES)}
        reason = MarkedText(_("自己加的动作不能由 {role} 做；能写的是 {known}"), facts)
        for row in action.places_of_role(role):
            problem((*place, *row), reason)
    _check_fields((*place, "fields"), named, action.fields, problem)
    for field in (field for field in action.fields if field.get(PUBLIC) and not action.public):
        reason = MarkedText(
            _("字段「{name}」写了 public，这个动作也要写 public：先要让人知道有这一步"),
            {"name": field["name"]},
        )
        problem((*place, "fields"), reason)
    if any(field["type"] == "person" for field in action.fields):
        for code in (code for code in action.sources if definition.states[code].final):
            reason = MarkedText(_("在 {state} 没有承办单位，不能填那里的人"), {"state": code})
            for row in action.places_of_source(code):
                problem((*place, *row), reason)
    if isinstance(action, Step):
        _check_way(name, action, definition, problem)
        if action.clocks.get("handling") == "stop":
            reason = MarkedText(_("办理时钟到答复才停，自己加的步骤不能停它；要等什么，另加一个时钟"))
            problem((*place, "clocks", "handling"), reason)


def _check_fields(
    path: tuple[str, ...], named: Sequence[str], fields: Sequence[Mapping[str, Any]], problem: Problem
) -> None:
    """Note each field that says too little, or what nothing could be entered into, at its own entry."""
    for word, field in zip(named, fields, strict=True):
        name, place = field["name"], ("fields", word.removesuffix(OPTIONAL))
        if field["type"] not in OWN_FIELD_TYPES:
            facts = {"name": name, "type": field["type"], "known": OWN_FIELD_TYPES}
            reason = MarkedText(_("自己加的动作里，字段「{name}」不能是 {type}；能写的是 {known}"), facts)
            problem((*place, "type"), reason)
        if name in RESERVED_FIELDS or not CODE.match(name):
            problem(place, MarkedText(_("字段不能叫「{name}」，请换一个名字"), {"name": name}))
        if not {"zh", "en"} <= field.keys():
            problem(place, MarkedText(_("字段「{name}」要写 zh 和 en：页面上这样叫它"), {"name": name}))
        for value in (one for one in field.get("values", ()) if not CODE.match(one)):
            facts = {"name": name, "value": value}
            reason = MarkedText(_("字段「{name}」的 {value} 只能用小写字母、数字和 _"), facts)
            problem((*place, "values"), reason)
        unnamed = [value for value in field.get("values", ()) if value not in field.get("words", {})]
        if unnamed:
            missing = {"name": name, "values": unnamed}
            reason = MarkedText(_("字段「{name}」的 words 里没有写这些叫什么：{values}"), missing)
            problem((*place, "words"), reason)
        least, most = field.get("least"), field.get("most")
        if field.get("whole") and least is not None and most is not None and ceil(least) > most:
            facts = {"least": least, "most": most}
            reason = MarkedText(_("{least} 到 {most} 之间没有整数，什么都填不了"), facts)
            problem((*place, "whole"), reason)
    if sum(field["type"] == "files" for field in fields) > 1:
        problem(path, MarkedText(_("一个动作里只能有一个 files 字段")))


def _check_way(name: str, step: Step, definition: Definition, problem: Problem) -> None:
    """Note a step between states that only the program's own steps lead across, or that hands nothing on."""
    place, target = ("steps", name), definition.states[step.target]
    for code in step.sources:
        source = definition.states[code]
        facts = {"source": code, "target": target.code}
        if source.final or target.final:
            reason = MarkedText(_("从 {source} 到 {target} 要答复、回访齐全，只有程序的步骤能走"), facts)
            problem((*place, "to"), reason)
        elif (source.stage == CaseState.RESOLVED) != (target.stage == CaseState.RESOLVED):
            reason = MarkedText(_("从 {source} 到 {target} 要给每一位答复，只有程序的步骤能走"), facts)
            problem((*place, "to"), reason)
    units = [field["name"] for field in step.fields if field["type"] == "unit" and field["required"]]
    optional = [field["name"] for field in step.fields if field["type"] == "unit" and not field["required"]]
    if step.hands_to in optional:
        reason = MarkedText(_("「{name}」一定要填：去掉它后面的问号"), {"name": step.hands_to})
        problem((*place, "hands_to"), reason)
    elif step.hands_to and step.hands_to not in units:
        known = {"name": step.hands_to, "known": units or NOTHING}
        reason = MarkedText(_("「{name}」不是这一步里一定要填的 unit 字段；可以写：{known}"), known)
        problem((*place, "hands_to"), reason)
    where = {"target": target.code}
    if step.hands_to and target.stage not in HANDLED:
        reason = MarkedText(_("到了 {target}，事情归谁是程序定的，这里不写 hands_to"), where)
        problem((*place, "hands_to"), reason)
    crosses = any(definition.states[code].stage != target.stage for code in step.sources)
    narrower = [code for code in step.sources if not definition.states[code].unit_kinds <= target.unit_kinds]
    if not crosses and narrower and not step.hands_to and target.stage in HANDLED:
        facts_of = {"target": target.code, "sources": narrower}
        reason = MarkedText(
            _("{sources} 里能承办的单位，有的在 {target} 不能承办：写 hands_to，或者放宽 unit_kinds"),
            facts_of,
        )
        problem(place, reason)
    if target.stage in HANDLED and crosses and not step.hands_to:
        reason = MarkedText(_("从这里走到 {target} 要换承办单位：写 hands_to，指一个 unit 字段"), where)
        problem(place, reason)
