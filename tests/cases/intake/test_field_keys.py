"""A key that a field of its type does not read is refused at the field, whatever the type and the key."""

import pytest

from cases.intake import field_keys
from cases.intake.field_keys import READ_OF
from cases.intake.read_definition import read_definition
from config.lines import Path
from config.marked_text import MarkedText
from tests.builders import CONFIG
from tests.english import in_english
from workflow.definition.reader import BadDefinition
from workflow.definition.vocabulary import FIELD_TYPES

TEXT = (CONFIG / "workflow.toml").read_text(encoding="utf-8")


def refused_of(kind: str) -> set[Path]:
    """Return the places that are refused of a field of a type, and of a list of such, that have every key."""
    found: list[tuple[Path, MarkedText]] = []
    table = {"type": kind, **{key: {"type": "text"} for key in READ_OF}}
    alone, within = {"colour": table}, {"colours": {"type": "list", "items": table}}
    field_keys.check({**alone, **within}, lambda path, reason: found.append((path, reason)))
    return {path for path, _ in found}


@pytest.mark.parametrize("kind", sorted(FIELD_TYPES))
def test_a_key_of_another_type_is_refused(kind: str) -> None:
    wrong = {key for key, read in READ_OF.items() if read != kind}
    within = {("fields", "colours", "items", key) for key in wrong}
    assert refused_of(kind) == {("fields", "colour", key) for key in wrong} | within


def test_the_place_and_what_to_do_are_said() -> None:
    text = TEXT.replace('[fields.text]\ntype = "text"', '[fields.text]\ntype = "text"\nvalues = ["a"]')
    with pytest.raises(BadDefinition) as refused:
        read_definition(text, "workflow.toml")
    [problem] = refused.value.problems
    assert in_english(problem.reason) == (
        "fields.text.values: a text field has no values, only a choice field has: take it away"
    )
    assert text.splitlines()[int(problem.place.rpartition(":")[2]) - 1] == 'values = ["a"]'
