"""Tell the facts of an entry outside: ids of people and households in the form that they have there."""

from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from accounts.models import User
from cases.history.fact_kinds import FactKind, hints_of
from cases.history.facts import Facts
from cases.models.case import Complainant
from roster.models import Household

#: Turns the id of a row, given the name of its table.
ExternalId = Callable[[str, int], int]
#: Where the row lies that a fact of a kind names by its id; other kinds name by number or code.
TABLES: Mapping[FactKind, str] = {
    FactKind.USER: User.__tablename__,
    FactKind.HOUSEHOLD: Household.__tablename__,
    FactKind.COMPLAINANT: Complainant.__tablename__,
}


def with_external_ids(kind: type[Facts], told: Mapping[str, Any], external: ExternalId) -> dict[str, Any]:
    """Return facts of a type, written as JSON, with the ids of rows in the form that they have outside."""
    turned: dict[str, Any] = _turned(kind, told, external)
    return turned


def _turned(hint: Any, told: Any, external: ExternalId) -> Any:
    if told is None or not _names_rows(hint):
        return told
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        (table,) = (TABLES[one] for one in inner[1:] if isinstance(one, FactKind))
        turned = external(table, int(told))
        return str(turned) if isinstance(told, str) else turned  # a key of an object is a text
    if origin in (Union, UnionType):
        (one,) = (one for one in inner if _names_rows(one))
        return _turned(one, told, external)
    if isinstance(hint, type) and is_dataclass(hint):
        hints = hints_of(hint)
        return {name: _turned(hints[name], value, external) for name, value in told.items()}
    if isinstance(told, Mapping):
        key, value = inner
        return {_turned(key, one, external): _turned(value, other, external) for one, other in told.items()}
    return [
        _turned(inner[0] if Ellipsis in inner else inner[place], one, external)
        for place, one in enumerate(told)
    ]


@cache
def _names_rows(hint: Any) -> bool:
    """Return whether a value of a type may hold ids of rows."""
    if get_origin(hint) is Annotated:
        return any(one in TABLES for one in get_args(hint)[1:] if isinstance(one, FactKind))
    whole = isinstance(hint, type) and is_dataclass(hint)
    return any(map(_names_rows, hints_of(hint).values() if whole else get_args(hint)))
