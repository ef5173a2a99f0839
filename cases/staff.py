"""Find what stands over a village: the units whose area covers it and their people, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.orm import Session

from accounts.models import Area, Unit, User
from accounts.policy import below


@dataclass(frozen=True)
class Person:
    """A user who may be told something about a village's case."""

    user_id: int
    email: str | None
    unit_id: int
    unit_kind: str
    roles: frozenset[str]
    head: bool


@dataclass(frozen=True)
class Over:
    """All units over a village, active or not, by id; and the active users in them, by id."""

    units: dict[int, Unit]
    staff: list[Person]

    def superiors(self, unit: Unit) -> list[Unit] | None:
        """Give the units above a unit, nearest first; None when one of them is not over the village."""
        chain: list[Unit] = []
        while unit.superior_id is not None:
            above = self.units.get(unit.superior_id)
            if above is None or above in chain:
                return None
            chain.append(above)
            unit = above
        return chain


#: What a row must have for `gather`, whatever else its statement asks for.
COLUMNS = (Unit, User.id.label("user_id"), User.email, User.roles, User.head)
STATEMENT: Select[*tuple[Any, ...]] = (
    select(*COLUMNS)
    .join(Area, Area.id == Unit.area_id)
    .outerjoin(User, (User.unit_id == Unit.id) & User.active)
    .where(below(bindparam("path"), Area.path))
    .order_by(User.id)
)


def look_over(session: Session, path: str) -> Over:
    """Give what stands over the place with this path."""
    return gather(session.execute(STATEMENT, {"path": path}).all())


def gather(rows: Sequence[Row[*tuple[Any, ...]]]) -> Over:
    """Make units and people of rows that have the columns above, ordered by user."""
    return Over(
        units={row.Unit.id: row.Unit for row in rows if row.Unit is not None},
        staff=[
            Person(row.user_id, row.email, row.Unit.id, row.Unit.kind, frozenset(row.roles), row.head)
            for row in rows
            if row.user_id is not None
        ],
    )


def in_charge(staff: list[Person], unit_id: int) -> int | None:
    """Give the user of a unit who answers for its replies: its team leader, else whoever came first."""
    of_unit = [person for person in staff if person.unit_id == unit_id]
    leaders = [person for person in of_unit if "team_leader" in person.roles]
    return next((person.user_id for person in leaders or of_unit), None)
