"""Name what the facts of the history speak of by an id or a code: units, users and households."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Integer, String, cast, literal, null, select, union_all
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from accounts.models import Unit, User
from cases.history.fact_kinds import FactKind
from cases.history.facts import Facts
from cases.history.readable_facts import values_by_kind
from roster.models import Household

COLUMNS: Mapping[str, TypeEngine[Any]] = {
    "id": Integer(),
    "code": String(),
    "name": String(),
    "group": Integer(),
    "number": Integer(),
}
HOMES = {"id": Household.id, "group": Household.group_no, "number": Household.number}


@dataclass(frozen=True)
class FactNames:
    """What the ids and codes in facts are called: a household by its group and its number there."""

    units: Mapping[str, str] = field(default_factory=dict)
    users: Mapping[int, str] = field(default_factory=dict)
    households: Mapping[int, tuple[int, int]] = field(default_factory=dict)


def load_names(session: Session, all_facts: Iterable[Facts]) -> FactNames:
    """Name every unit, user and household that facts speak of, in one statement or none.

    Whether the reader may know of them was decided before: what may not be told is in no facts any more.
    """
    sought = values_by_kind(all_facts)
    units, users, homes = (sought[kind] for kind in (FactKind.UNIT, FactKind.USER, FactKind.HOUSEHOLD))
    parts = []
    if units:
        parts.append(_part("unit", code=Unit.code, name=Unit.name).where(Unit.code.in_(units)))
    if users:
        parts.append(_part("user", id=User.id, name=User.name).where(User.id.in_(users)))
    if homes:
        parts.append(_part("home", **HOMES).where(Household.id.in_(homes)))
    rows = list(session.execute(union_all(*parts))) if parts else []
    return FactNames(
        units={row.code: row.name for row in rows if row.kind == "unit"},
        users={row.id: row.name for row in rows if row.kind == "user"},
        households={row.id: (row.group, row.number) for row in rows if row.kind == "home"},
    )


def _part(kind: str, **columns: Any) -> Any:
    """Return one kind's part of the statement; what the kind does not have is NULL."""
    given = [columns.get(name, cast(null(), type_)).label(name) for name, type_ in COLUMNS.items()]
    return select(literal(kind).label("kind"), *given)
