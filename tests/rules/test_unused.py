"""What nobody uses goes: vulture reads the program, less its tests, and the templates.

It knows names alone: a name that is used anywhere counts as used. What a library, the database or a form of
JSON asks for by its name is told apart here, each with its reason; a test is no reason.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import cache

import pytest
from marshmallow.class_registry import _registry
from vulture import Vulture

from api import application
from cases.history.facts import Facts
from core.persistence.db import Base
from tests.migrations.models import import_models
from tests.rules.sources import modules, name, texts

#: What declares its function to Flask or SQLAlchemy.
DECLARED_BY = ["@*.get", "@*.post", "@*.preview", "@event.listens_for", "@compiles"]
#: What others ask for by its name, and who.
ASKED_FOR: Mapping[str, str] = {
    **dict.fromkeys(("max_content_length", "max_form_parts", "merge_slashes"), "Flask"),
    **dict.fromkeys(("undefined", "finalize", "lstrip_blocks", "trim_blocks"), "Jinja"),
    **dict.fromkeys(("regex", "to_python", "to_url", "to_header"), "werkzeug"),
    **dict.fromkeys(("ARGUMENTS_PARSER", "_openapi_json", "_register_responses"), "flask-smorest"),
    **dict.fromkeys(("handle_error", "handle_http_exception", "load_json"), "webargs"),
    "_validated": "marshmallow",
    **dict.fromkeys(("impl", "cache_ok", "inherit_cache", "isolation_level"), "SQLAlchemy"),
    **dict.fromkeys(("load_dialect_impl", "process_bind_param", "process_result_value"), "SQLAlchemy"),
    **dict.fromkeys(("emit", "formatException"), "logging"),
    "add_fields": "python-json-logger",
    "will_close": "waitress",
    **dict.fromkeys(("makefile", "readinto", "sock"), "http.client"),
    "MAX_IMAGE_PIXELS": "Pillow",
    "OwedEntry": "the trigger of the database that keeps its rows",
    **dict.fromkeys(("QUOTED", "NOT_SHOWN"), "the test that every fact has a sentence, or a reason for none"),
}
WORD = re.compile(r"\b[A-Za-z_][A-Za-z0-9_]*\b")


def template_words() -> Iterator[str]:
    """Yield every word of the templates, which use what the pages hand them."""
    for place in texts():
        if place.suffix == ".html":
            yield from WORD.findall(place.read_text(encoding="utf-8"))


def named_elsewhere() -> set[str]:
    """Return what is read by its name: columns, fields of requests and answers, facts of the history."""
    import_models()
    columns = {column.key for mapper in Base.registry.mappers for column in mapper.column_attrs}
    assert application.NOUNS  # with it all schemas are known
    schemas = {schema for found in _registry.values() for schema in found}
    return columns | {one for schema in schemas for one in schema._declared_fields} | facts(Facts)


def facts(kind: type[Facts]) -> set[str]:
    return {one.name for one in fields(kind)} | {
        one for below in kind.__subclasses__() for one in facts(below)
    }


def unused(sources: Mapping[str, str], known: set[str]) -> list[str]:
    """Return what stands in sources and is used by none of them, nor known by its name."""
    vulture = Vulture(ignore_decorators=DECLARED_BY)
    for path, source in sources.items():
        vulture.scan(source, path)
    left = (item for item in vulture.get_unused_code(60) if item.name not in known)
    return [f"{item.filename}:{item.first_lineno} {item.name}" for item in left]


def program() -> dict[str, str]:
    """Return the source of every module but the tests and the migrations, by path."""
    kept = [place for place in modules() if name(place).split("/")[0] not in {"tests", "migrations"}]
    return {name(place): place.read_text(encoding="utf-8") for place in kept}


@cache
def unused_here() -> dict[str, str]:
    """Return what the program itself does not use, by its name with its line; read once for both rules."""
    found = unused(program(), {*named_elsewhere(), *template_words()})
    return {line: line.rpartition(" ")[2] for line in found}


def test_nothing_of_the_program_is_unused() -> None:
    assert [line for line, called in unused_here().items() if called not in ASKED_FOR] == []


def test_nothing_is_asked_for_that_is_not_there() -> None:
    assert ASKED_FOR.keys() - set(unused_here().values()) == set()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def left_over():\n    return 1", ["a.py:1 left_over"]),
        ("import json\n", ["a.py:1 json"]),
        ("class Kept:\n    def left_over(self):\n        return 1\n\nKept()", ["a.py:2 left_over"]),
        ("pages = make()\n\n@pages.get('/')\ndef index():\n    return 1", []),
    ],
)
def test_what_nobody_uses_is_found(source: str, found: list[str]) -> None:
    assert unused({"a.py": source}, set()) == found
