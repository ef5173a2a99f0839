"""A text is as long as it is searched: no check of a length counts the characters as they were sent alone."""

import ast
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from marshmallow import Schema, fields
from marshmallow.validate import Length

from cases.configuration.case_rules import CountyRules
from core.normalization import search_terms
from core.normalization.folding import MOST_OF_ONE, fold
from core.normalization.search_terms import MOST_CHARACTERS, searchable
from core.text import is_longer, problem_of_name
from tests.rules import sources
from wsgi.schemas import request_schemas
from wsgi.schemas.action_schemas import action_schema
from wsgi.schemas.fields import StrictSchema, Text, TextLength

SWOLLEN = "\ufdfa"
#: What is no text that is kept and searched: signs that a form allows alone, and what is only shown.
OTHERWISE = {
    "accounts/registers/area_changes.py": {"LONGEST_CODE"},
    "accounts/registers/import_cells.py": {"LONGEST_CODE"},
    "cases/importing/row_reader.py": {"LONGEST_ID"},
    "wsgi/schemas/validation_errors.py": {"LONGEST_SHOWN_NAME"},
    "api/framework/request_handling.py": {"LONGEST_KEY"},
    "api/framework/strict_json.py": {"LONGEST_NUMBER"},
    "config/reading.py": {"LONGEST_TEXT"},
    "core/files/scanner.py": {"LONGEST_ANSWER"},
    "core/tables/writer.py": {"LONGEST_CELL"},
    "accounts/sign_in/known_devices.py": {"LONGEST"},
    "accounts/openid/client.py": {"LONGEST_CODE"},
    "accounts/openid/flow.py": {"LONGEST_ONWARD"},
    "accounts/openid/id_token.py": {"LONGEST_SUBJECT"},
    "config/openid.py": {"LONGEST_NAME"},
    "wsgi/headers.py": {"LONGEST_LANGUAGES"},
}


def counted(tree: ast.AST) -> Iterator[str]:
    """Find the limits that the length of something as it was sent is compared with."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            lengths = [
                one
                for one in sides
                if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == "len"
            ]
            names = [one.id if isinstance(one, ast.Name) else getattr(one, "attr", "") for one in sides]
            if lengths:
                yield from (name for name in names if name.startswith("LONGEST"))


def texts_of(schema: Schema) -> Iterator[fields.Field[Any]]:
    """Return the fields of texts of a schema, those within others too."""
    waiting: list[fields.Field[Any]] = list(schema.fields.values())
    while waiting:
        one = waiting.pop()
        if isinstance(one, fields.List):
            waiting.append(one.inner)
        elif isinstance(one, fields.Nested):
            waiting += one.schema.fields.values()
        elif isinstance(one, fields.String):
            yield one


def short_sighted(schema: Schema) -> list[str]:
    """Return the texts whose greatest length is counted as they were sent."""
    return [
        str(one.name)
        for one in texts_of(schema)
        if any(isinstance(each, Length) and not isinstance(each, TextLength) for each in one.validators)
    ]


def test_every_text_of_every_call_and_form_is_measured_as_it_is_searched(project_rules: CountyRules) -> None:
    definition = project_rules.definition
    kinds = [
        one for one in vars(request_schemas).values() if isinstance(one, type) and issubclass(one, Schema)
    ]
    schemas = [kind() for kind in kinds]
    schemas += [action_schema(definition, name) for name in (*definition.steps, *definition.acts)]
    assert sum(1 for schema in schemas for _ in texts_of(schema)) > 50
    assert [found for schema in schemas if (found := short_sighted(schema))] == []

    class Planted(StrictSchema):
        words = fields.String(validate=Length(max=5))
        others = fields.List(fields.String(validate=Length(max=5)))
        right = Text(longest=5)

    assert sorted(short_sighted(Planted())) == ["others", "words"]


def test_no_other_length_is_counted_as_it_was_sent() -> None:
    found = {}
    for place in sources.product():
        if "LONGEST" in place.read_text(encoding="utf-8"):
            limits = set(counted(sources.tree(place))) - OTHERWISE.get(sources.name(place), set())
            if limits:
                found[sources.name(place)] = limits
    assert found == {}
    assert list(counted(ast.parse("if len(words) > LONGEST_WORDS: refuse()"))) == ["LONGEST_WORDS"]


def test_no_character_becomes_more_than_was_reckoned_with() -> None:
    most = max(len(fold(chr(point))) for point in range(sys.maxunicode) if not 0xD800 <= point < 0xE000)
    assert most == MOST_OF_ONE


@pytest.mark.parametrize(
    ("text", "longest", "longer"),
    [
        ("水" * 40, 40, False),
        ("水" * 41, 40, True),
        ("……" * 20, 40, False),  # an ellipsis becomes three dots, which nobody searches
        ("℃" * 40, 40, False),
        (SWOLLEN * 2, 40, False),
        (SWOLLEN * 3, 40, True),
        ("a" * 40, 40, False),
        ("", 40, False),
    ],
)
def test_a_text_is_as_long_as_it_is_searched(text: str, longest: int, longer: bool) -> None:
    assert is_longer(text, longest) == longer
    assert (problem_of_name(text, longest) == "too_long") == longer


def test_of_many_swollen_texts_no_more_is_folded_than_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    folded: list[int] = []

    def counting(text: str) -> str:
        folded.append(len(text))
        return fold(text)

    monkeypatch.setattr(search_terms, "fold", counting)
    found = searchable([SWOLLEN * 5000] * 100)
    assert len(found) <= MOST_CHARACTERS
    assert sum(folded) <= 2 * 5000
    assert searchable(["水管", "、", "坏了 3 天"]) == "水管 坏了 3 天"
