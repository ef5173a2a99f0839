"""Page through a list by key: what follows the last row shown, so that every page costs the same.

A cursor names the list it was made for and the keys of its last row. What it asks for is narrowed by the list
like everything else; at the doors it is sealed, so that nobody reads the keys (docs/decisions/0056).
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta
from sqlalchemy import ColumnElement, and_, or_

from core.errors import Invalid

T = TypeVar("T")
#: What a cursor can hold of a row: what is none of these was not made here.
Id = Annotated[int, Meta(ge=1, lt=2**62)]
Moment = Annotated[datetime, Meta(tz=True)]
Code = Annotated[str, Meta(pattern=r"\A[!-~]{1,64}\Z")]


@dataclass(frozen=True)
class ListPage:
    """Some items of a list and the cursor of those that follow, or None at the end."""

    items: list[dict[str, Any]]
    next: str | None


class Keyset:
    """The order of one list: its columns and their types; the last column tells all rows apart.

    `name` tells the cursors of this order from those of every other.
    """

    def __init__(self, name: str, *keys: tuple[Any, Any], descending: bool = False) -> None:
        self._name = name
        self._columns: list[Any] = [column for column, _ in keys]
        self._descending = descending
        self._decoder = msgspec.json.Decoder(tuple[(str, *(kind for _, kind in keys))])  # type: ignore[misc]

    def order(self) -> list[ColumnElement[Any]]:
        """Return what the rows of the list are ordered by."""
        return [column.desc() if self._descending else column for column in self._columns]

    def after(self, cursor: str) -> ColumnElement[bool]:
        """Keep what follows the row of a cursor; raise Invalid for one that was not made for this list."""
        return self._beyond(self._columns, self._read(cursor))

    def page(
        self,
        rows: Sequence[T],
        limit: int,
        show: Callable[[T], dict[str, Any]],
        *,
        of: Callable[[T], Any] = lambda row: row,
    ) -> ListPage:
        """Show the rows found; one more than `limit` was asked for, to know of another page.

        `of` gives what has the keys of a row, where they are not the row's own.
        """
        items = [show(row) for row in rows[:limit]]
        if len(rows) <= limit:
            return ListPage(items, None)
        last = of(rows[limit - 1])
        keys = [getattr(last, column.key) for column in self._columns]
        return ListPage(items, _write([self._name, *keys]))

    def _beyond(self, columns: Sequence[Any], values: Sequence[Any]) -> ColumnElement[bool]:
        """Compare with the values; the first comparison alone lets an index begin there."""
        (first, *others), (value, *rest) = columns, values
        beyond: ColumnElement[bool] = first < value if self._descending else first > value
        if not others:
            return beyond
        reached = first <= value if self._descending else first >= value
        return and_(reached, or_(beyond, self._beyond(others, rest)))

    def _read(self, cursor: str) -> list[Any]:
        try:
            plain = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            made_for, *values = self._decoder.decode(plain)
            if made_for != self._name:
                raise ValueError
            return [value.astimezone(UTC) if isinstance(value, datetime) else value for value in values]
        except (msgspec.DecodeError, ValueError, OverflowError, binascii.Error, RecursionError):
            raise Invalid({"cursor": ["not_a_cursor"]}) from None


def _write(keys: list[Any]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(keys)).decode().rstrip("=")
