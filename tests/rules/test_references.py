"""Whatever an entry of the history names is hidden from whoever may not know it, fact by fact.

The walk is made from the types of the facts themselves: a new fact is walked with the next run, and one of a
kind that nobody allowed is hidden from everybody.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from msgspec import UNSET, UnsetType

from cases.history import readable_facts as readable
from cases.history.fact_kinds import CaseNumber, FactKind, Harmless, Words
from cases.history.facts import Facts
from cases.history.facts_json import AMENDED, FACTS
from cases.history.readable_facts import KnownReferences, readable_facts, references_of

#: What no reader of these tests may know, and what may stand in an answer to them.
SECRET: Mapping[FactKind, Any] = {
    FactKind.CASE: "SL-2026-0666",
    FactKind.UNIT: "secret-unit",
    FactKind.USER: 66601,
    FactKind.HOUSEHOLD: 66602,
    FactKind.IDENTITY: "田某六六六",
    FactKind.COMPLAINANT: 66603,
    FactKind.FREE_WORDS: "666 号那件说的是他们",
}
PLAIN: Mapping[type[Any], Any] = {str: "words", bool: True, int: 5, date: date(2026, 3, 2)}
REFERENCES = frozenset(FactKind) - readable.PLAIN
KINDS = sorted({*FACTS.values(), *AMENDED.values()}, key=lambda kind: kind.__name__)


def filled(hint: Any) -> Any:
    """Return a value of a type in which everything that has rights of its own is a secret."""
    if get_origin(hint) is Annotated:
        of, *extras = get_args(hint)
        (kind,) = (extra for extra in extras if isinstance(extra, FactKind))
        if kind is FactKind.HARMLESS:
            return PLAIN[of]
        return str(SECRET[kind]) if of is str else SECRET[kind]
    if is_dataclass(hint) and isinstance(hint, type):
        return filled_facts(hint)
    inner = [one for one in get_args(hint) if one not in (UnsetType, NoneType, Ellipsis)]
    if get_origin(hint) in (Union, UnionType):
        return filled(inner[0])
    if get_origin(hint) is tuple:
        return tuple(map(filled, inner))
    key, value = inner
    return {filled(key): filled(value)}


def filled_facts(kind: type[Any]) -> Any:
    hints = get_type_hints(kind, include_extras=True)
    return kind(**{each.name: filled(hints[each.name]) for each in fields(kind)})


def leaks(kind: type[Facts]) -> list[str]:
    """Name the secrets that a reader without any right finds in the facts of a kind."""
    facts = filled_facts(kind)
    if not any(True for _ in references_of(facts)):
        return []
    told = msgspec.json.encode(msgspec.to_builtins(readable_facts(facts, KnownReferences()).facts)).decode()
    return [f"{kind.__name__}: {one.value}" for one in sorted(SECRET) if str(SECRET[one]) in told]


def test_a_reader_without_the_right_finds_no_reference_and_no_words_beside_one() -> None:
    assert [leak for kind in KINDS for leak in leaks(kind)] == []


def test_whoever_may_know_everything_reads_every_fact_as_it_is() -> None:
    known = KnownReferences(everything=True)
    for kind in KINDS:
        facts = filled_facts(kind)
        told = readable_facts(facts, known)
        assert (told.facts, told.hidden) == (facts, frozenset())


def test_words_without_a_reference_beside_them_are_read_by_everybody() -> None:
    for kind in KINDS:
        facts = filled_facts(kind)
        if not any(True for _ in references_of(facts)):
            assert readable_facts(facts, KnownReferences()).facts == facts


def test_every_reference_that_is_known_is_shown() -> None:
    known = KnownReferences(
        cases=frozenset({SECRET[FactKind.CASE]}),
        units=frozenset({SECRET[FactKind.UNIT]}),
        users=frozenset({SECRET[FactKind.USER]}),
        complainants=frozenset({SECRET[FactKind.COMPLAINANT]}),
        households=True,
    )
    for kind in KINDS:
        facts = filled_facts(kind)
        assert readable_facts(facts, known).facts == facts


@dataclass(frozen=True, kw_only=True)
class PlantedFacts(Facts):
    """Facts of an action that is still to be written: a case deep inside, with words beside it."""

    reason: Words
    about: Mapping[Harmless[str], tuple[CaseNumber, ...]] | UnsetType = UNSET


def test_a_fact_that_is_still_to_be_written_is_walked_too() -> None:
    assert leaks(PlantedFacts) == []


@pytest.mark.parametrize("kind", sorted(REFERENCES))
def test_the_walk_finds_a_kind_that_is_shown_to_everybody(
    kind: FactKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: somebody allows a kind to whoever reads."""
    allowed = {**readable._PERMITTED, kind: lambda known, value: True}
    monkeypatch.setattr(readable, "_PERMITTED", allowed)
    assert [leak for facts in KINDS for leak in leaks(facts)] != []


