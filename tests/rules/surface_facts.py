"""Collect from a told database which keys the facts of entries and notices hold, and of what kind each is.

It reads the tables themselves, not through the program: the keys are what every later program must know.
"""

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

#: Where entries and notices stand: what names them, and their facts.
QUERIES = {
    "history": "SELECT action, facts FROM history",
    "registers": "SELECT subject_kind || ' ' || action, facts FROM register_history",
    "notices": "SELECT kind, facts FROM notices",
}
#: Ends of a path whose keys are ids, days or questions and not words of the program.
OPEN = frozenset({"answers", "attachments", "reply_dates", "calendar notice after", "calendar notice before"})
FORMS = (
    ("day", re.compile(r"\d{4}-\d\d-\d\d")),
    ("digest", re.compile(r"(salted:)?[0-9a-f]{64}")),
)


def facts(place: Path) -> dict[str, Any]:
    """Return for each kind of entry the paths of its facts, each with the JSON kinds that stand there."""
    with closing(sqlite3.connect(f"file:{place.as_posix()}?mode=ro", uri=True)) as connection:
        return {name: _of(name, connection.execute(query)) for name, query in QUERIES.items()}


def _of(table: str, rows: Iterable[tuple[str, str]]) -> dict[str, Any]:
    found: dict[str, dict[str, set[str]]] = {}
    for name, written in rows:
        paths = found.setdefault(name, {})
        for path, kind in _paths(json.loads(written), name if table == "registers" else ""):
            paths.setdefault(path, set()).add(kind)
    return {
        name: {path: " or ".join(sorted(kinds)) for path, kinds in sorted(paths.items())}
        for name, paths in sorted(found.items())
    }


def _paths(value: Any, name: str, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        yield from [(path, "object")] if path else []
        is_open = path in OPEN or f"{name} {path}" in OPEN
        for key, inner in value.items():
            step = "*" if is_open else key
            yield from _paths(inner, name, f"{path}.{step}" if path else step)
    elif isinstance(value, list):
        yield path, "list"
        for inner in value:
            yield from _paths(inner, name, f"{path}[]")
    else:
        yield path, _kind(value)


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, str):
        return next((name for name, form in FORMS if form.fullmatch(value)), "text")
    return type(value).__name__
