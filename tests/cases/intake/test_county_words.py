"""What stands beside each other on a page is never called the same, whatever the definition names."""

import copy
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from cases.intake import county_words, read_definition
from tests.cases.intake.test_program_fields import FILES, read_quickly
from tests.english import in_english
from workflow.definition.reader import BadDefinition

Path = tuple[str, ...]


def neighbours(data: dict[str, Any]) -> Iterator[tuple[Path, Path]]:
    """Yield the tables of words of each two things that stand beside each other."""
    yield from ((("states", one), ("states", other)) for one, other in pairwise(data["states"]))
    for entry, field in data["fields"].items():
        place = ("fields", entry, "words")
        yield from (((*place, one), (*place, other)) for one, other in pairwise(field.get("words", {})))
    for action in (*data["steps"].values(), *data["acts"].values()):
        entries = [word.removesuffix("?") for word in action.get("fields", ())]
        named = [entry for entry in entries if "zh" in data["fields"][entry]]
        yield from ((("fields", one), ("fields", other)) for one, other in pairwise(named))


def at_place(data: dict[str, Any], path: Path) -> dict[str, Any]:
    for key in path:
        data = data[key]
    return data


def unnoticed(name: str, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, Path, str]]:
    """Return the pairs that may be called the same in a language."""
    data, read = tomllib.loads(FILES[name]), read_quickly(monkeypatch)
    found = []
    for one, other in neighbours(data):
        for language in ("zh", "en"):
            changed = copy.deepcopy(data)
            at_place(changed, other)[language] = at_place(changed, one)[language]
            try:
                read(changed)
            except BadDefinition:
                continue
            found.append((one, other, language))
    return found


@pytest.mark.parametrize("name", FILES)
def test_two_things_side_by_side_are_not_called_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert unnoticed(name, monkeypatch) == []


def test_a_reader_that_does_not_compare_words_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(county_words, "check_distinct", lambda *_: None)
    assert len(unnoticed("hospital", monkeypatch)) > 2


def test_choices_of_the_program_are_told_apart_in_the_words_of_a_county_too() -> None:
    text = f'{FILES["config"]}\n[words.rating]\nfair = {{ zh = "满意", en = "so so" }}\n'
    with pytest.raises(BadDefinition) as refused:
        read_definition.read_definition(text, "workflow.toml")
    assert any("words.rating.fair.zh" in str(one) for one in refused.value.problems)


WRONG_WORDS = {
    "nothing for several": ("term", "complainant", 'many = ""', "many", "empty"),
    "several as the rule makes it": ("term", "complainant", 'many = "readers"', "many", "without this entry"),
    "several of whom no sentence speaks": ("role", "guest", 'many = "staff"', "many", "no English sentence"),
    "several in a group of choices": ("mode", "phone", 'many = "calls"', "many", "no English sentence"),
    "a blank": ("term", "complainant", 'many = "{n} staff"', "many", "braces"),
    "another key": ("term", "complainant", 'few = "staff"', "few", "no such key"),
}


def words_of(group: str, code: str, words: str) -> str:
    return FILES["inspection"] + f"\n[words.{group}]\n{code} = {{ {words} }}\n"


@pytest.mark.parametrize("what", WRONG_WORDS)
def test_a_word_that_is_read_nowhere_is_refused_with_its_line(what: str) -> None:
    group, code, written, key, reason = WRONG_WORDS[what]
    text = words_of(group, code, f'zh = "读者", en = "reader", {written}')
    line = len(text.splitlines())
    with pytest.raises(BadDefinition) as refused:
        read_definition.read_definition(text, "ours.toml")
    said = in_english(*refused.value.problems)
    assert f"ours.toml:{line}: words.{group}.{code}.{key}: " in said
    assert reason in said


@pytest.mark.parametrize("words", ['zh = "患者", en = "patient"', 'zh = "{name}{name}", en = "{name}"'])
def test_how_somebody_is_named_has_the_name_in_it_once(words: str) -> None:
    with pytest.raises(BadDefinition, match=r"words\.term\.family\.zh"):
        read_definition.read_definition(words_of("term", "family", words), "ours.toml")


def test_words_for_several_and_for_homes_are_taken() -> None:
    text = words_of("term", "household", 'zh = "工位", en = "staff desk", many = "staff desks of ours"')
    text += 'family = { zh = "{name}姓读者", en = "reader {name}" }\n'
    read = read_definition.read_definition(text, "ours.toml")
    assert read.words["term"]["household"].many == "staff desks of ours"
