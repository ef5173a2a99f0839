"""Read how a sheet of another system becomes cases: which column holds what, and what holds without one."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.errors import Invalid
from core.normalization.visibility import is_blank
from core.tables.headings import heading_of

NEEDED = ("id", "received")
#: What may stand in a column, in the defaults, or in the one with the other for empty cells.
CHOICES = (
    "village",
    "unit",
    "category",
    "kind",
    "urgency",
    "channel",
    "outcome",
    "reply_channel",
)
COLUMNS = (*NEEDED, "own_words", "reply", "replied", "name", "phone", "household", *CHOICES)
DEFAULTS = (*CHOICES, "profile", "confidential")
DEFAULT_MAP = "message-board.toml"


@dataclass(frozen=True)
class ImportMap:
    """One format of sheet. `source` begins every reference; `words` are the columns of the own words."""

    source: str
    columns: Mapping[str, str]
    words: tuple[str, ...]
    defaults: Mapping[str, Any]
    values: Mapping[str, Mapping[str, str]]

    def headings(self) -> tuple[str, ...]:
        """Return all headings that the sheet must have."""
        return tuple(dict.fromkeys((*self.columns.values(), *self.words)))

    def choice(self, name: str, cell: str) -> str:
        """Return the code of ours for what a cell says, or the default where it says nothing."""
        if not cell:
            return str(self.defaults.get(name, ""))
        return self.values.get(name, {}).get(cell, cell)

    def with_defaults(self, **given: str | None) -> "ImportMap":
        """Return the map with other defaults, as options of a command say; None changes nothing."""
        changed = {name: value for name, value in given.items() if value is not None}
        return replace(self, defaults={**self.defaults, **changed})


def read_map(path: Path) -> ImportMap:
    """Read a map file. Raises Invalid with every problem, each under its place in the file."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise Invalid({"map": ["no_such_file"]}, name=str(path)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise Invalid({"map": ["not_a_map"]}, name=str(path), reason=str(problem)) from None
    errors = _problems(content)
    if errors:
        raise Invalid(errors, name=str(path))
    columns = {name: heading_of(value) for name, value in content["columns"].items() if name != "own_words"}
    words = content["columns"]["own_words"]
    return ImportMap(
        source=content["source"],
        columns=columns,
        words=tuple(heading_of(word) for word in ([words] if isinstance(words, str) else words)),
        defaults=content.get("defaults", {}),
        values=content.get("values", {}),
    )


def _problems(content: Mapping[str, Any]) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    unknown = set(content) - {"source", "columns", "defaults", "values"}
    errors |= {name: ["unknown"] for name in sorted(unknown)}
    source = content.get("source")
    if not isinstance(source, str) or is_blank(source):
        errors["source"] = ["required"]
    errors |= _table_problems(content, "columns", COLUMNS)
    errors |= _table_problems(content, "defaults", DEFAULTS)
    errors |= _table_problems(content, "values", CHOICES)
    columns = content.get("columns", {})
    if not errors:
        missing = [name for name in (*NEEDED, "own_words") if not columns.get(name)]
        errors |= {f"columns.{name}": ["required"] for name in missing}
        errors |= _half_a_reply(columns)
    return errors


def _half_a_reply(columns: Mapping[str, Any]) -> dict[str, list[str]]:
    """Refuse a reply without its time, and a time without its reply: neither says when what was told."""
    if ("reply" in columns) != ("replied" in columns):
        return {"columns.replied" if "reply" in columns else "columns.reply": ["required"]}
    return {}


def _table_problems(content: Mapping[str, Any], name: str, known: tuple[str, ...]) -> dict[str, list[str]]:
    table = content.get(name, {})
    if not isinstance(table, dict):
        return {name: ["not_a_table"]}
    errors = {f"{name}.{key}": ["unknown"] for key in table if key not in known}
    for key, value in table.items():
        if f"{name}.{key}" not in errors and not _fits(name, key, value):
            errors[f"{name}.{key}"] = ["wrong_type"]
    return errors


def _fits(table: str, key: str, value: Any) -> bool:
    if table == "values":
        return isinstance(value, dict) and all(isinstance(code, str) for code in value.values())
    if key == "confidential":
        return isinstance(value, bool)
    if key == "own_words":
        words = [value] if isinstance(value, str) else value
        return isinstance(words, list) and bool(words) and all(isinstance(word, str) for word in words)
    return isinstance(value, str)
