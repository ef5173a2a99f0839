"""What a guard reads is found by trying, and each guard is walked both ways, also one that is new."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.workflow.samples import project_definition
from workflow import guards
from workflow.guards import GUARDS
from workflow.situation import Situation
from workflow.ways_on.guard_reading import (
    GIVEN,
    fields_read,
    plain_situation,
    values_of_fields,
    values_that_differ,
)
from workflow.ways_on.situations import Situations

Guards = Mapping[str, Callable[[Situation], str | None]]


def test_every_field_has_values_to_be_walked() -> None:
    assert values_of_fields().keys() | GIVEN.keys() == set(Situation._fields)
    assert all(len(values) > 1 for values in values_of_fields().values())
    assert all(getattr(plain_situation(), name) in values for name, values in values_of_fields().items())


def test_what_is_read_on_any_branch_is_found() -> None:
    assert fields_read(guards.visit_or_promised_day) == {"promised_on", "unvisited"}
    assert fields_read(guards.extensions_left) == {"extensions", "extensions_allowed"}
    assert fields_read(guards.not_suspended) == {"suspended"}


def test_no_guard_asks_who_somebody_is_for_that_is_said_by_the_rows() -> None:
    def asks_for(field: str, guard: Callable[[Situation], str | None]) -> bool:
        unknown: dict[str, Any] = {field: None}
        try:
            guard(plain_situation()._replace(**unknown))
        except (TypeError, AttributeError):
            return True
        return False

    assert [
        name for name, guard in GUARDS.items() for who in ("roles", "relations") if asks_for(who, guard)
    ] == []
    assert asks_for("roles", lambda case: "no" if "leader" in case.roles else None)


def not_varied(asked: Guards) -> set[str]:
    """Find the guards that give the same answer in all situations of all states."""
    definition = project_definition()
    return {
        name
        for name, guard in asked.items()
        if {
            guard(situation) is None
            for state in definition.states
            for situation in Situations(definition, state, [guard]).all
        }
        != {True, False}
    }


def test_every_guard_is_walked_both_ways() -> None:
    assert not_varied(GUARDS) == set()


@pytest.mark.parametrize(
    "guard",
    [
        lambda case: None if case.round < 9 else "too_often",
        lambda case: None if case.today <= case.recorded_on + timedelta(days=5000) else "too_old",
        lambda case: None if case.attempts_missing != "phone_not_tried" else "phone_not_tried",
        lambda case: "never",
    ],
    ids=["a count too high", "a time too long", "a word of its own", "never"],
)
def test_a_guard_that_the_values_do_not_reach_is_found(guard: Callable[[Situation], str | None]) -> None:
    assert not_varied({**GUARDS, "new": guard}) == {"new"}


def test_values_of_which_all_questions_say_the_same_are_walked_once() -> None:
    assert values_that_differ("returns", (0, 1, 2, 3), [guards.returns_left]) == {0: 0, 1: 0, 2: 2, 3: 2}
    assert values_that_differ("returns", (0, 1, 2), [guards.not_suspended]) == {0: 0, 1: 0, 2: 0}
