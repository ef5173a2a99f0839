"""Find the people over a village: all active users whose unit covers it, in one statement made once."""

from dataclasses import dataclass

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.orm import Session

from accounts.models import Area, Unit, User


@dataclass(frozen=True)
class Person:
    """A user who may be told something about a village's case."""

    user_id: int
    email: str | None
    unit_id: int
    unit_kind: str
    roles: frozenset[str]
    head: bool


COLUMNS = (
    User.id.label("user_id"),
    User.email,
    User.unit_id,
    Unit.kind.label("unit_kind"),
    User.roles,
    User.head,
)
STATEMENT = (
    select(*COLUMNS)
    .join(Unit, Unit.id == User.unit_id)
    .join(Area, Area.id == Unit.area_id)
    .where(User.active, func.substr(bindparam("path"), 1, func.length(Area.path)) == Area.path)
    .order_by(User.id)
)


def staff_over(session: Session, path: str) -> list[Person]:
    """Give the active users whose unit covers the place with this path, by id."""
    return [person_of(row) for row in session.execute(STATEMENT, {"path": path})]


def person_of(row: Row[*tuple[object, ...]]) -> Person:
    """Make a person of a row that has the columns above."""
    return Person(row.user_id, row.email, row.unit_id, row.unit_kind, frozenset(row.roles), row.head)


def in_charge(staff: list[Person], unit_id: int) -> int | None:
    """Give the user of a unit who answers for its replies: its team leader, else whoever came first."""
    of_unit = [person for person in staff if person.unit_id == unit_id]
    leaders = [person for person in of_unit if "team_leader" in person.roles]
    return next((person.user_id for person in leaders or of_unit), None)
