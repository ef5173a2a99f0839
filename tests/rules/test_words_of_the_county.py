"""No code, template or sentence names a category, a question or a profile: a county decides them by files.

What the files that come along call them is looked for everywhere, and so is every place that asks for one by
a code that is written there.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from jinja2 import Environment, nodes

from config import tables
from config.marked_text import Bilingual
from config.vocabulary import CaseKind, IntakeChannel, Urgency
from tests.builders import CONFIG
from tests.rules import sources
from tests.rules.sources import files, product, tree
from tests.rules.test_numbers_in_words import sentences
from workflow.texts import labels

#: Shorter words of a question are those of everybody, such as "which one".
LEAST_OF_A_QUESTION = 6
#: Columns of the registers that a question happens to be called like.
OF_THE_REGISTERS = frozenset({"land_mu"})
#: What is said of much else as well: `works`, 公用电脑, and what is wrong.
OF_EVERYBODY = frozenset({"works", "用电", "what is wrong"})
#: What values of a county are held in, by the names of variables, attributes and fields.
HELD_IN = frozenset({"category", "profile", "category_profile"})
KEPT_IN = frozenset({"categories", "profiles", "answers", "questions"})


def of_the_code() -> set[str]:
    """Return the words and codes of the program's own vocabulary, which files may use as well."""
    tables_of_words = [table for table in vars(labels).values() if isinstance(table, Mapping)]
    words = {
        word
        for table in tables_of_words
        for pair in table.values()
        if isinstance(pair, Bilingual)
        for word in pair
    }
    return words | {code.value for kind in (CaseKind, IntakeChannel, Urgency) for code in kind}


def named() -> Iterator[str]:
    """Yield every word and code of the categories, questions and profiles that come along."""
    decided = tables.read(CONFIG)
    for category in decided.categories.values():
        yield from (category.code, category.zh, category.en)
        for question in category.questions:
            yield from (word for word in (question.zh, question.en) if len(word) >= LEAST_OF_A_QUESTION)
            yield from [question.key] if "_" in question.key and question.key not in OF_THE_REGISTERS else []
    for profile in decided.profiles.values():
        yield from (profile.zh, profile.en)


SHIPPED = frozenset(named()) - of_the_code() - OF_EVERYBODY
ENGLISH = "|".join(sorted(map(re.escape, filter(str.isascii, SHIPPED))))
CHINESE = "|".join(sorted(re.escape(word) for word in SHIPPED if not word.isascii()))
#: English as words of their own, Chinese anywhere.
SAYS = re.compile(rf"\b(?:{ENGLISH})\b|{CHINESE}", re.IGNORECASE)


def said_in(text: str) -> list[str]:
    """Return the words and codes of the files that come along that a text says."""
    return SAYS.findall(text)


def said(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the texts that say such a word, with where they stand."""
    return {text: where for text, where in texts.items() if said_in(text)}


def is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value != ""


def name_of(node: ast.AST) -> str:
    """Return the name under which a value is held: of a variable, an attribute, or a field by its name."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value)
    return str(getattr(node, "id", "") or getattr(node, "attr", ""))


def asked_for(module: ast.Module) -> list[int]:
    """Return the lines that ask for a category, question or profile by a code that is written there."""
    found = []
    for node in sources.nodes(module):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            written = [one for side in sides for one in (side, *getattr(side, "elts", ())) if is_text(one)]
            if any(name_of(side) in HELD_IN for side in sides) and written:
                found.append(node.lineno)
        elif isinstance(node, ast.Subscript) and name_of(node.value) in KEPT_IN and is_text(node.slice):
            found.append(node.lineno)
    return found


def literals(module: ast.Module) -> list[str]:
    """Return the texts of a module that are such a code."""
    return [
        node.value
        for node in sources.nodes(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in SHIPPED
    ]


def in_template(template: str) -> list[Any]:
    """Return the texts of the expressions of a template that are such a code."""
    syntax = Environment(autoescape=True).parse(template)
    return [one.value for one in syntax.find_all(nodes.Const) if one.value in SHIPPED]


def test_no_sentence_names_what_a_county_decides() -> None:
    found = said({text: where for text, where in sentences().items() if not where.startswith("config/")})
    assert found == {}


def test_no_code_asks_for_what_a_county_decides() -> None:
    modules = {sources.name(place): tree(place) for place in product()}
    found = {where: (literals(module), asked_for(module)) for where, module in modules.items()}
    assert {where: lines for where, lines in found.items() if lines != ([], [])} == {}
    templates = {
        sources.name(place): place.read_text("utf-8") for place in files() if place.suffix == ".html"
    }
    assert {where: codes for where, text in templates.items() if (codes := in_template(text))} == {}


def test_there_is_something_to_look_for() -> None:
    assert {"退耕还林", "drinking_water", "村级事项", "water_source", "farmland to forest"} <= SHIPPED
    assert not {"咨询", "petition", "land_mu"} & SHIPPED


@pytest.mark.parametrize(
    "text", ["例如「退耕还林」这一类", "a question about drinking water", "工程事项的期限长一些"]
)
def test_a_sentence_that_names_one_is_found(text: str) -> None:
    assert said({text: "here"}) != {}


@pytest.mark.parametrize(
    "planted",
    [
        'if case.category == "roads": pass',
        'if row["profile"] in ("works", "village"): pass',
        'days = rules.profiles["works"].days',
        'asked = {"drinking_water"}',
    ],
)
def test_code_that_asks_for_one_is_found(planted: str) -> None:
    module = ast.parse(planted)
    assert (literals(module), asked_for(module)) != ([], [])


def test_a_template_that_asks_for_one_is_found() -> None:
    assert in_template('{% if case.category == "roads" %}{% endif %}') == ["roads"]
