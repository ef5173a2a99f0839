"""Seal the words beside an entry as one document, bound to the entry, and open them (decision 0052)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from core.sealing.personal_keys import PersonalKeys
from core.sealing.sealed_columns import SealedText


class SealedEntry(Protocol):
    """What is read of an entry, or of a row with these columns, to know what it says."""

    case_id: Any
    seq: Any
    action: Any
    facts: Any
    personal: Any


@dataclass(frozen=True)
class OpenedEntry:
    """What an entry says, with the words beside it as they were written."""

    action: str
    facts: Any
    personal: Any


def seal_words(
    personal: Sequence[Any], keys: PersonalKeys, *, case_id: int, seq: int
) -> SealedText | list[Any]:
    """Return what stands beside an entry: its words sealed, or an empty list where it has none."""
    return keys.seal(orjson.dumps(personal).decode(), place_of(case_id, seq)) if personal else []


def open_words(entry: SealedEntry, keys: PersonalKeys) -> OpenedEntry:
    """Open the words beside an entry; those that an earlier version wrote are not sealed.

    Raises ValueError for what does not open, and Unavailable where its key is not here.
    """
    personal = entry.personal
    if isinstance(personal, SealedText):
        personal = orjson.loads(keys.open(personal, place_of(entry.case_id, entry.seq)))
    return OpenedEntry(entry.action, entry.facts, personal)


def place_of(case_id: int, seq: int) -> str:
    """Return where the words beside an entry belong: table, column and row."""
    return f"history.personal.{case_id}.{seq}"
