"""The definition and the verbs fit together: what the one names, the other does, with the same fields."""

import ast
import dataclasses
import inspect
import typing
from pathlib import Path

import pytest

from accounts.access.permissions import ROLE_PERMISSIONS, Permission, Role
from accounts.vocabulary import RECEIVING_KINDS
from cases.history.facts_json import AMENDED, FACTS
from cases.intake import submission
from cases.lifecycle.build_values import VALUES
from cases.lifecycle.effects import identity
from cases.lifecycle.effects.registry import EFFECTS
from config import tables
from config.vocabulary import CaseKind, IntakeChannel, Urgency
from workflow.deadlines import rules_of
from workflow.definition import vocabulary
from workflow.definition.reader import parse

CONFIG = Path(__file__).resolve().parents[4] / "config"
TABLES = tables.read(CONFIG)
DEFINITION = parse(TABLES.workflow_text, TABLES.workflow_name)
PROFILES, PERIODS = rules_of(TABLES)

#: What the sweep says of a raise; no door asks anybody for it.
BY_THE_SWEEP = {"raise": {"clock", "cycle"}}


def fields_of(action: str) -> set[str]:
    """Name the fields of the value that an action takes."""
    return {field.name for field in dataclasses.fields(VALUES[action])}


def read_in(module: str) -> set[str]:
    """Name what a module reads of values, in its effects or in what they hand them on to."""
    nodes = ast.walk(ast.parse(Path(module).read_text(encoding="utf-8")))
    return {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "values"
    }


def test_every_action_has_an_effect_and_every_effect_an_action() -> None:
    actions = {*DEFINITION.steps, *DEFINITION.acts} - {"register"}
    assert actions == set(EFFECTS)


#: What a page asks beside the fields, and where an effect hands a part of its values on to.
BY_A_PAGE = {"amend": {"phone_as_written"}}
READ_ELSEWHERE = {"amend": [identity.__file__]}


@pytest.mark.parametrize("action", EFFECTS)
def test_an_action_takes_exactly_the_fields_of_its_value(action: str) -> None:
    fields = {field["name"] for field in DEFINITION.action(action).fields}
    assert fields | BY_THE_SWEEP.get(action, set()) | BY_A_PAGE.get(action, set()) == fields_of(action)


@pytest.mark.parametrize("action", EFFECTS)
def test_an_effect_takes_and_gives_what_the_tables_say(action: str) -> None:
    hints = typing.get_type_hints(EFFECTS[action])
    assert hints["values"] is VALUES[action]
    given = set(typing.get_args(hints["return"])) or {hints["return"]}
    assert FACTS[action] in given
    assert given - {FACTS[action]} <= set(AMENDED.values())


@pytest.mark.parametrize("action", EFFECTS)
def test_every_field_of_a_value_is_read_where_its_effect_stands(action: str) -> None:
    places = [inspect.getfile(EFFECTS[action]), *READ_ELSEWHERE.get(action, ())]
    assert fields_of(action) <= set().union(*map(read_in, places))


def test_a_field_that_nobody_reads_would_be_seen() -> None:
    assert "nobody" not in read_in(inspect.getfile(EFFECTS["assign"]))


def test_every_action_that_leaves_an_entry_has_facts() -> None:
    assert set(FACTS) == {
        *EFFECTS,
        "register",
        "absorb",
        "release",
        "take_names",
        "recalculated",
        "forget",
        *vocabulary.RUNGS,
    }


def test_registering_takes_what_an_intake_is_made_of() -> None:
    fields = {field["name"] for field in DEFINITION.steps["register"].fields}
    # When a phone wrote it down is told by the door, not by a person; what is asked the category decides.
    elsewhere = {"recorded_at", "answers"}
    assert fields == {field for field in submission.Intake.__dataclass_fields__} - elsewhere


def test_whoever_may_register_by_the_definition_has_the_permission() -> None:
    internal = {Role.SYSTEM}
    permitted = {
        role.value
        for role, permissions in ROLE_PERMISSIONS.items()
        if Permission.CASES_REGISTER in permissions and role not in internal
    }
    assert DEFINITION.steps["register"].roles == permitted


@pytest.mark.parametrize("action", [*DEFINITION.steps, *DEFINITION.acts])
def test_whoever_may_act_by_the_definition_has_the_permission(action: str) -> None:
    needed = Permission.CASES_REGISTER if action == "register" else Permission.CASES_ACT
    for role in DEFINITION.action(action).roles:
        assert needed in ROLE_PERMISSIONS[Role(role)], role


def test_every_clock_that_a_step_starts_has_a_length() -> None:
    for step in DEFINITION.steps.values():
        for clock, change in step.clocks.items():
            if change == "start":
                assert clock in PERIODS
            if change == "start_short":
                assert f"{clock}_short" in PERIODS


def test_only_steps_whose_effect_starts_the_return_clock_say_so() -> None:
    starting = {name for name, step in DEFINITION.steps.items() if step.clocks.get("return") == "start"}
    assert starting == {"answer", "resolve"}


def test_only_steps_whose_effect_moves_the_handling_clock_say_so() -> None:
    moving = {name for name, step in DEFINITION.steps.items() if step.clocks.get("handling") == "move"}
    assert moving == {"escalate", "raise", "send_down"}


def test_the_units_that_receive_are_of_the_kinds_that_may_own_what_is_received() -> None:
    assert set(RECEIVING_KINDS) == DEFINITION.states["received"].unit_kinds
    assert set(RECEIVING_KINDS) == DEFINITION.states["resolved"].unit_kinds


def test_files_and_engine_mean_the_same_words() -> None:
    fields = {field["name"]: field for field in DEFINITION.steps["register"].fields}
    assert set(fields["kind"]["values"]) == set(CaseKind)
    assert set(fields["urgency"]["values"]) == set(Urgency)
    assert set(fields["channel"]["values"]) == set(IntakeChannel)
