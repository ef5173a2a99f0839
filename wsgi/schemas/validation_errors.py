"""Turn what a schema refuses into reason codes by the dotted path of the field."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError

from core.errors import Invalid

LONGEST_SHOWN_NAME = 80


def flatten_errors(messages: Any) -> dict[str, list[str]]:
    """Return nested messages by dotted path, without the place they were read from."""
    found: dict[str, list[str]] = {}
    for inner in messages.values() if isinstance(messages, dict) else [messages]:
        _collect(inner, "", found)
    return found


def load_strictly(shape: Schema, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a shape makes of some input; raise Invalid with the reason codes of every wrong field."""
    try:
        values: dict[str, Any] = shape.load(given)
    except ValidationError as error:
        raise Invalid(flatten_errors({"given": error.messages})) from None
    return values


def path_text(name: str) -> str:
    """Return a member's name short enough to be told back."""
    return name if len(name) <= LONGEST_SHOWN_NAME else name[:LONGEST_SHOWN_NAME] + "…"


def _collect(messages: Any, path: str, found: dict[str, list[str]]) -> None:
    if isinstance(messages, dict):
        for name, inner in messages.items():
            own = "" if name == "_schema" else path_text(str(name))
            _collect(inner, ".".join(part for part in (path, own) if part), found)
    else:
        found.setdefault(path or "body", []).extend(str(one) for one in messages)
