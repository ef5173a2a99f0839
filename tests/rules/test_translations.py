"""The English catalogue: complete, without leftovers, and with the same blanks to fill in."""

import ast
import string
from collections.abc import Iterator

from core.i18n import catalogue
from tests.rules.sources import product, tree, where

#: The names under which a text is marked for translation.
MARKS = {"_", "mark"}


def marked() -> Iterator[tuple[str, ast.expr]]:
    """Give what stands inside every `_(…)`, with its place."""
    for place in product():
        for node in ast.walk(tree(place)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
                yield from ((where(place, node), argument) for argument in node.args[:1])


def messages() -> dict[str, str]:
    """Give every text that is marked, with a place where it is."""
    return {
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
