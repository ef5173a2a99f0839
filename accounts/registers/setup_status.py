"""Count what an installation has so far, so that somebody who sets it up sees what is next."""

from dataclasses import dataclass

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import Permission, Role
from accounts.models import Area, Unit, User
from accounts.openid.identities import is_bound
from accounts.sign_in.factor_kinds import has_factor
from accounts.vocabulary import RECEIVING_KINDS, AreaLevel
from config.vocabulary import UnitKind

#: Roles without which a matter would stand still somewhere.
NEEDED_ROLES = (Role.TEAM_LEADER, Role.MEMBER, Role.COMMITTEE, Role.COORDINATOR, Role.LEADER)


@dataclass(frozen=True)
class SetupStatus:
    """The numbers, each within the person's area, and names of what is missing."""

    townships: int
    villages: int
    villages_without_committee: int
    units: int
    missing_kinds: tuple[str, ...]
    units_without_people: tuple[str, ...]
    people: int
    people_without_password: int
    missing_roles: tuple[str, ...]
    administrators: int
    administrators_without_code: int


def load_setup_status(session: Session, *, actor: Actor) -> SetupStatus:
    """Take the numbers, in a few statements whatever there is."""
    policy.require(actor, Permission.USERS_MANAGE)
    levels = {
        level: number
        for level, number in session.execute(
            policy.within_areas(select(Area.level, func.count()), actor, Area.path)
            .where(Area.valid_until.is_(None))
            .group_by(Area.level)
        )
    }
    units = session.execute(
        policy.within_areas(select(Unit.id, Unit.kind, Unit.name), actor, Area.path)
        .join(Area, Area.id == Unit.area_id)
        .where(Unit.active)
        .order_by(Unit.code)
    ).all()
    second = has_factor()
    people = session.execute(
        policy.within_areas(
            select(
                User.unit_id,
                User.roles,
                or_(User.password_hash.is_not(None), is_bound()).label("comes_in"),
                second.label("code"),
            ),
            actor,
            Area.path,
        )
        .join(Unit, Unit.id == User.unit_id)
        .join(Area, Area.id == Unit.area_id)
        .where(User.active)
    ).all()
    held = {role for person in people for role in person.roles}
    staffed = {person.unit_id for person in people}
    administrators = [person for person in people if policy.may_manage_users(person.roles)]
    kinds = {unit.kind for unit in units}
    return SetupStatus(
        townships=levels.get(AreaLevel.TOWNSHIP, 0),
        villages=levels.get(AreaLevel.VILLAGE, 0),
        villages_without_committee=_without_committee(session, actor),
        units=len(units),
        missing_kinds=tuple(kind.value for kind in RECEIVING_KINDS if kind not in kinds),
        units_without_people=tuple(unit.name for unit in units if unit.id not in staffed),
        people=len(people),
        people_without_password=sum(not person.comes_in for person in people),
        missing_roles=tuple(role.value for role in NEEDED_ROLES if role.value not in held),
        administrators=len(administrators),
        administrators_without_code=sum(not person.code for person in administrators),
    )


def _without_committee(session: Session, actor: Actor) -> int:
    committee = aliased(Unit)
    lacking = ~exists().where(
        committee.area_id == Area.id, committee.kind == UnitKind.COMMITTEE, committee.active
    )
    return session.scalars(
        policy.within_areas(select(func.count()).select_from(Area), actor, Area.path).where(
            Area.level == AreaLevel.VILLAGE, Area.valid_until.is_(None), lacking
        )
    ).one()
