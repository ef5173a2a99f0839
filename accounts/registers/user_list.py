"""Look people up: by unit, by a part of the name, with the day they were last there."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import Permission, Role
from accounts.models import Area, Unit, User
from accounts.openid.identities import OpenIdBinding
from accounts.sign_in.factor_kinds import has_factor
from accounts.sign_in.sign_ins import SignIn
from core.errors import NotFound
from core.paging import LIMIT
from core.text import problem_of


@dataclass(frozen=True)
class ListedUser:
    """A person as the register of people shows one; `bound_at` is since when the provider knows them."""

    id: int
    username: str
    name: str
    unit: str
    unit_name: str
    roles: tuple[str, ...]
    head: bool
    active: bool
    has_password: bool
    has_second_factor: bool
    bound_at: datetime | None
    email: str | None
    seen_at: datetime | None


def list_administrators(session: Session) -> list[tuple[int, str | None]]:
    """List the administrators by id and e-mail address: the program tells them what nobody asked about."""
    rows = session.execute(select(User.id, User.email, User.roles).where(User.active).order_by(User.id))
    return [(user_id, email) for user_id, email, roles in rows if policy.may_manage_users(roles)]


def list_overseers(session: Session) -> list[tuple[int, str | None]]:
    """List administrators and auditors by id and e-mail address: they are told who came to have power."""
    rows = session.execute(select(User.id, User.email, User.roles).where(User.active).order_by(User.id))
    told = {Role.ADMIN.value, Role.SECURITY_ADMIN.value, Role.AUDITOR.value, Role.AUDIT_ADMIN.value}
    return [(user_id, email) for user_id, email, roles in rows if told.intersection(roles)]


@dataclass(frozen=True)
class PeoplePage:
    """One page of the register of people, and whether there is another after it."""

    items: list[ListedUser]
    more: bool


def list_people(
    session: Session, *, actor: Actor, q: str = "", unit: str = "", page: int = 1, limit: int = LIMIT
) -> PeoplePage:
    """Return the users within the person's area by place and unit, in each those who are active first.

    `q` is a part of the name or user name; what no name can hold finds nobody.
    """
    policy.require(actor, Permission.USERS_MANAGE)
    if problem_of(q) or problem_of(unit):
        return PeoplePage([], False)
    statement = _listed(actor)
    if q:
        statement = statement.where(
            or_(User.name.contains(q, autoescape=True), User.username.contains(q.lower(), autoescape=True))
        )
    if unit:
        statement = statement.where(Unit.code == unit)
    order = (Area.path, Unit.code, ~User.active, User.username)
    rows = session.execute(statement.order_by(*order).limit(limit + 1).offset((page - 1) * limit)).all()
    return PeoplePage([_line(*row) for row in rows[:limit]], len(rows) > limit)


def find_person(session: Session, *, actor: Actor, username: str) -> ListedUser:
    """Return one user within the person's area; raise NotFound for any other."""
    policy.require(actor, Permission.USERS_MANAGE)
    if problem_of(username):
        raise NotFound(username=username)
    row = session.execute(_listed(actor).where(User.username == username)).one_or_none()
    if row is None:
        raise NotFound(username=username)
    return _line(*row)


def _listed(actor: Actor) -> Select[User, str, str, bool, datetime | None, datetime | None]:
    seen = select(func.max(SignIn.seen_at)).where(SignIn.user_id == User.id, ~SignIn.half)
    second = has_factor()
    return (
        policy.within_areas(
            select(
                User,
                Unit.code,
                Unit.name,
                second,
                seen.correlate(User).scalar_subquery(),
                OpenIdBinding.bound_at,
            ),
            actor,
            Area.path,
        )
        .join(Unit, Unit.id == User.unit_id)
        .join(Area, Area.id == Unit.area_id)
        .outerjoin(OpenIdBinding, OpenIdBinding.user_id == User.id)
    )


def _line(
    user: User,
    unit: str,
    unit_name: str,
    second: bool,
    seen_at: datetime | None,
    bound_at: datetime | None,
) -> ListedUser:
    return ListedUser(
        id=user.id,
        username=user.username,
        name=user.name,
        unit=unit,
        unit_name=unit_name,
        roles=tuple(user.roles),
        head=user.head,
        active=user.active,
        has_password=user.password_hash is not None,
        has_second_factor=second,
        bound_at=bound_at,
        email=user.email,
        seen_at=seen_at,
    )