def test_the_walk_finds_words_that_are_left_beside_a_hidden_reference(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The planted fault: the number is hidden and the free reason is not."""
    of_words = readable._kinds_in
    monkeypatch.setattr(readable, "_kinds_in", lambda hint: of_words(hint) - {FactKind.FREE_WORDS})
    assert f"MergeFacts: {FactKind.FREE_WORDS}" in list(found_by_walk())


def found_by_walk() -> Iterator[str]:
    for kind in KINDS:
        yield from leaks(kind)


#: What may tell who anybody on the matter is, so that it takes who may know everybody.
OF_ANYBODY = AMENDED["own_words"]


def identifying() -> list[type[Facts]]:
    """Return the facts that tell who one complainant is."""
    return [kind for kind in KINDS if readable.is_identifying(filled_facts(kind)) and kind is not OF_ANYBODY]


def test_who_a_complainant_is_is_read_with_the_reason_by_whoever_may_know_that_one_and_by_no_other() -> None:
    own = {FactKind.HOUSEHOLD, FactKind.IDENTITY, FactKind.FREE_WORDS}
    on_case = KnownReferences(complainants=frozenset({SECRET[FactKind.COMPLAINANT]}))
    of_other = replace(on_case, identities=frozenset({SECRET[FactKind.COMPLAINANT] + 1}), everybody=True)
    of_them = replace(on_case, identities=on_case.complainants)
    assert identifying() != []
    for kind in identifying():
        facts = filled_facts(kind)
        secrets = {str(value) for of, value in SECRET.items() if of in own}
        assert readable_facts(facts, of_them).facts == facts
        for known in (on_case, of_other):
            told = msgspec.json.encode(msgspec.to_builtins(readable_facts(facts, known).facts)).decode()
            assert [one for one in secrets if one in told] == [], kind


def test_every_entry_that_tells_who_a_complainant_is_names_that_complainant() -> None:
    """Else nobody could say who may read it."""
    for kind in identifying():
        assert readable.complainants_of(filled_facts(kind)) == {SECRET[FactKind.COMPLAINANT]}, kind


def test_former_words_of_a_matter_are_read_with_the_reason_by_whoever_may_know_everybody() -> None:
    facts = filled_facts(OF_ANYBODY)
    assert readable_facts(facts, KnownReferences(everybody=True)).facts == facts
    told = readable_facts(facts, KnownReferences(identities=frozenset({SECRET[FactKind.COMPLAINANT]})))
    assert told.hidden == {"before", "after", "reason"}


def test_an_entry_of_before_that_does_not_say_whose_household_it_is_is_read_by_who_may_know_everybody() -> (
    None
):
    facts = replace(filled_facts(AMENDED["household"]), complainant=UNSET)
    assert readable_facts(facts, KnownReferences(everybody=True)).facts == facts
    told = readable_facts(facts, KnownReferences(identities=frozenset({SECRET[FactKind.COMPLAINANT]})))
    assert told.hidden == {"before", "after", "reason"}


def test_whom_an_entry_names_beside_a_case_is_hidden_with_it() -> None:
    known = KnownReferences(
        units=frozenset({SECRET[FactKind.UNIT]}), users=frozenset({SECRET[FactKind.USER]})
    )
    told = readable_facts(filled_facts(FACTS["take_names"]), known)
    assert told.hidden == {"from_case", "named_units", "named_users", "named_words", "settled_words"}


def test_a_kind_that_nobody_wrote_down_is_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    others = {kind: rule for kind, rule in readable._PERMITTED.items() if kind is not FactKind.UNIT}
    monkeypatch.setattr(readable, "_PERMITTED", others)
    facts = filled_facts(FACTS["assign"])
    told = readable_facts(facts, KnownReferences(everything=True))
    assert "unit" in told.hidden
