"""Turn the table of a definition into its parts; every wrong word is noted with its place."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from config.reading import Table
from workflow.definition import vocabulary
from workflow.definition.fields import FieldBook
from workflow.definition.model import Act, ActionRule, ClockDef, Rung, State, Step
from workflow.guards import GUARDS

MOST_STATES = 50
MOST_ACTIONS = 120
MOST_ROWS = 20
EVERY_STATE = "*"

One = TypeVar("One")


def load_states(root: Table) -> dict[str, State]:
    """Read `[states.NAME]`."""
    states = {}
    for code, table in root.tables("states"):
        table.only("zh", "en", "final", "answered", "owner", "unit_kinds", "clock")
        states[code] = State(
            code=code,
            zh=table.text("zh"),
            en=table.text("en"),
            final=table.boolean("final"),
            answered=table.boolean("answered"),
            owner=table.choice("owner", vocabulary.OWNER_RULES, "owner rule", default=""),
            unit_kinds=frozenset(table.words("unit_kinds", vocabulary.UNIT_KINDS, "unit kind")),
            clock=table.choice("clock", vocabulary.CLOCKS, "clock", default=""),
        )
    _limit(root, "states", states, MOST_STATES)
    return states


def load_clocks(root: Table) -> dict[str, ClockDef]:
    """Read `[rungs.NAME]` and `[clocks.NAME]`.

    All clocks must be there, for verbs start them by name, but for those of planned matters.
    """
    rungs = {code: _rung(code, table) for code, table in root.tables("rungs")}
    clocks = {}
    for name, table in root.tables("clocks"):
        table.only("zh", "en", "ladder", "days")
        _known(table, name, vocabulary.CLOCKS, "clock")
        own = _own_days(table.table("days"), table.words("ladder", rungs, "rung"))
        ladder = tuple(
            replace(rungs[code], days=own.get(code, rungs[code].days))
            for code in table.words("ladder", rungs, "rung")
        )
        clocks[name] = ClockDef(name, table.text("zh"), table.text("en"), ladder)
    for name in vocabulary.CLOCKS:
        if name not in clocks and name not in vocabulary.UNRATED_CLOCKS:
            root.problem(f"the clock {name!r} is missing", "clocks")
    return clocks


def load_actions(root: Table, states: Mapping[str, State]) -> tuple[dict[str, Step], dict[str, Act]]:
    """Read `[steps.NAME]` and `[acts.NAME]`; no name may be both."""
    book = FieldBook.read(root)
    steps, acts = {}, {}
    for name, table in root.tables("steps"):
        table.only("zh", "en", "to", "who", "guards", "clocks", "fields")
        steps[name] = Step(
            **_common(name, table, states, book, registers=name == "register"),
            target=table.choice("to", states, "state"),
            clocks=_changes(table.table("clocks")),
        )
    for name, table in root.tables("acts"):
        table.only("zh", "en", "who", "guards", "fields")
        acts[name] = Act(**_common(name, table, states, book, registers=False))
        if name in steps:
            table.problem(f"{name!r} is a step already")
    _limit(root, "steps", {**steps, **acts}, MOST_ACTIONS)
    return steps, acts


def _common(
    name: str, table: Table, states: Mapping[str, State], book: FieldBook, *, registers: bool
) -> dict[str, Any]:
    """Read what steps and acts have in common."""
    rows = tuple(_row(row, states, registers=registers) for row in table.rows("who"))
    if len(rows) > MOST_ROWS:
        table.problem(f"there are more than {MOST_ROWS} rows", "who")
    if not table.data.get("who"):
        table.problem("no role can take it", "who")
    used = frozenset[str]().union(*(row.sources for row in rows))
    return {
        "name": name,
        "zh": table.text("zh"),
        "en": table.text("en"),
        "rows": rows,
        "guards": table.words("guards", GUARDS, "guard"),
        "fields": book.fields(table, "fields"),
        "sources": tuple(code for code in states if code in used),
        "roles": frozenset[str]().union(*(row.roles for row in rows)),
    }


def _row(table: Table, states: Mapping[str, State], *, registers: bool) -> ActionRule:
    table.only("from", "roles", "relations", "guards")
    named = table.words("from", [EVERY_STATE, *states], "state")
    roles = table.words("roles", vocabulary.ROLES, "role")
    relations = table.words("relations", vocabulary.RELATIONS, "relation")
    # What is there but wrong has been noted already; only what is not there is noted here.
    if registers and named:
        table.problem("`register` makes the case: it comes from no state", "from")
    if not registers and not table.data.get("from"):
        table.problem("say from which states", "from")
    if not table.data.get("roles"):
        table.problem("no role can take it", "roles")
    if not table.data.get("relations"):
        table.problem("say in which relation to the case", "relations")
    return ActionRule(
        sources=frozenset(states if EVERY_STATE in named else named),
        roles=frozenset(roles),
        relations=relations,
        guards=table.words("guards", GUARDS, "guard"),
    )


def _changes(table: Table) -> dict[str, str]:
    changes = {}
    for name in table.data:
        if name == "reply":
            table.problem("the reply clock follows the complainants, not the steps", name)
        elif _known(table, name, vocabulary.CLOCKS, "clock", name):
            changes[name] = table.choice(name, vocabulary.CHANGES, "change of a clock")
    return changes


def _rung(code: str, table: Table) -> Rung:
    table.only("zh", "en", "days", "longer_than", "urgent_any_day")
    _known(table, code, vocabulary.RUNGS, "rung")
    return Rung(
        code=code,
        zh=table.text("zh"),
        en=table.text("en"),
        days=table.integer("days", least=-60, most=365),
        longer_than=table.integer("longer_than", least=0, most=365, default=0),
        urgent_any_day=table.boolean("urgent_any_day"),
    )


def _own_days(table: Table, ladder: Sequence[str]) -> dict[str, int]:
    """Read on which days rungs fire on one clock where they differ from `[rungs.NAME]`."""
    table.only(*ladder)
    return {code: table.integer(code, least=-60, most=365) for code in ladder if code in table.data}


def _known(table: Table, name: str, known: tuple[str, ...], what: str, key: str | None = None) -> bool:
    if name in known:
        return True
    table.problem(f"no {what} is called {name!r}; known are {', '.join(known)}", key)
    return False


def _limit(root: Table, key: str, found: Mapping[str, object], most: int) -> None:
    if len(found) > most:
        root.problem(f"there are {len(found)} of these; the most are {most}", key)
