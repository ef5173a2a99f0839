"""What a definition says of the program's own fields is what the code has, or is refused at the field.

Each choice is tried in every file that comes along, each type in ours: a new field is tried by itself.
"""

import copy
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from cases.intake import coded_actions, program_fields
from cases.intake.read_definition import read_definition
from cases.lifecycle.build_values import VALUES
from tests.cases.intake.test_read_definition import read_data, written
from tests.english import in_english
from tests.rules.sources import ROOT
from workflow.definition.model import Act
from workflow.definition.reader import BadDefinition, parse
from workflow.definition.vocabulary import FIELD_TYPES
from workflow.texts.labels import GROUPS, RENAMED

FILES = {
    place.parent.name: place.read_text(encoding="utf-8")
    for place in (ROOT / "config" / "workflow.toml", *sorted(ROOT.glob("docs/examples/*/workflow.toml")))
}
Data = dict[str, Any]
Reader = Callable[[Data], object]


def entries_of_the_program(data: Data) -> list[str]:
    """Return the entries that actions of the program name, also within others."""
    found: list[str] = []
    waiting = [
        word.removesuffix("?")
        for kind in ("steps", "acts")
        for name, action in data[kind].items()
        if name == coded_actions.REGISTER or name in VALUES
        for word in action.get("fields", ())
    ]
    while waiting:
        entry = waiting.pop()
        if entry not in found:
            found.append(entry)
            within = data["fields"][entry]
            inside = [*within.get("fields", ()), *within.get("items", {}).get("fields", ())]
            waiting += [word.removesuffix("?") for word in inside]
    return sorted(found)


def spoiled(data: Data) -> Iterator[tuple[str, Data]]:
    """Yield a file once with each thing that a program's field cannot say, and the place of it."""
    for entry in entries_of_the_program(data):
        field = data["fields"][entry]
        for place, key, value in ways_to_spoil(field):
            changed = copy.deepcopy(data)
            changed["fields"][entry][key] = value
            yield f"fields.{entry}.{place}", changed


def ways_to_spoil(field: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Yield the place, the key and the value of what a field of the program cannot say."""
    if field["type"] == "choice":
        values = field["values"]
        yield from (("values", "values", [one for one in values if one != left]) for left in values)
        yield "values", "values", [*values, "further"]
        yield "words", "words", {values[0]: {"zh": "别的叫法", "en": "otherwise"}}
    if field["type"] in ("text", "date"):
        limit, value = ("longest", 9) if field["type"] == "text" else ("not_in_past", True)
        yield limit, limit, value


def read_quickly(monkeypatch: pytest.MonkeyPatch) -> Reader:
    """Read without the walk, which only what is right takes."""
    monkeypatch.setattr("cases.intake.read_definition.check_ways_on", lambda *_: None)
    return read_data


def not_refused(data: Data, read: Reader) -> list[str]:
    """Return the places that a reader lets through, or refuses without naming them."""
    found = []
    for place, changed in spoiled(data):
        try:
            read(changed)
        except BadDefinition as wrong:
            if any(in_english(one.reason).startswith(f"{place}:") for one in wrong.problems):
                continue
        found.append(place)
    return found


@pytest.mark.parametrize("name", FILES)
def test_a_field_of_the_program_says_what_the_program_has(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not_refused(tomllib.loads(FILES[name]), read_quickly(monkeypatch)) == []


def test_a_reader_that_does_not_look_is_found() -> None:
    data = tomllib.loads(FILES["config"])

    def careless(changed: Data) -> object:
        return parse("\n".join(f"{key} = {written(one)}" for key, one in changed.items()), "x")

    found = set(not_refused(data, careless))
    choices = [entry for entry in entries_of_the_program(data) if data["fields"][entry]["type"] == "choice"]
    assert found >= {f"fields.{entry}.{key}" for entry in choices for key in ("values", "words")}


def test_values_that_were_left_out_are_said() -> None:
    text = FILES["config"].replace('"phone", "hotline", ', '"phone", ', 1)
    with pytest.raises(BadDefinition) as refused:
        read_definition(text, "workflow.toml")
    [problem] = refused.value.problems
    assert "hotline" in in_english(problem.reason)
    assert "values = " in text.splitlines()[int(problem.place.rpartition(":")[2]) - 1]


def types_taken(action: Act, named: Sequence[str], entries: Data) -> Iterator[tuple[str, str]]:
    """Yield each field of an action with each other type that is let through."""
    for place, field in enumerate(action.fields):
        for kind in sorted(FIELD_TYPES - {field["type"]}):
            inside = {"values": ["one"], "items": {"type": "number"}, "fields": []}
            fields = [*action.fields[:place], {**field, **inside, "type": kind}, *action.fields[place + 1 :]]
            said: list[tuple[str, ...]] = []
            program_fields.check_fields(
                ("acts", action.name),
                replace(action, fields=tuple(fields)),
                named,
                {**entries, named[place].removesuffix("?"): {"items": {}, "fields": []}},
                lambda where, reason, said=said: said.append(where),  # type: ignore[misc]
            )
            if not said:
                yield field["type"], kind


def test_no_field_can_be_of_a_type_that_its_code_does_not_read() -> None:
    """A type that is taken is one of those that the code reads alike, such as text and code."""
    definition, data = parse(FILES["config"], "x"), tomllib.loads(FILES["config"])
    taken = {
        pair
        for kind in ("steps", "acts")
        for name, action in data[kind].items()
        for pair in types_taken(definition.action(name), action.get("fields", ()), data["fields"])
    }
    alike = [set(kinds) for kinds in coded_actions.READ_BY.values()]
    assert ("text", "code") in taken
    assert [pair for pair in taken if not any(set(pair) <= together for together in alike)] == []


def test_every_choice_is_called_by_a_group_that_there_is() -> None:
    for choice in (*coded_actions.CHOICES.values(), *coded_actions.INTAKE_CHOICES.values()):
        if choice.group:
            assert choice.group in RENAMED
            assert set(map(str, choice.values)) <= GROUPS[choice.group].keys()


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ('fields = ["number", "addressee", "sent_on"]', 'fields = ["number", "addressee"]', "report.fields"),
        ('fields = ["mode", "words"]', 'fields = ["mode", "words", "until"]', "attempts.items.fields"),
        ('items = { type = "unit" }', 'items = { type = "date" }', "named_units.items.type"),
    ],
)
def test_what_stands_inside_a_field_is_looked_at_as_well(before: str, after: str, place: str) -> None:
    assert before in FILES["config"]
    with pytest.raises(BadDefinition) as refused:
        read_definition(FILES["config"].replace(before, after), "workflow.toml")
    assert any(in_english(one.reason).startswith(f"fields.{place}:") for one in refused.value.problems)
