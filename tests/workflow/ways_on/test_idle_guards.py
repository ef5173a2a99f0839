"""A guard that holds in every situation in which it is asked is found, with the actions that are missing."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from cases.intake.coded_actions import GUARDS as NEEDED
from tests.workflow.samples import CONFIG
from workflow import guards
from workflow.definition.model import Definition
from workflow.definition.reader import parse
from workflow.ways_on.code_facts import CHANGED_BY
from workflow.ways_on.guard_reading import fields_read, plain_situation
from workflow.ways_on.idle_guards import find_idle_guards

SHIPPED = parse((CONFIG / "workflow.toml").read_text(encoding="utf-8"), "workflow.toml")

pytestmark = pytest.mark.one_database
#: Written from the words: what asks nothing without all of these actions.
NOTHING_WITHOUT = {
    "returns_left": {"return"},
    "assignment_not_reserved": {"return"},
    "not_binding": {"assign"},
    "not_sent_down_here": {"send_down"},
    "objection_left": {"reject", "close_reviewed"},
    "no_reject_requested": {"request_reject"},
    "second_person_decides": {"request_reject"},
    "nothing_merged_in": {"merge"},
    "no_extension_requested": {"request_extension"},
    "not_suspended": {"suspend"},
    "no_suspension_requested": {"request_suspend"},
    "suspensions_left": {"suspend"},
    "visit_or_promised_day": {"answer", "resolve"},
}


def asking(guard: str, lacking: frozenset[str]) -> Definition:
    """Return a life cycle without some actions, whose notes can be taken where a guard holds."""
    note = replace(SHIPPED.acts["note"], guards=(guard,))
    return replace(
        SHIPPED,
        steps={name: step for name, step in SHIPPED.steps.items() if name not in lacking},
        acts={**{name: act for name, act in SHIPPED.acts.items() if name not in lacking}, "note": note},
    )


def idle_of_notes(
    definition: Definition, needed: Mapping[str, frozenset[str]] = NEEDED
) -> list[tuple[str, ...]]:
    """Return for each idle guard of a note which actions are missing."""
    return [one.by for one in find_idle_guards(definition, needed) if one.action.name == "note"]


def waiting() -> dict[str, frozenset[str]]:
    """Return the guards that hold as a matter begins and read nothing but what actions change, with these."""
    found = {}
    for name, guard in guards.GUARDS.items():
        fields = fields_read(guard) - {"complainants"}
        if fields and fields <= CHANGED_BY.keys() | {"unvisited"} and guard(plain_situation()) is None:
            able = [CHANGED_BY[field] for field in fields & CHANGED_BY.keys()]
            found[name] = frozenset[str]().union(*able)
    return {name: able for name, able in found.items() if able}


def test_every_guard_that_an_action_alone_makes_fail_is_known() -> None:
    assert waiting() == NOTHING_WITHOUT


@pytest.mark.parametrize("guard", sorted(NOTHING_WITHOUT))
def test_a_guard_asks_nothing_without_the_actions_that_could_make_it_fail(guard: str) -> None:
    lacking = frozenset(NOTHING_WITHOUT[guard])
    assert idle_of_notes(asking(guard, lacking)) == [tuple(sorted(lacking))]
    assert idle_of_notes(asking(guard, frozenset())) == []


def test_a_guard_that_an_action_must_have_stays() -> None:
    bare = asking("not_suspended", frozenset({"suspend"}))
    assert idle_of_notes(bare, {"note": frozenset({"not_suspended"})}) == []
    assert not [one for one in find_idle_guards(bare, NEEDED) if one.action.name == "extend"]


def test_nothing_that_comes_along_has_an_idle_guard() -> None:
    assert list(find_idle_guards(SHIPPED, NEEDED)) == []
