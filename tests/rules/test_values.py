"""Each value of a column and each limit stands in one place, and everything else reads it there."""

import ast
from collections.abc import Mapping
from enum import StrEnum

import pytest

from accounts.vocabulary import AreaLevel
from cases.vocabulary import RECORDED_OUTCOMES, UNCOUNTED_STATES
from config.vocabulary import CaseKind, IntakeChannel, UnitKind, Urgency
from reports import rate_table
from tests.rules.sources import name, product, tree
from tests.rules.value_copies import bare_values, copied_lists, limits_twice
from tests.workflow.samples import project_definition
from web.public.status_words import HEADLINES
from workflow.definition.vocabulary import (
    AttemptMode,
    CaseState,
    Outcome,
    Rating,
    ReplyChannel,
)
from workflow.texts import labels

MODULES = {name(place): tree(place) for place in product() if name(place).split("/")[0] != "migrations"}
#: The values that the program knows of the fields of choice, by the entry of the field.
FIELD_VALUES: Mapping[str, type[StrEnum]] = {
    "kind": CaseKind,
    "urgency": Urgency,
    "channel": IntakeChannel,
    "outcome": Outcome,
    "reply_channel": ReplyChannel,
    "rating": Rating,
    "mode": AttemptMode,
}
OWNERS = frozenset(
    {
        "accounts/vocabulary.py",
        "cases/vocabulary.py",
        "config/vocabulary.py",
        "workflow/definition/vocabulary.py",
    }
)
#: Texts that are no values of these columns, by the file in which they stand, and why.
NO_VALUES: Mapping[str, str] = {
    "reports/overview.py received, resolved": "two of the counts that are made in advance",
}


def test_no_module_repeats_the_values_of_an_enum() -> None:
    found = [
        f"{file}:{line} {what}"
        for file, module in MODULES.items()
        if file not in OWNERS
        for line, what in copied_lists(module)
        if f"{file} {what.split(': ')[1]}" not in NO_VALUES
    ]
    assert found == []


def test_no_module_compares_a_column_with_a_bare_value() -> None:
    found = [
        f"{file}:{line} {what}"
        for file, module in MODULES.items()
        if file not in OWNERS
        for line, what in bare_values(module)
        if f"{file} {what}" not in NO_VALUES
    ]
    assert found == []


def test_no_limit_stands_in_two_modules() -> None:
    assert limits_twice(MODULES) == []


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("unit_kind", UnitKind),
        ("outcome", Outcome),
        ("kind", CaseKind),
        ("rating", Rating),
        ("channel", IntakeChannel),
        ("reply_channel", ReplyChannel),
        ("mode", AttemptMode),
        ("urgency", Urgency),
        ("level", AreaLevel),
    ],
)
def test_every_value_has_words_in_the_order_of_its_enum(words: str, values: type[StrEnum]) -> None:
    assert list(labels.GROUPS[words]) == list(values)


def test_every_state_has_a_headline_but_that_of_a_merged_case_which_shows_the_other() -> None:
    assert set(HEADLINES) == set(CaseState) - {CaseState.MERGED}


def test_every_state_that_no_rate_counts_has_words_in_a_report() -> None:
    assert tuple(rate_table.UNCOUNTED) == UNCOUNTED_STATES


def test_the_life_cycle_has_just_the_states_that_the_program_knows() -> None:
    assert list(project_definition().states) == list(CaseState)


def test_the_fields_of_choice_offer_just_the_values_that_the_program_knows() -> None:
    definition = project_definition()
    offered = {
        "kind": ("register", "kind"),
        "urgency": ("register", "urgency"),
        "channel": ("register", "channel"),
        "reply_channel": ("reply", "channel"),
        "rating": ("confirm", "rating"),
        "outcome": ("resolve", "outcome"),
    }
    for entry, (action, field) in offered.items():
        values = next(one["values"] for one in definition.action(action).fields if one["name"] == field)
        known = [value for value in FIELD_VALUES[entry] if entry != "outcome" or value in REPLIES]
        assert values == known, entry


REPLIES = RECORDED_OUTCOMES[:-1]


@pytest.mark.parametrize(
    "fault",
    [
        'KINDS = ("problem", "opinion")',
        'WORDS = {"satisfied": 1, "fair": 2}',
        'GOOD = frozenset({"resolved", "closed"})',
        'def f(x: str) -> bool:\n    return x in ["void", "merged"]',
        'match x:\n    case "urgent" | "normal":\n        pass',
    ],
)
def test_a_list_that_repeats_an_enum_is_found(fault: str) -> None:
    assert list(copied_lists(ast.parse(fault)))


@pytest.mark.parametrize(
    "fault",
    [
        'case.state == "void"',
        '"void" != item["state"]',
        'person.unit_kind == "leading_group"',
        'Case.state.in_(("received",))',
        'Case.urgency == "urgent"',
        'one.get("mode") in ("phone",)',
        'case.rating = "dissatisfied"',
        'visit(rating="fair")',
        'filters = {"outcome": "solved"}',
        'urgency: str = "normal"',
        'channel = "door" if here else other',
        'match rating:\n    case "fair":\n        pass',
    ],
)
def test_a_bare_value_is_found(fault: str) -> None:
    assert list(bare_values(ast.parse(fault)))


@pytest.mark.parametrize(
    "right",
    [
        "case.state == CaseState.VOID",
        'entry.kind == "note"',
        'x == "void"',
        'shown = ("received", "overdue")',
    ],
)
def test_what_is_no_copy_is_left_alone(right: str) -> None:
    module = ast.parse(right)
    assert [*copied_lists(module), *bare_values(module)] == []


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("SOON = 2", "SOON = 2"),
        ("SHOWN, COUNTED = 50, 1000", "COUNTED = 1000"),
        ("KEPT = timedelta(days=90)", "KEPT = timedelta(days=90)"),
        ('UNCOUNTED: tuple[str, ...] = ("a", "b")', 'UNCOUNTED = ("a", "b")'),
    ],
)
def test_a_limit_that_stands_twice_is_found(here: str, there: str) -> None:
    assert limits_twice({"one.py": ast.parse(here), "other.py": ast.parse(there)})


@pytest.mark.parametrize("there", ["SOON = 3", "LATER = 2", "SOON = other.SOON"])
def test_limits_that_differ_are_left_alone(there: str) -> None:
    assert limits_twice({"one.py": ast.parse("SOON = 2"), "other.py": ast.parse(there)}) == []
