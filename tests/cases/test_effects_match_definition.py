"""The definition and the verbs fit together: what the one names, the other does, with the same fields."""

import ast
import inspect
from pathlib import Path

import pytest

from accounts.access.permissions import ROLE_PERMISSIONS, Permission, Role
from accounts.vocabulary import RECEIVING_KINDS
from cases.intake import submission
from cases.lifecycle.effects.registry import EFFECTS
from config import tables
from config.vocabulary import CaseKind, IntakeChannel, Urgency
from workflow.deadlines import rules_of
from workflow.definition.reader import parse

CONFIG = Path(__file__).resolve().parents[2] / "config"
TABLES = tables.read(CONFIG)
DEFINITION = parse(TABLES.workflow_text, TABLES.workflow_name)
PROFILES, PERIODS = rules_of(TABLES)

#: Values that an effect hands on whole to another verb, and the fields that verb reads.
HANDED_ON = {
    "_conclude": {"outcome", "promised_on", "replies"},
    "_visit": {"heard", "rating", "words"},
    "_note_dissatisfaction": {"complainant", "words", "reason"},
    "name_parties": {"named_units", "named_users"},
}


def read_by(effect: object) -> set[str]:
    """Give the fields that an effect takes out of its values, itself or through what it calls with them."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(inspect.getsource(effect))):  # type: ignore[arg-type]
        if isinstance(node, ast.Subscript) and getattr(node.value, "id", "") == "values":
            key = node.slice
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            if getattr(node.func.value, "id", "") != "values":
                continue
            key = node.args[0]
        elif isinstance(node, ast.Call) and any(getattr(one, "id", "") == "values" for one in node.args):
            found |= HANDED_ON.get(getattr(node.func, "id", ""), set())
            continue
        else:
            continue
        assert isinstance(key, ast.Constant)
        found.add(str(key.value))
    return found


def test_every_action_has_an_effect_and_every_effect_an_action() -> None:
    actions = {*DEFINITION.steps, *DEFINITION.acts} - {"register"}
    assert actions == set(EFFECTS)


@pytest.mark.parametrize("action", EFFECTS)
def test_an_action_takes_exactly_the_fields_that_its_effect_reads(action: str) -> None:
    fields = {field["name"] for field in DEFINITION.action(action).fields}
    assert fields == read_by(EFFECTS[action])


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
    assert moving == {"escalate", "raise"}


def test_the_units_that_receive_are_of_the_kinds_that_may_own_what_is_received() -> None:
    assert set(RECEIVING_KINDS) == DEFINITION.states["received"].unit_kinds
    assert set(RECEIVING_KINDS) == DEFINITION.states["resolved"].unit_kinds


def test_files_and_engine_mean_the_same_words() -> None:
    fields = {field["name"]: field for field in DEFINITION.steps["register"].fields}
    assert set(fields["kind"]["values"]) == set(CaseKind)
    assert set(fields["urgency"]["values"]) == set(Urgency)
    assert set(fields["channel"]["values"]) == set(IntakeChannel)
