"""An action that nobody can ever take is found, with the guards that exclude each other or lack an act."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import combinations

import pytest

from tests.workflow.samples import CONFIG
from workflow import guards
from workflow.definition.model import Definition
from workflow.definition.reader import parse
from workflow.situation import Situation
from workflow.ways_on.never_open import find_never_open

SHIPPED = parse((CONFIG / "workflow.toml").read_text(encoding="utf-8"), "workflow.toml")

pytestmark = pytest.mark.one_database
#: Written from the words: what one guard asks for, the other one asks not to be.
EXCLUDE_EACH_OTHER = {
    frozenset({"suspended", "not_suspended"}),
    frozenset({"extension_requested", "no_extension_requested"}),
    frozenset({"suspension_requested", "no_suspension_requested"}),
    frozenset({"reject_requested", "no_reject_requested"}),
}
#: The guards that hold only after an act or step of these names.
WAIT_FOR = {
    "suspended": {"suspend"},
    "extension_requested": {"request_extension"},
    "suspension_requested": {"request_suspend"},
    "reject_requested": {"request_reject"},
    "reopened_before": {"reopen"},
    "dissatisfaction_recorded": {"reopen"},
    "explained_twice": {"answer", "resolve"},
    "target_open": {"merge"},
    "return_window_open": {"assign", "accept", "reassign"},
}


def asking(definition: Definition, *names: str, within: Iterable[str] = SHIPPED.states) -> Definition:
    """Return a life cycle whose notes can be taken in some states, where some guards hold."""
    rule = replace(definition.acts["note"].rows[0], sources=frozenset(within), guards=())
    note = replace(definition.acts["note"], rows=(rule,), guards=names)
    return replace(definition, acts={**definition.acts, "note": note})


def never(definition: Definition) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    return {one.action.name: (one.guards, one.by) for one in find_never_open(definition)}


def never_holding(asked: Mapping[tuple[str, ...], Iterable[str]]) -> set[tuple[str, ...]]:
    """Return those of some guards, each with the states to be asked in, that never hold together there.

    Each is an act of its own beside those that come along, so that a life cycle is gone through once.
    """
    acts = dict(SHIPPED.acts)
    for names, within in asked.items():
        note = asking(SHIPPED, *names, within=within).acts["note"]
        acts["+".join(names)] = replace(note, name="+".join(names))
    found = never(replace(SHIPPED, acts=acts))
    return {names for names in asked if "+".join(names) in found}


def states_of(guard: str) -> set[str]:
    """Return the states in which a guard can hold."""
    acts = {
        code: replace(asking(SHIPPED, guard, within=(code,)).acts["note"], name=code)
        for code in SHIPPED.states
    }
    return SHIPPED.states.keys() - never(replace(SHIPPED, acts={**SHIPPED.acts, **acts})).keys()


def excluding_pairs(names: Iterable[str]) -> set[frozenset[str]]:
    """Return the pairs that never hold together although some state has each of them."""
    states = {name: states_of(name) for name in guards.GUARDS}
    pairs = [
        (one, other)
        for one, other in combinations(guards.GUARDS, 2)
        if not {one, other}.isdisjoint(names) and states[one] & states[other]
    ]
    return {frozenset(pair) for pair in never_holding(dict.fromkeys(pairs, SHIPPED.states))}


def test_what_comes_along_can_be_done() -> None:
    assert never(SHIPPED) == {}


def test_every_pair_of_guards_can_hold_together_but_for_those_that_exclude_each_other() -> None:
    assert excluding_pairs(guards.GUARDS) == EXCLUDE_EACH_OTHER


def test_a_new_guard_that_excludes_another_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def contested(case: Situation) -> str | None:
        return "binding_assignment" if not case.binding else None

    monkeypatch.setitem(guards.GUARDS, "contested", contested)
    assert excluding_pairs(["contested"]) >= {frozenset({"contested", "not_binding"})}


@pytest.mark.parametrize("guard", guards.GUARDS)
def test_a_guard_that_waits_for_an_act_says_for_which(guard: str) -> None:
    """Only what is asked about is left: each guard that then never holds says what could bring it about."""
    bare = replace(asking(SHIPPED, guard), steps={}, acts={"note": asking(SHIPPED, guard).acts["note"]})
    found = never(bare)
    if guard in WAIT_FOR:
        assert found["note"] == ((guard,), tuple(sorted(WAIT_FOR[guard])))
    else:
        assert all(not by for _, by in found.values()), found


def test_a_row_that_is_never_open_is_found_beside_one_that_is() -> None:
    rule = SHIPPED.acts["note"].rows[0]
    rows = (rule, replace(rule, guards=("suspended", "not_suspended")))
    spoiled = replace(SHIPPED, acts={**SHIPPED.acts, "note": replace(SHIPPED.acts["note"], rows=rows)})
    assert never(spoiled)["note"] == (("suspended", "not_suspended"), ())
