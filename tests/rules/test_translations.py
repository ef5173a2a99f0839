"""The English catalogue: complete, without leftovers, and with the same blanks to fill in."""

import ast
import string
from collections.abc import Iterator

from jinja2 import Environment, nodes

from core.i18n import catalogue
from tests.rules.sources import files, name, product, tree, where

#: The names under which a text is marked for translation.
MARKS = {"_", "mark"}


def marked() -> Iterator[tuple[str, ast.expr]]:
    """Yield what stands inside every `_(…)`, with its place."""
    for place in product():
        for node in ast.walk(tree(place)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
                yield from ((where(place, node), argument) for argument in node.args[:1])


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
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


def test_every_text_has_its_english() -> None:
    english = catalogue("en")
    assert {text: place for text, place in messages().items() if text not in english} == {}


def test_no_entry_is_left_over() -> None:
    assert sorted(catalogue("en").keys() - messages().keys()) == []


def test_both_languages_have_the_same_blanks() -> None:
    assert {
        text: english for text, english in catalogue("en").items() if blanks(text) != blanks(english)
    } == {}


def test_a_text_is_filled_in_after_it_is_looked_up() -> None:
    made_up = [place for place, argument in marked() if isinstance(argument, ast.JoinedStr | ast.BinOp)]
    assert made_up == []


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
