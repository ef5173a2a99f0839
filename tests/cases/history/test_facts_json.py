"""Personal words stand beside an entry, which proves them without holding them."""

import json
from collections.abc import Callable
from dataclasses import is_dataclass
from datetime import date
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import pytest
from msgspec import UnsetType
from sqlalchemy import select

from cases.configuration.case_rules import CountyRules
from cases.history import facts as of
from cases.history.amendment_facts import AmendIdentityFacts
from cases.history.entries import Entry, digested_values
from cases.history.fact_kinds import PERSONAL, FactKind, FileDigest, Kept, holds_personal
from cases.history.facts import Facts
from cases.history.facts_json import AMENDED, FACTS, SALTED, BadFacts, from_entry, salted, to_entry
from cases.history.own_facts import OwnFacts
from cases.history.read_facts import exact_facts, fact_column
from cases.models.case import Case
from cases.verification.verify import verify
from cases.vocabulary import FORGOTTEN
from core.persistence.db import Database
from tests.builders import PERSONAL_KEYS
from tests.cases.breaking_in import break_in
from tests.cases.history.stored_facts import Stored

SECRET = "田某的私房话"
ALL = dict.fromkeys([*FACTS.values(), *AMENDED.values(), OwnFacts])
ACTIONS = {kind: action for action, kind in FACTS.items()} | {OwnFacts: "own_action"}


def filled(hint: Any) -> Any:
    """Make a value of a type in which every fact that may be forgotten is the secret, and all else is not."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        personal = Kept.FORGETTABLE in inner or any(one in PERSONAL for one in inner[1:])
        return SECRET if personal else filled(inner[0])
    if origin in (Union, UnionType):
        return filled(next(one for one in inner if one not in (UnsetType, NoneType)))
    if origin is tuple:
        return tuple(filled(one) for one in inner if one is not Ellipsis)
    if inner:  # a mapping
        return {filled(inner[0]): filled(inner[1])}
    if is_dataclass(hint) and isinstance(hint, type):
        hints = get_type_hints(hint, include_extras=True)
        return hint(**{name: filled(one) for name, one in hints.items()})
    return {str: "code", int: 7, bool: True, date: date(2026, 3, 2)}[hint]


def stored(kind: type[Facts]) -> Stored:
    facts = filled(kind)
    fields = {type_: field for field, type_ in AMENDED.items()}
    if kind in fields:
        facts = type(facts)(**{**vars(facts), "field": fields[kind]})
    told, personal = to_entry(facts)
    return Stored("amend" if kind in fields else ACTIONS[kind], json.loads(json.dumps(told)), personal)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_no_personal_word_of_any_action_stands_in_what_the_chain_covers(kind: type[Facts]) -> None:
    entry = stored(kind)
    assert SECRET not in json.dumps(entry.facts, ensure_ascii=False)
    assert bool(entry.personal) == holds_personal(kind)
    facts = exact_facts(entry, PERSONAL_KEYS)
    assert to_entry(facts)[0].keys() == entry.facts.keys()
    assert (SECRET in repr(facts)) == holds_personal(kind)


def test_a_word_that_stays_in_the_facts_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cases.history.facts_json.personal_paths", lambda hint, told: [])
    assert SECRET in json.dumps(stored(of.ReasonFacts).facts, ensure_ascii=False)


def test_the_same_words_are_never_the_same_digest() -> None:
    assert stored(of.ReasonFacts).facts != stored(of.ReasonFacts).facts


def test_what_a_file_holds_is_proved_without_salt() -> None:
    assert not holds_personal(FileDigest)


def _changed(personal: list[Any]) -> None:
    personal[0][2] = "别的话"


def _salted_anew(personal: list[Any]) -> None:
    personal[0][1] = "00"


@pytest.mark.parametrize("kind", [of.ReasonFacts, of.OutcomeFacts, AmendIdentityFacts, OwnFacts])
@pytest.mark.parametrize(
    "spoil",
    [
        _changed,
        _salted_anew,
        lambda personal: personal.pop(),
        lambda personal: personal.append([["nothing"], "00", "话"]),
        lambda personal: personal.append(["nothing"]),
        lambda personal: personal.append(7),
    ],
)
def test_words_that_were_changed_taken_away_or_added_are_named(
    kind: type[Facts], spoil: Callable[[list[Any]], Any]
) -> None:
    entry = stored(kind)
    exact_facts(entry, PERSONAL_KEYS)
    spoil(entry.personal)
    with pytest.raises(BadFacts):
        exact_facts(entry, PERSONAL_KEYS)


def test_where_no_words_are_left_a_mark_is_read() -> None:
    entry = stored(of.ReasonFacts)
    entry.personal = []
    assert from_entry(entry) == of.ReasonFacts(reason=FORGOTTEN)


def test_of_a_forgotten_entry_nothing_may_be_left_and_it_is_read_without_words() -> None:
    entry = stored(of.ReasonFacts)
    with pytest.raises(BadFacts):
        exact_facts(entry, PERSONAL_KEYS, forgotten=True)
    entry.personal = []
    assert exact_facts(entry, PERSONAL_KEYS, forgotten=True) == of.ReasonFacts(reason=FORGOTTEN)
    plain = Stored("void", {"reason": SECRET})
    assert exact_facts(plain, PERSONAL_KEYS, forgotten=True) == of.ReasonFacts(reason=FORGOTTEN)


def test_an_entry_of_an_earlier_version_is_read_with_the_words_in_it() -> None:
    assert exact_facts(Stored("void", {"reason": "登重了"}), PERSONAL_KEYS) == of.ReasonFacts(reason="登重了")


def test_personal_words_are_no_column_of_a_statement() -> None:
    with pytest.raises(LookupError, match="ReasonFacts has no reason"):
        fact_column(of.ReasonFacts, "reason")


def test_kinds_of_personal_words_are_words_and_who_somebody_is() -> None:
    assert frozenset({FactKind.FREE_WORDS, FactKind.IDENTITY}) == PERSONAL


def test_a_case_is_digested_with_a_digest_of_its_words(town: Database, a_case: Callable[..., Case]) -> None:
    case = a_case()
    values = digested_values(case)
    assert values["own_words"] == salted(case.words_salt or "", case.own_words)
    assert case.words_salt
    assert "words_salt" not in values


@pytest.mark.parametrize("broken", ["personal = '[]'", f"""personal = '[[["words"], "00", "{SECRET}"]]'"""])
def test_verify_names_an_entry_whose_words_are_not_those_it_was_chained_with(
    town: Database, a_case: Callable[..., Case], rules: CountyRules, broken: str
) -> None:
    case = a_case()
    with town.reading() as session:
        facts = session.scalars(select(Entry.facts).where(Entry.case_id == case.id)).one()
        assert facts["words"].startswith(SALTED)
        assert list(verify(session, rules=rules)) == []
    break_in(town, f"UPDATE history SET {broken}")
    with town.reading() as session:
        assert case.number in {one.case for one in verify(session, rules=rules)}
