"""No code of the program reaches a page: the page of every case of a told township, in both languages."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from accounts.registers import users
from cases.history.entries import Entry
from cases.history.fact_kinds import FactKind, kinds_of
from cases.history.facts import Facts, ReplyFact, RungFacts
from cases.history.facts_json import AMENDED, FACTS
from cases.history.read_facts import load_facts
from cases.models.case import Case
from cases.vocabulary import FORGOTTEN, MARKS_SHOWN
from config.settings import load
from core.i18n import catalogue, translator
from demo.township import UNITS, USERS
from tests.builders import PASSWORD, PERSONAL_KEYS, actor_named, at
from tests.markup import HTML, tree_of
from tests.rules.surface_township import build_township, environment
from tests.web.conftest import Browser, assets
from web.application import create
from web.timeline import fact_sentences, fact_words
from workflow.texts import labels
from workflow.texts.reasons import REASONS

LATER = at("2026-08-03")
LATIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
#: Elements whose text nobody reads.
UNREAD = {f"{HTML}{name}" for name in ("script", "style", "template", "head")}


class Township:
    """The told township with its pages, and what of the program's language must not stand on them."""

    def __init__(self, folder: Path) -> None:
        self.services = build_township(folder)
        with self.services.db.transaction() as session:
            users.set_password(
                session,
                actor=actor_named(session, "zuzhang"),
                chain=self.services.rules.services.chain,
                username="zuzhang",
                password=PASSWORD,
                now=LATER,
            )
        app = create(
            db=self.services.db,
            rules=self.services.rules,
            settings=load(environment(folder)),
            now=lambda: LATER,
            assets=assets,
        )
        self.person = Browser(app.test_client())
        assert self.person.sign_in("zuzhang").status == 303
        with self.services.db.reading() as session:
            self.numbers = list(session.scalars(select(Case.number).order_by(Case.id)))
            self.entries = list(
                session.execute(select(Case.number, Entry).join(Entry, Entry.case_id == Case.id))
            )

    def found(self, language: str, numbers: list[str]) -> Mapping[str, set[str]]:
        """Return the codes that stand on the pages of cases, those alone on which there are some."""
        codes = self.codes() - (self.english_words() if language == "en" else set())
        pages = {
            number: self.person.get(f"/cases/{number}", headers={"Accept-Language": language})
            for number in numbers
        }
        assert {page.status for page in pages.values()} == {200}
        assert all(f'<html lang="{language[:2]}' in page.text for page in pages.values())
        return {number: seen for number, page in pages.items() if (seen := words_on(page.text) & codes)}

    def pages(self, language: str) -> Mapping[str, str]:
        """Return what is read on the page of each case, its words apart by single spaces."""
        found = {}
        for number in self.numbers:
            page = self.person.get(f"/cases/{number}", headers={"Accept-Language": language})
            main = page.tree
            found[number] = " ".join("".join(main.itertext()).split())
        return found

    def codes(self) -> set[str]:
        """Return every code of a state, an action, a reason or a fact, and the names of the facts."""
        definition = self.services.rules.definition
        named = {code for group in labels.GROUPS.values() for code in group}
        facts = {
            field.name for kind in (*FACTS.values(), *AMENDED.values(), ReplyFact) for field in fields(kind)
        }
        people = {row[0] for table in (UNITS, USERS) for row in table[1:]}
        return (
            {*definition.states, *definition.steps, *definition.acts, *definition.clocks, *FACTS, *REASONS}
            | {*self.services.rules.categories, *self.services.rules.profiles, *AMENDED}
            | (named | facts | people)
        )

    def english_words(self) -> set[str]:
        """Return the words that stand in the English texts themselves, where a code may be one of them."""
        rules = self.services.rules
        names = [words.en for group in labels.GROUPS.values() for words in group.values()]
        names += [category.en for category in rules.categories.values()]
        definition = rules.definition
        parts = (definition.states, definition.steps, definition.acts, definition.clocks)
        names += [one.en for part in parts for one in part.values()]
        return {word for text in (*catalogue("en").values(), *names) for word in LATIN.findall(text)}


def words_on(text: str) -> set[str]:
    """Return the words in Latin letters that are read on a page."""
    page = tree_of(text)
    return {word for piece in texts(page) for word in LATIN.findall(piece)}


def texts(element: Any) -> Iterator[str]:
    """Yield what is read in an element, but for the words that people said."""
    said = "voice" in (element.get("class") or "").split()
    if said or element.tag in UNREAD or not isinstance(element.tag, str):
        return
    yield element.text or ""
    for child in element:
        yield from texts(child)
        yield child.tail or ""


@pytest.fixture(scope="module")
def township(tmp_path_factory: pytest.TempPathFactory) -> Township:
    return Township(tmp_path_factory.mktemp("told"))


def said(entry: Entry) -> Facts:
    """Return what an entry says, with the words beside it."""
    facts = load_facts(entry, PERSONAL_KEYS)
    assert facts is not None
    return facts


def test_every_action_and_every_way_of_a_rung_is_told(township: Township) -> None:
    rungs = [facts for _, entry in township.entries if isinstance(facts := said(entry), RungFacts)]
    assert {entry.action for _, entry in township.entries} == set(FACTS)
    assert {facts.skipped for facts in rungs} == {True, False}
    assert "no_superior" in {facts.reason for facts in rungs}
    assert True in {facts.not_applicable for facts in rungs}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_code_reaches_the_page_of_a_case(township: Township, language: str) -> None:
    assert township.found(language, township.numbers) == {}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_code_that_is_told_as_it_is_is_found(
    township: Township, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised = [number for number, entry in township.entries if entry.facts.get("reason") == "no_superior"]
    vocabulary = {key: group for key, group in fact_words.VOCABULARY.items() if key[1] != "reason"}
    monkeypatch.setattr(fact_sentences, "VOCABULARY", vocabulary)
    assert township.found(language, raised[:1]) == {raised[0]: {"no_superior"}}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_fact_is_told_as_unknown(township: Township, language: str) -> None:
    unknown = translator(language)(fact_sentences.UNKNOWN)
    assert [number for number, text in township.pages(language).items() if unknown in text] == []


def words_of(facts: Any) -> Iterator[str]:
    """Yield the free words that facts hold, those of the replies and attempts inside them as well."""
    coded = fact_sentences.AMENDED_VALUES if getattr(facts, "field", "") in fact_sentences.CODED else ()
    for one in fields(facts):
        value = None if one.name in coded else getattr(facts, one.name)
        inner = value if isinstance(value, tuple) else (value,)
        if FactKind.FREE_WORDS in kinds_of(type(facts))[one.name]:
            yield from (text for text in inner if isinstance(text, str) and text)
        for fact in inner:
            if is_dataclass(fact):
                yield from words_of(fact)


def test_whatever_somebody_wrote_is_read_on_the_page_of_its_case(township: Township) -> None:
    pages = township.pages("zh")
    missing = {
        (entry.action, words)
        for number, entry in township.entries
        for words in words_of(said(entry))
        if " ".join(words.replace(FORGOTTEN, MARKS_SHOWN[FORGOTTEN]).split()) not in pages[number]
    }
    assert missing == set()


def test_what_nobody_reads_is_not_looked_at() -> None:
    page = "<!doctype html><title>urge</title><p id='assign'>交给<b>no_superior</b>办<script>raise</script>"
    assert words_on(page) == {"no_superior"}
