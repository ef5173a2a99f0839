"""Find what stands over a village: the units whose area covers it and their people, in one statement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import orjson
from sqlalchemy import Select, String, bindparam, cast, select
from sqlalchemy.orm import Session

from accounts.access.permissions import ACTING_ROLES
from accounts.access.policy import below
from accounts.models import Area, Unit, User
from accounts.register_values import UNIT_FIELDS, KnownUnit
from core.persistence.db import Base


@dataclass(frozen=True)
class UnitMember:
    """A user who may be told something about a village's case."""

    user_id: int
    email: str | None
    unit_id: int
    unit_kind: str
    roles: frozenset[str]
    head: bool
    username: str = ""
    name: str = ""


@dataclass(frozen=True)
class CoveringUnits:
    """All units over a village, active or not, by id; and the active users in them, by id."""

    units: Mapping[int, KnownUnit]
    staff: Sequence[UnitMember]

    def superiors(self, unit: KnownUnit) -> list[KnownUnit] | None:
        """Return the units above a unit, nearest first; None when one of them is not over the village."""
        chain: list[KnownUnit] = []
        while unit.superior_id is not None:
            above = self.units.get(unit.superior_id)
            if above is None or above in chain:
                return None
            chain.append(above)
            unit = above
        return chain

    def depth(self, unit: KnownUnit) -> int:
        """Count the units over the village that stand above one of them; 0 for the top."""
        seen = {unit.id}
        while unit.superior_id is not None and unit.superior_id in self.units.keys() - seen:
            seen.add(unit.superior_id)
            unit = self.units[unit.superior_id]
        return len(seen) - 1

    def closed_by(self, units: frozenset[int], users: frozenset[int]) -> frozenset[int]:
        """Return the units that cannot own a matter: named ones, and those all of whose people are named.

        People are those who may act on matters.
        """
        acting = [person for person in self.staff if person.roles & ACTING_ROLES]
        left = {person.unit_id for person in acting if person.user_id not in users}
        return units | ({person.unit_id for person in acting} - left)


_UNIT = tuple(Base.metadata.tables[Unit.__tablename__].c[name] for name in UNIT_FIELDS)
#: What a row must end with for `gather`, whatever else it was asked for; roles come as they are written.
COLUMNS = (*_UNIT, User.id, User.email, cast(User.roles, String), User.head, User.username, User.name)
STATEMENT: Select[*tuple[Any, ...]] = (
    select(*COLUMNS)
    .join(Area, Area.id == Unit.area_id)
    .outerjoin(User, (User.unit_id == Unit.id) & User.active)
    .where(below(bindparam("path"), Area.path))
    .order_by(User.id)
)
#: So many villages are known at once.
KNOWN = 128


def load_covering_units(session: Session, path: str) -> CoveringUnits:
    """Return what stands over the place with this path; nothing of it is the session's."""
    return build_covering_units(session.connection().execute(STATEMENT, {"path": path}))


def build_covering_units(rows: Iterable[tuple[Any, ...]]) -> CoveringUnits:
    """Make units and people of rows that end with the columns above, ordered by user."""
    return _made(tuple(row[-len(COLUMNS) :] for row in rows))


@lru_cache(KNOWN)
def _made(rows: tuple[tuple[Any, ...], ...]) -> CoveringUnits:
    """Make the same of the same rows once: they are asked for at every step, and hardly ever change."""
    units: dict[int, KnownUnit] = {}
    staff: list[UnitMember] = []
    for row in rows:
        of_unit, (user_id, email, roles, head, username, name) = row[: len(_UNIT)], row[len(_UNIT) :]
        told = dict(zip(UNIT_FIELDS, of_unit, strict=True))
        if told["id"] is None:
            continue
        unit = units[told["id"]] = KnownUnit(**told)
        if user_id is not None:
            known = frozenset(orjson.loads(roles))
            staff.append(UnitMember(user_id, email, unit.id, unit.kind, known, head, username, name))
    return CoveringUnits(MappingProxyType(units), tuple(staff))


def in_charge(staff: Sequence[UnitMember], unit_id: int) -> int | None:
    """Return the user of a unit who answers for its replies: its team leader, else whoever came first."""
    of_unit = [person for person in staff if person.unit_id == unit_id]
    leaders = [person for person in of_unit if "team_leader" in person.roles]
    return next((person.user_id for person in leaders or of_unit), None)
