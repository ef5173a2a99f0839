"""Every page that code or a template leads to by its name is there; one that is not would be an error 500."""

import ast
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from jinja2 import Environment, nodes

from tests.rules import sources

pytestmark = pytest.mark.one_database

NAMED = re.compile(r"[a-z_]+\.[a-z_]+")
#: What has the form of a name of a page and is a file.
FILES = (".xlsx", ".toml")


def in_code(module: ast.Module, places: frozenset[str]) -> Iterator[str]:
    """Yield the names that a module gives to `url_for`, and those it keeps for it, as 导航 does."""
    for node in sources.nodes(module):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("url_for") and node.args:
            yield from (text for one in ast.walk(node.args[0]) if (text := text_of(one)))
        elif (text := text_of(node)) and is_kept_name(text, places):
            yield text


def in_template(template: str, places: frozenset[str]) -> Iterator[str]:
    """Yield the names that a template gives to `url_for`, and those that it hands to a macro."""
    syntax = Environment(autoescape=True).parse(template)
    for call in syntax.find_all(nodes.Call):
        if getattr(call.node, "name", "") == "url_for" and call.args:
            first = call.args[0]
            yield from (one.value for one in (first, *first.find_all(nodes.Const)) if hasattr(one, "value"))
    for one in syntax.find_all(nodes.Const):
        if isinstance(one.value, str) and is_kept_name(one.value, places):
            yield one.value


def text_of(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def is_kept_name(text: str, places: frozenset[str]) -> bool:
    """Return whether a text has the form of the name of a page: a group of pages that is there, and one."""
    return bool(NAMED.fullmatch(text)) and text.partition(".")[0] in places and not text.endswith(FILES)


def test_every_page_that_something_leads_to_is_there(pages: Flask) -> None:
    places, missing, seen = frozenset(pages.blueprints), [], 0
    for place in sources.texts():
        where = sources.name(place)
        if where.startswith("web/") and place.suffix in (".py", ".html"):
            found = (
                in_code(sources.tree(place), places)
                if place.suffix == ".py"
                else in_template(place.read_text(encoding="utf-8"), places)
            )
            for name in found:
                seen += 1
                missing += [(where, name)] if name not in pages.view_functions else []
    assert missing == []
    assert seen > len(pages.view_functions)  # nearly every page is led to from somewhere, many from several


@pytest.mark.parametrize(
    "planted",
    [
        'address = url_for("profile.second_factor")',
        'address = flask.url_for("nowhere.at_all", number=1)',
        'address = url_for("people.form" if alone else "profile.second_factor")',
        'ENTRY = NavigationEntry("profile.second_factor", "x")',
    ],
)
def test_a_page_of_code_that_is_not_there_is_found(pages: Flask, planted: str) -> None:
    found = in_code(ast.parse(planted), frozenset(pages.blueprints))
    assert [name for name in found if name not in pages.view_functions] != []


@pytest.mark.parametrize(
    "planted",
    [
        '<a href="{{ url_for("profile.second_factor") }}">',
        "<a href=\"{{ url_for('people.form' if alone else 'nowhere.at_all') }}\">",
        '{{ token_list(tokens, "people.revoke_tokens") }}',
    ],
)
def test_a_page_of_a_template_that_is_not_there_is_found(pages: Flask, planted: str) -> None:
    found = in_template(planted, frozenset(pages.blueprints))
    assert [name for name in found if name not in pages.view_functions] != []
