"""Turn what a schema refuses into reason codes by the dotted path of the field."""

from typing import Any

LONGEST_NAME_TOLD = 80


def flat(messages: Any) -> dict[str, list[str]]:
    """Give nested messages by dotted path, without the place they were read from."""
    found: dict[str, list[str]] = {}
    for inner in messages.values() if isinstance(messages, dict) else [messages]:
        _collect(inner, "", found)
    return found


def told(name: str) -> str:
    """Give a member's name short enough to be told back."""
    return name if len(name) <= LONGEST_NAME_TOLD else name[:LONGEST_NAME_TOLD] + "…"


def _collect(messages: Any, path: str, found: dict[str, list[str]]) -> None:
    if isinstance(messages, dict):
        for name, inner in messages.items():
            own = "" if name == "_schema" else told(str(name))
            _collect(inner, ".".join(part for part in (path, own) if part), found)
    else:
        found.setdefault(path or "body", []).extend(str(one) for one in messages)
