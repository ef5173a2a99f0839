"""Turn the table of a definition into its parts; every wrong word is noted with its place."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from config.marked_text import MarkedText
from config.marked_text import mark as _
from config.reading import Table
from config.tables import DAYS_UNIT, MOST_DAYS, UNITS, ClockLength
from workflow.definition import vocabulary
from workflow.definition.fields import FieldBook, read_bilingual
from workflow.definition.model import Act, ActionRule, ClockDef, Rung, State, Step, Word
from workflow.guards import GUARDS

MOST_STATES = 50
MOST_ACTIONS = 120
MOST_ROWS = 20
EVERY_STATE = "*"
#: After the code of a state of the program: with all of the county's own within it.
ALL_WITHIN = f"{vocabulary.WITHIN}*"
#: What steps and acts may say alike.
COMMON = ("zh", "en", "who", "guards", "fields", "tells", "public")
STATE = MarkedText(_("状态代码"))
CLOCK = MarkedText(_("时钟代码"))
RUNG = MarkedText(_("催督档次代码"))
UNIT_KIND = MarkedText(_("单位类别代码"))
GUARD = MarkedText(_("条件代码"))
CIRCLE = MarkedText(_("通知对象代码"))
MOST_CLOCKS = 20

One = TypeVar("One")


def load_states(root: Table, clocks: Collection[str]) -> dict[str, State]:
    """Read `[states.NAME]`."""
    states = {}
    for code, table in root.tables("states"):
        inner = [key for key, value in table.data.items() if isinstance(value, dict) and key != "public"]
        for name in inner:
            facts = {"written": f'[states."{code}{vocabulary.WITHIN}{name}"]'}
            table.problem(MarkedText(_("自己加的状态，名字要加引号：{written}"), facts), name)
        table.only("zh", "en", "final", "answered", "owner", "unit_kinds", "clock", "public", *inner)
        states[code] = State(
            code=code,
            zh=table.text("zh"),
            en=table.text("en"),
            final=table.boolean("final"),
            answered=table.boolean("answered"),
            owner=table.choice("owner", vocabulary.OWNER_RULES, MarkedText(_("归属规则代码")), default=""),
            unit_kinds=frozenset(table.words("unit_kinds", vocabulary.UNIT_KINDS, UNIT_KIND)),
            clock=table.choice("clock", clocks, CLOCK, default=""),
            public=read_bilingual(table, "public"),
        )
    _limit(root, "states", states, MOST_STATES)
    return states


def load_rungs(root: Table) -> dict[str, Rung]:
    """Read `[rungs.NAME]`."""
    return {code: _rung(code, table) for code, table in root.tables("rungs")}


def load_clocks(root: Table, rungs: Mapping[str, Rung]) -> dict[str, ClockDef]:
    """Read `[clocks.NAME]`.

    All clocks of the program must be there, for its actions start them by name, but for those of planned
    matters. One of the county's own says how long it runs, for a case keeps its definition and no other file.
    """
    clocks = {}
    for name, table in root.tables("clocks"):
        own = name not in vocabulary.CLOCKS
        if not own and "length" in table.data:
            table.problem(MarkedText(_("程序的时钟有多长，写在 deadlines.toml 里")), "length")
        table.only("zh", "en", "ladder", "days", "length")
        table.code(name)
        codes = table.words("ladder", rungs, RUNG)
        days = _own_days(table.table("days"), codes)
        ladder = tuple(replace(rungs[code], days=days.get(code, rungs[code].days)) for code in codes)
        length = _length(table.table("length")) if own else None
        clocks[name] = ClockDef(name, table.text("zh"), table.text("en"), ladder, length)
    for name in vocabulary.CLOCKS:
        if name not in clocks and name not in vocabulary.UNRATED_CLOCKS:
            root.document.problem(("clocks", name), MarkedText(_("缺少时钟「{name}」"), {"name": name}))
    _limit(root, "clocks", clocks, MOST_CLOCKS)
    return clocks


def load_words(root: Table) -> dict[str, dict[str, Word]]:
    """Read `[words.GROUP]`: what the county calls codes of the program, such as the kinds of unit."""
    found: dict[str, dict[str, Word]] = {}
    for group, table in root.tables("words"):
        found[group] = {code: _word(table.table(code)) for code in table.data}
    return found


def load_actions(
    root: Table, states: Mapping[str, State], clocks: Collection[str]
) -> tuple[dict[str, Step], dict[str, Act]]:
    """Read `[steps.NAME]` and `[acts.NAME]`; no name may be both."""
    book = FieldBook.read(root)
    steps, acts = {}, {}
    for name, table in root.tables("steps"):
        table.only(*COMMON, "to", "clocks", "hands_to")
        steps[name] = Step(
            **_common(name, table, states, book, registers=name == "register"),
            target=table.choice("to", states, STATE),
            clocks=_changes(table.table("clocks"), clocks),
        )
    for name, table in root.tables("acts"):
        table.only(*COMMON)
        acts[name] = Act(**_common(name, table, states, book, registers=False))
        if name in steps:
            table.problem(MarkedText(_("「{name}」已经是一个步骤"), {"name": name}))
    _limit(root, "acts" if acts else "steps", {**steps, **acts}, MOST_ACTIONS)
    return steps, acts


def _common(
    name: str, table: Table, states: Mapping[str, State], book: FieldBook, *, registers: bool
) -> dict[str, Any]:
    """Read what steps and acts have in common."""
    rows = tuple(_row(row, states, registers=registers) for row in table.rows("who"))
    if len(rows) > MOST_ROWS:
        first = (*table.path, "who", MOST_ROWS)
        table.document.problem(first, MarkedText(_("超过 {most} 行"), {"most": MOST_ROWS}))
    if not table.data.get("who"):
        table.problem(MarkedText(_("没有角色能做这一步")), "who")
    used = frozenset[str]().union(*(row.sources for row in rows))
    return {
        "name": name,
        "zh": table.text("zh"),
        "en": table.text("en"),
        "rows": rows,
        "guards": table.words("guards", GUARDS, GUARD),
        "fields": book.fields(table, "fields"),
        "sources": tuple(code for code in states if code in used),
        "roles": frozenset[str]().union(*(row.roles for row in rows)),
        "tells": table.words("tells", vocabulary.CIRCLES, CIRCLE),
        "hands_to": table.text("hands_to", default=""),
        "public": read_bilingual(table, "public"),
    }


def _row(table: Table, states: Mapping[str, State], *, registers: bool) -> ActionRule:
    table.only("from", "roles", "relations", "guards")
    groups = [f"{code}{ALL_WITHIN}" for code in states if vocabulary.stage_of(code) == code]
    named = frozenset(table.words("from", [EVERY_STATE, *states, *groups], STATE))
    roles = table.words("roles", vocabulary.ROLES, MarkedText(_("角色代码")))
    relations = table.words("relations", vocabulary.RELATIONS, MarkedText(_("关系代码")))
    # What is there but wrong has been noted already; only what is not there is noted here.
    if registers and named:
        table.problem(MarkedText(_("register 登记一件新的事，之前没有状态")), "from")
    if not registers and not table.data.get("from"):
        table.problem(MarkedText(_("要写从哪些状态来")), "from")
    if not table.data.get("roles"):
        table.problem(MarkedText(_("没有角色能做这一步")), "roles")
    if not table.data.get("relations"):
        table.problem(MarkedText(_("要写和这件事是什么关系")), "relations")
    return ActionRule(
        sources=frozenset(
            code
            for code in states
            if not named.isdisjoint((EVERY_STATE, code, f"{vocabulary.stage_of(code)}{ALL_WITHIN}"))
        ),
        roles=frozenset(roles),
        relations=relations,
        guards=table.words("guards", GUARDS, GUARD),
    )


def _word(table: Table) -> Word:
    table.only("zh", "en", "many")
    return Word(table.text("zh"), table.text("en"), table.text("many") if "many" in table.data else "")


def _changes(table: Table, clocks: Collection[str]) -> dict[str, str]:
    changes = {}
    for name in table.data:
        if name == "reply":
            table.problem(MarkedText(_("答复时钟跟着等答复的人走，不跟步骤走")), name)
        elif table.known(name, clocks, CLOCK, name):
            changes[name] = table.choice(name, vocabulary.CHANGES, MarkedText(_("时钟变动代码")))
    return changes


def _rung(code: str, table: Table) -> Rung:
    table.only("zh", "en", "days", "longer_than", "urgent_any_day")
    table.known(code, vocabulary.RUNGS, RUNG)
    return Rung(
        code=code,
        zh=table.text("zh"),
        en=table.text("en"),
        days=table.integer("days", least=-60, most=365),
        longer_than=table.integer("longer_than", least=0, most=365, default=0),
        urgent_any_day=table.boolean("urgent_any_day"),
    )


def _length(table: Table) -> ClockLength:
    table.only("days", "unit")
    days = table.integer("days", least=1, most=MOST_DAYS)
    return ClockLength(days, table.choice("unit", UNITS, DAYS_UNIT))


def _own_days(table: Table, ladder: Sequence[str]) -> dict[str, int]:
    """Read on which days rungs fire on one clock where they differ from `[rungs.NAME]`."""
    table.only(*ladder)
    return {code: table.integer(code, least=-60, most=365) for code in ladder if code in table.data}


def _limit(root: Table, key: str, found: Mapping[str, object], most: int) -> None:
    """Note at the last of too many things that there are too many."""
    if len(found) > most:
        facts = {"number": len(found), "most": most}
        reason = MarkedText(_("这里有 {number} 个，最多 {most} 个"), facts)
        root.document.problem((key, list(found)[-1]), reason)
