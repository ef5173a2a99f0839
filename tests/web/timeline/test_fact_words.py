"""Every fact of an entry has words in both languages, or is named as not shown, with the reason."""

from dataclasses import dataclass, fields
from typing import Any

import pytest

from cases.history.fact_kinds import FactKind, Harmless, kinds_of
from cases.history.facts import Facts, ReasonFacts, ReplyFact
from cases.history.facts_json import FACTS, KINDS
from core.i18n import catalogue
from web.timeline import fact_words
from web.timeline.fact_sentences import blanks_of
from web.timeline.fact_words import BESIDE, KEYS, NOT_SHOWN, PLAIN, QUOTED, SENTENCES, VOCABULARY, Sentence
from workflow.texts import labels

TYPES: tuple[type[Any], ...] = (*KINDS, ReplyFact)
OWN_WORDS = {
    "stands_for": fact_words.STANDS_FOR,
    "attempt_for": fact_words.ATTEMPT_FOR,
    "field": fact_words.FIELDS,
    "not_raised": fact_words.NOT_RAISED,
}


@dataclass(frozen=True, kw_only=True)
class WithMore(ReasonFacts):
    """A value with a field that nobody has found words for."""

    praised_by: Harmless[str]


def sentences(kind: type[Any]) -> list[Sentence]:
    """Return what is said of a value, also of what it is made from."""
    return [sentence for base in kind.__mro__ for sentence in SENTENCES.get(base, ())]


def declared(table: Any, kind: type[Any], name: str) -> bool:
    return any((base, name) in table for base in kind.__mro__)


def stated(kind: type[Any]) -> set[str]:
    """Name the fields of a value that a sentence states."""
    spoken = {name for sentence in sentences(kind) for name in {*blanks_of(sentence), *sentence.states}}
    spoken |= {sentence.each for sentence in sentences(kind)}
    names = {field.name for field in fields(kind)}
    return {name for name in names if name in spoken or declared(QUOTED, kind, name)}


def silent(kind: type[Any]) -> set[str]:
    """Name the fields of a value of which nothing is said, nor why not."""
    return {
        field.name
        for field in fields(kind)
        if field.name not in stated(kind) and not declared(NOT_SHOWN, kind, field.name)
    }


def bare(kind: type[Any]) -> set[str]:
    """Name the fields that would be told as the codes that they are."""
    return {
        name
        for name, kinds in kinds_of(kind).items()
        if kinds == {FactKind.HARMLESS}
        and name not in KEYS
        and "str" in str(kind.__dataclass_fields__[name].type)
        and name in stated(kind)
        and not declared(VOCABULARY, kind, name)
        and not declared(PLAIN, kind, name)
    }


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_every_fact_has_words_or_is_named_as_not_shown(kind: type[Any]) -> None:
    assert silent(kind) == set()
    assert [name for name in stated(kind) if declared(NOT_SHOWN, kind, name)] == []


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_no_code_is_told_without_a_vocabulary(kind: type[Any]) -> None:
    assert bare(kind) == set()


def test_a_fact_that_nobody_found_words_for_is_named() -> None:
    assert silent(WithMore) == {"praised_by"}


def test_a_code_that_is_told_as_it_is_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SENTENCES, WithMore, (Sentence("{praised_by}"),))
    assert bare(WithMore) == {"praised_by"}


@pytest.mark.parametrize("kind", SENTENCES, ids=lambda kind: kind.__name__)
def test_every_sentence_has_its_english_and_only_blanks_that_can_be_filled_in(kind: type[Any]) -> None:
    english = catalogue("en")
    names = {field.name for field in fields(kind)} | BESIDE
    for sentence in SENTENCES[kind]:
        inside = {KEYS[sentence.each], "before", "after"} if sentence.each else set()
        assert blanks_of(sentence) <= names | inside
        is_alone = {sentence.words} == {f"{{{name}}}" for name in blanks_of(sentence)}
        assert is_alone or sentence.words in english


def test_every_code_of_a_fact_is_named_in_both_languages(project_rules: Any) -> None:
    english = catalogue("en")
    clocks = project_rules.definition.clocks
    for group in set(VOCABULARY.values()):
        if group == "clock":
            assert all(clock.zh and clock.en for clock in clocks.values())
        elif group in OWN_WORDS:
            assert set(OWN_WORDS[group].values()) <= english.keys()
        else:
            assert labels.GROUPS[group]


def test_every_action_is_told_with_facts_of_a_known_form() -> None:
    assert set(TYPES) >= set(FACTS.values())
    assert all(issubclass(kind, Facts) for kind in FACTS.values())
