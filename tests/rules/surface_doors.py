"""Collect what the program shows to the outside: addresses, the OpenAPI document, commands, settings, words.

Each collector gives plain values that JSON can hold, sorted, so that a difference reads as a line or two.
"""

import ast
import tomllib
from argparse import Action, ArgumentParser, _SubParsersAction
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Engine, inspect

import app
from cases.lifecycle.effects.registry import EFFECTS
from cli.main import build_parser
from config.settings import PREFIX, SETTINGS
from core.persistence.db import Base
from tests.rules.sources import ROOT, product, tree
from workflow.definition import vocabulary
from workflow.guards import GUARDS

Plain = dict[str, Any]
#: What stands in place of the folder of the program, which lies elsewhere on every machine.
PROGRAM = "<program>"
#: What the description may say in other words, or under another name, without taking anything away.
UNBOUND = frozenset({"operationId", "tags", "summary", "description"})
METHODS = frozenset({"get", "put", "post", "delete", "patch", "head", "options", "trace"})
#: The tables whose rows are hashed whole, here or as the payload of an entry or head.
HASHED = (
    "areas", "calendar_years", "cases", "heads", "history", "households", "pinned_settings",
    "register_history", "units", "users",
)  # fmt: skip


def addresses(joined: Any) -> Plain:
    """Return the methods of every address, of the pages and of the interface for programs."""
    doors = {"pages": joined.people, "programs": joined.programs}
    return {name: _rules_of(door.url_map) for name, door in doors.items()}


def _rules_of(url_map: Any) -> Plain:
    found: dict[str, set[str]] = {}
    for rule in url_map.iter_rules():
        found.setdefault(rule.rule, set()).update(rule.methods or ())
    return {address: sorted(methods) for address, methods in sorted(found.items())}


def interface(joined: Any) -> Plain:
    """Return the OpenAPI document with every reference resolved, less names and words that bind nobody."""
    answer = joined.programs.test_client().get("/api/v1/openapi.json", headers={"Host": "localhost"})
    document = answer.get_json()
    assert answer.status_code == 200
    paths = {
        path: {
            method: _operation(document, operation) if method in METHODS else resolved(document, operation)
            for method, operation in operations.items()
        }
        for path, operations in document["paths"].items()
    }
    rest = {name: document[name] for name in ("openapi", "security", "servers")}
    return {**rest, "paths": paths, "securitySchemes": document["components"]["securitySchemes"]}


def _operation(document: Plain, operation: Plain) -> Plain:
    bound = {name: value for name, value in operation.items() if name not in UNBOUND}
    found: Plain = resolved(document, bound)
    found["parameters"] = {
        f"{one['in']} {one['name']}": one for one in found.get("parameters", ()) if one is not None
    }
    return found


def resolved(document: Plain, value: Any, within: tuple[str, ...] = ()) -> Any:
    """Put in place of each reference what it refers to; one that holds itself says how far up that is."""
    if isinstance(value, list):
        return [resolved(document, one, within) for one in value]
    if not isinstance(value, dict):
        return value
    place = value.get("$ref")
    if place is None:
        return {
            name: sorted(one)
            if name == "mapping" and "propertyName" in value
            # The mapping names components; what it maps stands beside it.
            else resolved(document, one, within)
            for name, one in value.items()
        }
    if place in within:
        return {"recursive": len(within) - within.index(place)}
    target: Any = document
    for step in place.removeprefix("#/").split("/"):
        target = target[step.replace("~1", "/").replace("~0", "~")]
    return resolved(document, target, (*within, place))


def commands() -> Plain:
    """Return every command with its arguments: names, defaults, choices."""
    return dict(sorted(_walk(build_parser(str), "app.py")))


def _walk(parser: ArgumentParser, name: str) -> Iterator[tuple[str, Plain]]:
    arguments: Plain = {}
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for word, inner in action.choices.items():
                yield from _walk(inner, f"{name} {word}")
        elif action.dest != "help":
            arguments[" ".join(action.option_strings) or str(action.metavar or action.dest)] = _argument(
                action
            )
    yield name, arguments


def _argument(action: Action) -> Plain:
    default = action.default
    return {
        "choices": sorted(map(str, action.choices)) if action.choices is not None else None,
        "default": default if isinstance(default, bool | int | str | None) else str(default),
        "nargs": action.nargs,
        "required": action.required,
        "value": action.metavar if isinstance(action.metavar, str) else None,
    }


def settings() -> Plain:
    """Return every setting with its default and whether it is secret."""
    return {
        f"{PREFIX}{one.name}": {"default": one.default.replace(str(ROOT), PROGRAM), "secret": one.secret}
        for one in SETTINGS
    }


def words() -> Plain:
    """Return all words that `workflow.toml` and the files beside it may use, and the effects that exist."""
    known = {
        name.lower(): sorted(value)
        for name, value in vars(vocabulary).items()
        if name.isupper() and isinstance(value, frozenset | tuple)
    }
    return {**known, "actions": sorted(EFFECTS), "guards": sorted(GUARDS), "keys": _keys()}


def _keys() -> list[str]:
    """Return the sets of keys that the readers of the county's files let a table have."""
    calls = (
        node
        for place in product()
        for node in ast.walk(tree(place))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "only"
    )
    named = (
        [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        for call in calls
    )
    return sorted({" ".join(sorted(keys)) for keys in named if keys})


def life_cycle() -> Plain:
    """Return the life cycle that comes with the program, as its file says it."""
    return tomllib.loads((ROOT / "config" / "workflow.toml").read_text(encoding="utf-8"))


def tables(engine: Engine) -> Plain:
    """Return the columns of every table of a migrated database: type, and whether they may be empty."""
    with engine.connect() as connection:
        found = inspect(connection)
        return {
            name: {
                column["name"]: f"{column['type']}{' or nothing' if column['nullable'] else ''}"
                for column in found.get_columns(name)
            }
            for name in sorted(found.get_table_names())
        }


def attributes() -> Plain:
    """Return the names under which the columns of hashed tables are hashed; `later` ones only when filled."""
    known = {str(one.local_table.description): one for one in Base.registry.mappers}
    return {
        name: {
            known[name].get_property_by_column(column).key: {
                "column": column.name,
                "hashed as": column.key,
                "later": bool(column.info.get("later")),
            }
            for column in known[name].local_table.columns
        }
        for name in HASHED
    }


#: The collectors that need the two applications; `assembled` makes them.
DOORS = {"addresses": addresses, "interface": interface}
ALONE = {
    "commands": commands,
    "settings": settings,
    "words": words,
    "life_cycle": life_cycle,
    "attributes": attributes,
}


def assembled(environ: Mapping[str, str]) -> Any:
    """Return the whole application as a production server gets it."""
    return app.create_app(environ)
