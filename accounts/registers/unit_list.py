"""Read the register of units as pages show it: by place, what somebody may choose from, who works there."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, literal, or_, select
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.models import Area, Unit, User


@dataclass(frozen=True)
class ListedUnit:
    """A unit as a choice shows it."""

    code: str
    name: str


@dataclass(frozen=True)
class PlacedUnit:
    """A unit with the name of its area and the number of its active users."""

    unit: Unit
    place: str
    users: int


@dataclass(frozen=True)
class ListedMember:
    """Somebody who works in a unit."""

    username: str
    name: str
    head: bool


def list_by_place(session: Session, *, actor: Actor) -> list[PlacedUnit]:
    """Return the units within the person's area in the order of the tree, those that are closed last."""
    users = select(func.count()).where(User.unit_id == Unit.id, User.active).correlate(Unit)
    statement = policy.within_areas(select(Unit, Area.name, users.scalar_subquery()), actor, Area.path)
    statement = statement.join(Area, Area.id == Unit.area_id)
    rows = session.execute(statement.order_by(~Unit.active, Area.path, Unit.code))
    return [PlacedUnit(*row) for row in rows]


def list_active_units(session: Session, *, actor: Actor, but: str = "") -> list[ListedUnit]:
    """Return the active units within the person's area by place; `but` is the code of one to leave out."""
    statement = (
        policy.within_areas(select(Unit.code, Unit.name), actor, Area.path)
        .join(Area, Area.id == Unit.area_id)
        .where(Unit.active, Unit.code != but)
        .order_by(Area.path, Unit.code)
    )
    return [ListedUnit(*row) for row in session.execute(statement)]


def list_every_active_unit(session: Session) -> list[ListedUnit]:
    """Return all active units by code, for an installation in which there is nobody yet."""
    rows = session.execute(select(Unit.code, Unit.name).where(Unit.active).order_by(Unit.code))
    return [ListedUnit(*row) for row in rows]


def list_units_around(session: Session, *, actor: Actor, kinds: Iterable[str]) -> list[ListedUnit]:
    """Return the active units of some kinds that lie within the person's area or over it, by place."""
    own = actor.area_path
    around = or_(policy.below(Area.path, own), policy.below(literal(own), Area.path))
    statement = select(Unit.code, Unit.name).join(Area, Area.id == Unit.area_id)
    statement = statement.where(Unit.active, Unit.kind.in_(tuple(kinds)), around)
    return [ListedUnit(*row) for row in session.execute(statement.order_by(Area.path, Unit.code))]


def find_superior(session: Session, unit: Unit) -> Unit | None:
    """Return the unit right above another one, or None where nothing stands above."""
    return session.get(Unit, unit.superior_id) if unit.superior_id is not None else None


def find_name(session: Session, code: str) -> str | None:
    """Return the name of the unit with this code, or None where there is none."""
    return session.scalars(select(Unit.name).where(Unit.code == code)).first()


def list_members(session: Session, unit: Unit) -> list[ListedMember]:
    """Return the active users of a unit by user name."""
    people = select(User.username, User.name, User.head).where(User.unit_id == unit.id, User.active)
    return [ListedMember(*row) for row in session.execute(people.order_by(User.username))]


def count_members(session: Session, unit: Unit) -> int:
    """Count the active users of a unit."""
    return session.scalars(select(func.count()).where(User.unit_id == unit.id, User.active)).one()
