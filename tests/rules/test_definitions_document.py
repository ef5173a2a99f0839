"""docs/definitions.md says what a definition may hold: nothing that there is not, and all that there is."""

import re

import pytest

from accounts.access.permissions import ROLE_PERMISSIONS, Permission, Role
from cases.intake.coded_actions import NEEDED, OWN_CLOCK_CHANGES
from cases.intake.own_entries import OWN_ROLES, OWN_RUNGS, RESERVED_FIELDS
from tests.rules.definitions_table import PAGE, written
from workflow.definition.field_limits import KEYS as KEYS_OF_FIELDS
from workflow.definition.reader import KEYS
from workflow.definition.vocabulary import (
    CIRCLES,
    CLOCKS,
    DIVISIBLE,
    OWN_FIELD_TYPES,
    RELATIONS,
    CaseState,
)
from workflow.texts.labels import RENAMED, TERMS
from workflow.texts.plurals import SAID_OF_SEVERAL

TEXT = PAGE.read_text(encoding="utf-8")
#: What a newcomer must find by its name, each in a sentence or a table of the page.
TOLD = {
    *(
        KEYS,
        CIRCLES,
        CLOCKS,
        DIVISIBLE,
        OWN_FIELD_TYPES,
        tuple(CaseState),
        RENAMED,
        tuple(TERMS),
        OWN_RUNGS,
        KEYS_OF_FIELDS,
    ),
    *(tuple(sorted(words)) for words in (OWN_ROLES, RESERVED_FIELDS, OWN_CLOCK_CHANGES)),
    *(tuple(sorted(RELATIONS - {"system"})), *NEEDED.values()),
}


def missing(text: str) -> set[str]:
    return {word for words in TOLD for word in words if not re.search(rf"(?<!\w){word}(?!\w)", text)}


def test_the_tables_of_actions_and_limits_are_those_of_the_code() -> None:
    assert written(TEXT) == TEXT, "run python -m tests.rules.definitions_table"


def test_a_limit_that_the_table_says_wrongly_is_found() -> None:
    spoiled = TEXT.replace("`whole = true`: no", "`whole = false`: no", 1)
    assert spoiled != written(spoiled) == TEXT


def test_whatever_a_definition_may_say_is_told() -> None:
    assert missing(TEXT) == set()


def several_told() -> str:
    """Return how the page says for which codes `many` can be written."""
    return "; ".join(f"`{group}` {', '.join(codes)}" for group, codes in SAID_OF_SEVERAL.items())


def test_the_codes_that_have_a_word_for_several_are_those_of_the_code() -> None:
    assert several_told() in " ".join(TEXT.split())


@pytest.mark.parametrize("word", ["leading_group", "person", "phone_as_written"])
def test_a_word_that_is_not_told_is_found(word: str) -> None:
    assert word in missing(TEXT.replace(word, "…"))


def test_roles_that_may_act_are_those_of_people() -> None:
    acting = {role.value for role, rights in ROLE_PERMISSIONS.items() if Permission.CASES_ACT in rights}
    assert acting - {Role.SYSTEM.value, Role.VILLAGER.value} == OWN_ROLES
