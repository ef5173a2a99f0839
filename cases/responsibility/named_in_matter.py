"""Find whom a matter is about among those who may be named: units and people near the village or the namer.

Offered are the active units and people whose scope covers the village. Any other name, also one of somebody
whom the namer cannot know of, is kept as the words that were written (domain.md section 1, Roles).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, literal, or_, select, true
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import Scope
from accounts.models import Area, Unit, User
from accounts.register_values import KnownUnit
from cases.responsibility.covering_units import CoveringUnits, UnitMember
from core.text import problem_of


@dataclass(frozen=True)
class NamedUser:
    """A user whom a matter is about, and the unit."""

    user_id: int
    unit_id: int


@dataclass(frozen=True)
class NamedInMatter:
    """Whom a matter is about: units by id with their codes, users, and names of nobody who was found."""

    units: dict[int, str]
    users: tuple[NamedUser, ...]
    words: tuple[str, ...]

    @property
    def user_ids(self) -> frozenset[int]:
        """The ids of the users."""
        return frozenset(user.user_id for user in self.users)

    @property
    def anybody(self) -> bool:
        """Whether the matter is about somebody, also where nobody knows yet whom the words mean."""
        return bool(self.units or self.users or self.words)

    def name(self, actor: Actor) -> bool:
        """Return whether somebody or their unit is among them."""
        return actor.unit_id in self.units or actor.user_id in self.user_ids


def nameable_units(over: CoveringUnits) -> list[KnownUnit]:
    """List the units that are offered for naming."""
    return sorted((unit for unit in over.units.values() if unit.active), key=lambda unit: unit.code)


def nameable_people(over: CoveringUnits) -> list[UnitMember]:
    """List the people who are offered for naming, unit by unit."""
    return sorted(over.staff, key=lambda person: (over.units[person.unit_id].code, person.username))


def find_named(
    session: Session,
    *,
    actor: Actor,
    over: CoveringUnits,
    units: Iterable[str] = (),
    users: Iterable[str] = (),
) -> NamedInMatter:
    """Find the units by code or whole name and the users by user name; keep the other names as words.

    `over` stands over the village of the matter. An unknown name and one that the person cannot know of are
    answered alike.
    """
    found_units: dict[int, str] = {}
    found_users: list[NamedUser] = []
    words: list[str] = []
    for given in units:
        unit = _find_unit(session, actor, over, given)
        if unit is not None:
            found_units[unit.id] = unit.code
        elif given not in words:
            words.append(given)
    for given in users:
        user = _find_user(session, actor, over, given)
        if user is not None:
            found_users.append(user)
        elif given not in words:
            words.append(given)
    return NamedInMatter(found_units, tuple(found_users), tuple(words))


def _find_unit(session: Session, actor: Actor, over: CoveringUnits, given: str) -> KnownUnit | None:
    near = [unit for unit in nameable_units(over) if given in (unit.code, unit.name)]
    if near or problem_of(given):
        return next(iter(near), None)
    statement = select(Unit).join(Area, Area.id == Unit.area_id).where(Unit.code == given, Unit.active)
    row = session.scalars(statement.where(_known_to(actor))).first()
    return KnownUnit.of(row) if row is not None else None


def _find_user(session: Session, actor: Actor, over: CoveringUnits, given: str) -> NamedUser | None:
    near = [person for person in over.staff if person.username == given]
    if near or problem_of(given):
        return next((NamedUser(person.user_id, person.unit_id) for person in near), None)
    statement = (
        select(User.id, User.unit_id)
        .join(Unit, Unit.id == User.unit_id)
        .join(Area, Area.id == Unit.area_id)
        .where(User.username == given, User.active, _known_to(actor))
    )
    row = session.execute(statement).first()
    return NamedUser(*row) if row is not None else None


def _known_to(actor: Actor) -> ColumnElement[bool]:
    """Keep what works within or over the person's own area."""
    if Scope.EVERYTHING in actor.scopes:
        return true()
    own = actor.area_path or "?"
    return or_(policy.below(Area.path, own), policy.below(literal(own), Area.path))
