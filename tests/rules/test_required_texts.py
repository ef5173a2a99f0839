"""A text that nobody can see says nothing: every text of a request, a sheet and a command is tried with one.

The texts are found in the schemas, the columns of the importers and the parsers of the commands; those of
pages are tried in tests/web/test_application_blank_texts.py.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from marshmallow import Schema, ValidationError, fields

from accounts.access.actor import SYSTEM
from accounts.registers import areas, unit_imports
from accounts.registers.open_matters import NO_MATTERS
from accounts.registers.user_validation import USERNAME
from api.application import create as create_api
from cases.importing import column_map
from cases.importing.column_map import ImportMap
from cases.importing.row_reader import Reader
from cases.intake.category_answers import VALIDATORS, _Unfit
from cli import clock, imports
from cli.framework.context import Context
from cli.main import build_parser
from config.questions import ASKS_FOR
from core.errors import Invalid
from core.persistence.db import Database
from core.tables.import_report import ImportReport
from core.text import problem_of_name
from roster import imports as roster
from tests.accounts.register_entries import CHAIN, NOW
from tests.builders import CONFIG
from workflow.definition.model import Definition
from workflow.definition.reader import parse
from wsgi.schemas.action_schemas import action_schema
from wsgi.schemas.external import Cursor
from wsgi.schemas.fields import OneOfField, StrictSchema

BLANKS = (
    *("\u200b", "\u3164", "\u115f\u1160", "\uffa0", "\u2800", "\u00ad\u034f\ufeff"),
    *("\u2028", "\u3000 \t", "\ufe0f", "\u200d"),
)
#: Naming it brings the schemas of all routes along.
ROUTES = create_api


def texts_in(schema: Schema, place: str) -> Iterator[tuple[str, fields.String]]:
    """List the texts of a schema, no codes and no cursors, with those of objects and lists inside it."""
    for name, one in schema.fields.items():
        yield from _texts_of(one, f"{place}.{name}")


def _texts_of(one: fields.Field[Any], place: str) -> Iterator[tuple[str, fields.String]]:
    if isinstance(one, fields.Nested):
        yield from texts_in(one.schema, place)
    elif isinstance(one, fields.List):
        yield from _texts_of(one.inner, place)
    elif isinstance(one, fields.String) and not isinstance(one, OneOfField | Cursor):
        yield place, one


def every_schema(base: type[Schema]) -> Iterator[type[Schema]]:
    for one in base.__subclasses__():
        yield one
        yield from every_schema(one)


def taken_blank(texts: Mapping[str, fields.String]) -> set[str]:
    """Return the texts that take one of the blanks for a text."""
    found = set()
    for place, one in texts.items():
        for blank in BLANKS:
            try:
                one.deserialize(blank)
            except ValidationError:
                continue
            found.add(place)
    return found


def requests() -> dict[str, fields.String]:
    definition = parse((CONFIG / "workflow.toml").read_text(encoding="utf-8"), "workflow.toml")
    written = (one for one in every_schema(StrictSchema) if one.__module__.startswith(("api.", "wsgi.")))
    bodies = {one.__name__: one() for one in written}  # those made of the definition come from it below
    actions = {name: action_schema(definition, name) for name in _actions(definition)}
    return {
        place: one for name, schema in (bodies | actions).items() for place, one in texts_in(schema, name)
    }


def _actions(definition: Definition) -> list[str]:
    return [*definition.steps, *definition.acts]


def test_no_text_of_a_request_can_be_blank() -> None:
    texts = requests()
    assert {"NewCase.own_words", "resolve.replies.text", "escalate.report.number"} <= set(texts)
    assert taken_blank(texts) == set()


def test_a_text_that_takes_a_blank_is_found() -> None:
    class Planted(Schema):
        words = fields.String(required=True)
        inside = fields.List(fields.Nested(Schema.from_dict({"text": fields.String()})))

    assert taken_blank(dict(texts_in(Planted(), "Planted"))) == {"Planted.words", "Planted.inside.text"}


@pytest.mark.parametrize("blank", BLANKS, ids=ascii)
def test_an_answer_to_a_question_cannot_be_blank(blank: str) -> None:
    with pytest.raises(_Unfit, match="required"):
        VALIDATORS["text"](ASKS_FOR, blank)


Import = Callable[..., ImportReport]
#: The importers of `cli.imports`: a sound row, and which of its columns may stay empty.
IMPORTERS: Mapping[str, tuple[Import, dict[str, Any], set[str]]] = {
    "areas": (
        areas.import_areas,
        {"code": "SL2", "name": "新村", "level": "village", "parent": "MA"},
        {"parent"},
    ),
    "units": (
        unit_imports.import_units,
        {
            "code": "committee-new",
            "name": "新村村委会",
            "kind": "committee",
            "area": "SL",
            "superior": "town",
        },
        {"superior"},
    ),
    "roster": (
        roster.import_roster,
        {
            "村": "杉岭村",
            "组": 3,
            "户号": 41,
            "户主": "田满仓",
            "人口": 4,
            "电话": "13800001111",
            "备注": "在家",
        },
        {"人口", "电话", "备注"},
    ),
}


#: Importers of what open matters depend on.
DEPENDED_ON = (areas.import_areas, unit_imports.import_units)


def columns_taken_blank(town: Database, take: Import, row: dict[str, Any], empty: set[str]) -> set[str]:
    """Return the needed columns of an importer in which a blank is no problem of that column."""
    found = set()
    for column in row.keys() - empty:
        for blank in BLANKS:
            with town.transaction() as session:
                rows = [(2, {**row, column: blank})]
                with_matters = {"matters": NO_MATTERS} if take in DEPENDED_ON else {}
                report = take(session, actor=SYSTEM, rows=rows, chain=CHAIN, now=NOW, **with_matters)
            if column not in {problem.column for problem in report.problems}:
                found.add(column)
    return found


@pytest.mark.parametrize("name", IMPORTERS)
def test_no_needed_column_of_a_register_can_be_blank(town: Database, name: str) -> None:
    assert columns_taken_blank(town, *IMPORTERS[name]) == set()


def test_every_importer_is_tried_with_every_column() -> None:
    assert {f"import_{name}" for name in IMPORTERS} == {
        name for name in vars(imports) if name.startswith("import_") and callable(vars(imports)[name])
    }
    known = {"areas": areas.COLUMNS, "units": unit_imports.COLUMNS, "roster": roster.COLUMNS}
    assert {name: set(row) for name, (_, row, _) in IMPORTERS.items()} == {
        name: set(columns) for name, columns in known.items()
    }


def test_a_column_that_takes_a_blank_is_found(town: Database) -> None:
    def careless(*args: Any, **rest: Any) -> ImportReport:
        del args, rest
        return ImportReport()

    assert columns_taken_blank(town, careless, {"name": "新村", "note": ""}, {"note"}) == {"name"}


#: Of the columns of another system's complaints, those that must say something in every row.
SAID = ("id", "received", "own_words", "reply")


@pytest.mark.parametrize("column", SAID)
@pytest.mark.parametrize("blank", BLANKS, ids=ascii)
def test_no_needed_column_of_an_imported_complaint_can_be_blank(column: str, blank: str) -> None:
    row = {"id": "G9", "received": "2024/4/25 9:32", "own_words": "水管坏了"}
    row |= {"reply": "修好了", "replied": "2024/4/26"}
    columns = {name: name for name in row if name != "own_words"}
    form = ImportMap("board", columns, ("own_words",), {}, {})
    reader = Reader(form, ZoneInfo("Asia/Shanghai"), NOW, 2, {**row, column: blank}, {})
    assert reader.record() is None
    assert column in {problem.column for problem in reader.problems}


def test_what_an_imported_complaint_must_say_is_tried() -> None:
    assert set(column_map.NEEDED) <= set(SAID)


#: Every option and argument of a command that is a text, and what judges it.
COMMAND_TEXTS: Mapping[str, str] = {
    "username": "login",
    **dict.fromkeys(("case", "user"), "looked up"),
    "name": "name",
    "label": "name",
    **dict.fromkeys(("unit", "area", "village", "code"), "code, looked up"),
    **dict.fromkeys(("email", "to", "host"), "address"),
    **dict.fromkeys(("role", "send", "document", "what", "only", "map", "sheet"), "choice or file"),
    "reason": "said",
    "who": "name, looked up",
}


def texts_of_commands(parser: argparse.ArgumentParser) -> Iterator[str]:
    """List the names of the options and arguments that are texts, in a command and in those below it."""
    for one in parser._actions:
        if isinstance(one, argparse._SubParsersAction):
            for below in one.choices.values():
                yield from texts_of_commands(below)
        elif one.type in (None, str) and one.choices is None and one.nargs != 0:
            yield one.dest


def test_what_judges_a_text_of_a_command_is_known() -> None:
    found = set(texts_of_commands(build_parser(lambda words: words)))
    assert {"username", "name", "label"} <= found <= set(COMMAND_TEXTS)


def test_a_text_of_a_new_command_is_found() -> None:
    parser = argparse.ArgumentParser()
    parser.add_subparsers().add_parser("planted").add_argument("--remark", required=True)
    assert set(texts_of_commands(parser)) - set(COMMAND_TEXTS) == {"remark"}


@pytest.mark.parametrize("blank", BLANKS, ids=ascii)
def test_the_reason_of_a_command_cannot_be_blank(blank: str) -> None:
    context = Context({}, None, None, lambda words: words)  # type: ignore[arg-type]
    with pytest.raises(Invalid) as refused:
        clock.run(argparse.Namespace(reason=blank), context)
    assert refused.value.errors == {"reason": ["required"]}


@pytest.mark.parametrize("blank", BLANKS, ids=ascii)
def test_neither_a_name_nor_a_login_of_a_command_can_be_blank(blank: str) -> None:
    assert problem_of_name(blank) is not None
    assert USERNAME.fullmatch(blank) is None
