"""Decide what somebody may do and narrow lists to what they may see; what is not allowed is denied."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, bindparam, false, func, or_
from sqlalchemy.orm import InstrumentedAttribute

from accounts.access.actor import Actor
from accounts.access.permissions import (
    NAME_READERS,
    REACHING_ROLES,
    ROLE_PERMISSIONS,
    Permission,
    Role,
    Scope,
    guarded_roles,
)
from core.errors import Forbidden

Ts = TypeVarTuple("Ts")
Condition = ColumnElement[bool]


@dataclass(frozen=True)
class RowScope:
    """How one kind of row is narrowed; the package that owns the rows says it, this module applies it.

    `in_areas` keeps the rows below a path, `in_village` those of one village, `owned_by` those a unit owns or
    has owned, `named` finds the rows that name the unit or the user and that they must therefore not see,
    `open_names` those of which it is not settled whom they name, and that nearly nobody sees until then.
    """

    in_areas: Callable[[Any], Condition]
    in_village: Callable[[Any], Condition]
    owned_by: Callable[[Any], Condition]
    named: Callable[["Viewer"], Condition]
    open_names: Callable[["Viewer"], Condition] = lambda viewer: false()


@dataclass(frozen=True)
class Viewer:
    """Who looks at rows: how far the roles reach, and either values or the parameters that stand for them."""

    scopes: frozenset[Scope]
    area_path: Any
    village_id: Any
    unit_id: Any
    user_id: Any


def permits(actor: Actor, permission: Permission) -> bool:
    """Return whether one of the roles allows this."""
    return permission in actor.permissions


def require(actor: Actor, permission: Permission) -> None:
    """Raise Forbidden unless one of the roles allows this."""
    if not permits(actor, permission):
        raise Forbidden(permission=permission.value)


def needs_second(actor: Actor, roles: Collection[str], level: str) -> bool:
    """Return whether a second administrator must agree before this person gives or gets at such roles.

    `level` is that of the area of the unit in which they are held: some give power at the top alone.
    Whoever runs the server has the database in hand anyway; what commands do is recorded as the server's.
    """
    return actor.user_id is not None and not guarded_roles(level).isdisjoint(roles)


def added_roles(held: Collection[str], wanted: Collection[str]) -> frozenset[str]:
    """Return the roles by which somebody sees or may do more than before, for `needs_second`.

    Who reaches over the area of the unit sees no more of it by another role that does.
    """
    plain = REACHING_ROLES - {role.value for role in NAME_READERS}
    added = frozenset(wanted).difference(held)
    return added if REACHING_ROLES.isdisjoint(held) else added - plain


def may_manage_users(roles: Collection[str]) -> bool:
    """Return whether somebody with such roles manages accounts."""
    return any(Permission.USERS_MANAGE in ROLE_PERMISSIONS[Role(role)] for role in roles)


def require_other(actor: Actor, *, user_id: int, proposer_id: int) -> None:
    """Raise Forbidden unless somebody else agrees: neither who proposed it nor who gets it."""
    if actor.user_id == proposer_id:
        raise Forbidden(reasons=["own_proposal"])
    if actor.user_id == user_id:
        raise Forbidden(reasons=["oneself"])


def within(statement: Select[*Ts], actor: Actor, reach: RowScope) -> Select[*Ts]:
    """Narrow a statement to the rows this person may know of (domain.md section 1, Roles).

    Several roles add up. Nobody sees what names them or their unit, whatever the role; who has no role with
    a scope sees nothing.
    """
    viewer = Viewer(effective_scopes(actor), actor.area_path, actor.village_id, actor.unit_id, actor.user_id)
    return _narrowed(statement, viewer, reach)


def within_scopes(statement: Select[*Ts], scopes: frozenset[Scope], reach: RowScope) -> Select[*Ts]:
    """Narrow a statement as `within` does for whoever has this `standing`, so that it can be made once.

    It is executed with `viewing` of the person.
    """
    names = ("viewer_path", "viewer_village", "viewer_unit", "viewer_user")
    asked = Viewer(scopes, *(bindparam(name) for name in names))
    return _narrowed(statement, asked, reach)


def effective_scopes(actor: Actor) -> frozenset[Scope]:
    """Return the scopes that come to anything: who has no unit neither owns nor covers."""
    missing = {Scope.SUBTREE: not actor.area_path, Scope.OWNED: actor.unit_id is None}
    found = {scope for scope in actor.scopes if not missing.get(scope)}
    if Scope.SUBTREE in found and actor.village_id is not None:
        found = found - {Scope.SUBTREE} | {Scope.VILLAGE}
    return frozenset(found | actor.name_scopes if found else found)


def scope_parameters(actor: Actor) -> dict[str, Any]:
    """Return the values for a statement that `within_standing` narrowed."""
    return {
        "viewer_path": actor.area_path,
        "viewer_village": actor.village_id,
        "viewer_unit": actor.unit_id,
        "viewer_user": actor.user_id,
    }


def sees(actor: Actor, *, path: str, owned: bool, named: bool) -> bool:
    """Tell of one row in hand what `within` tells of those in the database.

    `path` is its place, `owned` whether the person's unit owns or has owned it, `named` whether it names the
    person or the unit.
    """
    scopes = effective_scopes(actor)
    if Scope.EVERYTHING in scopes:
        return True
    reached = bool(scopes & {Scope.SUBTREE, Scope.VILLAGE}) and path.startswith(actor.area_path)
    return (reached or (Scope.OWNED in scopes and owned)) and not named


def _narrowed(statement: Select[*Ts], viewer: Viewer, reach: RowScope) -> Select[*Ts]:
    if Scope.EVERYTHING in viewer.scopes:
        return statement
    reached: list[Condition] = []
    if Scope.SUBTREE in viewer.scopes:
        reached.append(reach.in_areas(viewer.area_path))
    if Scope.VILLAGE in viewer.scopes:
        reached.append(reach.in_village(viewer.village_id))
    if Scope.OWNED in viewer.scopes:
        reached.append(reach.owned_by(viewer.unit_id))
    if not reached:
        return statement.where(false())
    narrowed = statement.where(or_(*reached), ~reach.named(viewer))
    return narrowed if Scope.OPEN_NAMES in viewer.scopes else narrowed.where(~reach.open_names(viewer))


def within_areas(statement: Select[*Ts], actor: Actor, path: InstrumentedAttribute[str]) -> Select[*Ts]:
    """Narrow a statement over areas, units, users or households to the subtree of the person's unit.

    `path` is the column of the area's path in the statement. That the person may read such rows at all is
    for `require` to say.
    """
    if Scope.EVERYTHING in actor.scopes:
        return statement
    if not actor.area_path or not actor.permissions:
        return statement.where(false())
    return statement.where(below(path, actor.area_path))


def below(path: Any, top: Any) -> Condition:
    """Tell in SQL whether a path lies at or below another, the same on both databases.

    A comparison of the first characters, because LIKE does not tell cases apart on SQLite.
    """
    inside: Condition = func.substr(path, 1, func.length(top)) == top
    return inside


def covers(actor: Actor, path: str) -> bool:
    """Return whether an area's path lies within the person's authority."""
    return Scope.EVERYTHING in actor.scopes or (bool(actor.area_path) and path.startswith(actor.area_path))
