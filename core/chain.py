"""Chain records by HMAC, so that what is written cannot be changed unseen.

A plain hash chain can be recomputed by whoever edits the table. An HMAC cannot, as long as the key stays
outside the database (threats.md 3.5; NIST FIPS 198-1).
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import orjson
from sqlalchemy import FromClause

#: Marks a column that rows were hashed without: `mapped_column(info={LATER: True})` (docs/decisions/0020).
LATER = "later"
OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
#: 1e-05 and 0.00001, 1e+16 and 1e16: the same numbers, written in two ways. A number stands after one of
#: three signs, and so the digests in a row, which are full of such letters, do not look like one.
FRACTION = re.compile(rb"[:,\[]-?(?:\d(?:\.\d+)?e|0\.0000)")


def canonical(payload: Mapping[str, Any]) -> bytes:
    """Write a record in the one form that is hashed: sorted keys, no spaces, UTC times, UTF-8.

    It is the form of Python's `json`. orjson writes the same in a third of the time, but for very large and
    very small fractions; what looks like one, also in a text, is written by `json` itself.
    """
    try:
        written = orjson.dumps(payload, default=_plain, option=OPTIONS)
    except TypeError:  # a number beyond 64 bits, or what has no form at all
        written = None
    if written is None or FRACTION.search(written):
        return json.dumps(
            payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain
        ).encode()
    return written


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        # The database gives every time back in UTC, in whatever zone it was handed in.
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")


def hashed_columns(table: FromClause, besides: frozenset[str] = frozenset()) -> tuple[tuple[str, bool], ...]:
    """Return the columns of a table that are hashed, less some, each with whether it came later."""
    return tuple((one.key, LATER in one.info) for one in table.columns if one.key not in besides)


def row_values(row: object, columns: Iterable[tuple[str, bool]]) -> dict[str, Any]:
    """Return what is hashed of a row: all its columns, but of one that came later only what stands in it.

    So a row that was hashed before the column came, and every one that leaves it empty, keeps its digest.
    """
    return {name: value for name, later in columns if (value := getattr(row, name)) is not None or not later}


def row_digest(row: Mapping[str, Any]) -> str:
    """Return the SHA-256, in hex, of a whole row in canonical form."""
    return hashlib.sha256(canonical(row)).hexdigest()


@dataclass(frozen=True)
class Chain:
    """Link records with the present key; older keys stay readable so that old records still verify."""

    key_id: str
    keys: Mapping[str, bytes] = field(repr=False)

    def link(self, prev_hash: str, payload: Mapping[str, Any], key_id: str | None = None) -> str:
        """Return the HMAC-SHA256, in hex, over the link before it and a record.

        `key_id` names the key a stored record was made with; the present one by default. Raises KeyError
        when that key is not known here.
        """
        return self.link_written(prev_hash, canonical(payload), key_id)

    def link_written(self, prev_hash: str, written: bytes, key_id: str | None = None) -> str:
        """Return what `link` gives for a record that is written in canonical form already."""
        key = self.keys[key_id or self.key_id]
        return hmac.new(key, prev_hash.encode() + b"|" + written, hashlib.sha256).hexdigest()
