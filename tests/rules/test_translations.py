"""The English catalogue: complete, without leftovers, and with the same blanks to fill in."""

import ast
import string
from collections.abc import Iterator, Mapping

import pytest
from jinja2 import Environment, nodes

from core.i18n import catalogue
from tests.rules.sources import files, name, product, tree, where
from workflow.texts.labels import NOUN

#: The names under which a text is marked for translation.
MARKS = {"_", "mark"}


def marked() -> Iterator[tuple[str, ast.expr]]:
    """Yield what stands inside every `_(…)`, with its place."""
    for place in product():
        yield from ((where(place, argument), argument) for argument in marked_in(tree(place)))


def marked_in(module: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
            yield from node.args[:1]


def in_templates() -> Iterator[tuple[str, str]]:
    """Yield every text that a template translates, with its place, as the template engine reads it."""
    env = Environment(autoescape=True)
    for place in files():
        if place.suffix == ".html":
            syntax = env.parse(place.read_text(encoding="utf-8"))
            for call in syntax.find_all(nodes.Call):
                first = call.args[0] if call.args else None
                is_marked = isinstance(call.node, nodes.Name) and call.node.name == "_"
                if is_marked and isinstance(first, nodes.Const):
                    yield first.value, f"{name(place)}:{call.lineno}"


def messages() -> dict[str, str]:
    """Return every text that is marked, with a place where it is."""
    return dict(in_templates()) | {
        argument.value: place
        for place, argument in marked()
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


def blanks(text: str) -> set[str]:
    """Return what is filled into a text but nouns: those stand where a language has them."""
    return {field for _, field, _, _ in string.Formatter().parse(NOUN.sub("", text)) if field is not None}


def faults(texts: Mapping[str, str], english: Mapping[str, str]) -> dict[str, str]:
    """Name texts without English, English of no text, and pairs whose blanks differ."""
    return {
        **{text: "no English" for text in texts if text not in english},
        **{text: "left over" for text in english if text not in texts},
        **{text: "other blanks" for text, other in english.items() if blanks(text) != blanks(other)},
    }


def test_every_text_has_its_english_with_the_same_blanks_and_no_entry_is_left_over() -> None:
    assert faults(messages(), catalogue("en")) == {}


def test_a_text_without_english_an_entry_left_over_and_other_blanks_are_found() -> None:
    texts = {"水 {a}": "a.py:1", "渠": "a.py:2"}
    assert faults(texts, {"水 {a}": "Water {b}", "井": "Well"}) == {
        "水 {a}": "other blanks",
        "渠": "no English",
        "井": "left over",
    }


def is_filled_in_before(argument: ast.expr) -> bool:
    """Return whether a text is put together where it ought to be looked up."""
    return isinstance(argument, ast.JoinedStr | ast.BinOp) or (
        isinstance(argument, ast.Call)
        and isinstance(argument.func, ast.Attribute)
        and argument.func.attr in {"format", "join"}
    )


def test_a_text_is_filled_in_after_it_is_looked_up() -> None:
    assert [place for place, argument in marked() if is_filled_in_before(argument)] == []


@pytest.mark.parametrize("planted", ['_(f"{n} 件")', '_("共" + word)', '_("{n} 件".format(n=3))'])
def test_a_text_that_is_filled_in_before_is_found(planted: str) -> None:
    assert [one for one in marked_in(ast.parse(planted)) if is_filled_in_before(one)] != []


SEPARATORS = frozenset("，、；：")


def joined_by(module: ast.Module) -> Iterator[ast.AST]:
    """Yield every place where sentences are joined by a sign of Chinese, whoever reads them."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "join":
            sign = node.func.value
            if (
                isinstance(sign, ast.Constant)
                and isinstance(sign.value, str)
                and SEPARATORS & set(sign.value)
            ):
                yield node


def test_what_is_listed_is_listed_in_the_language_of_its_reader() -> None:
    found = [where(place, node) for place in product() for node in joined_by(tree(place))]
    assert found == []


def test_a_list_with_a_sign_of_one_language_is_found() -> None:
    assert [*joined_by(ast.parse('words = "、".join(names)'))] != []
    assert [*joined_by(ast.parse('words = _("、").join(names)'))] == []
