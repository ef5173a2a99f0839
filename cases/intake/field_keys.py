"""Refuse keys of a field that only another type of it would read."""

from collections.abc import Callable, Mapping
from typing import Any

from config.lines import Path
from config.marked_text import MarkedText
from config.marked_text import mark as _

Problem = Callable[[Path, MarkedText], None]

#: The type that a field must have for a key to be read (`workflow.definition.fields`).
READ_OF: Mapping[str, str] = {"values": "choice", "words": "choice", "items": "list", "fields": "object"}


def check(entries: Mapping[str, Mapping[str, Any]], problem: Problem) -> None:
    """Note each key under `[fields.…]`, also in `items`, that is not read of a field of this type."""
    for entry, field in entries.items():
        _check_keys(("fields", entry), field, problem)
        if field["type"] == "list":
            _check_keys(("fields", entry, "items"), field["items"], problem)


def _check_keys(place: Path, table: Mapping[str, Any], problem: Problem) -> None:
    for key in (key for key, kind in READ_OF.items() if key in table and table["type"] != kind):
        facts = {"type": table["type"], "key": key, "known": READ_OF[key]}
        reason = MarkedText(_("{type} 字段不写 {key}，只有 {known} 字段才写：去掉这一项"), facts)
        problem((*place, key), reason)
