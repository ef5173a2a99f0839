"""Decide what somebody may do and narrow lists to what they may see; what is not allowed is denied."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, false, func, or_
from sqlalchemy.orm import InstrumentedAttribute

from accounts.actor import Actor
from accounts.permissions import Permission, Scope
from core.errors import Forbidden

Ts = TypeVarTuple("Ts")
Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Reach:
    """How one kind of row is narrowed; the package that owns the rows says it, this module applies it.

    `in_areas` keeps the rows below a path, `owned_by` those a unit owns or has owned, `named` finds the rows
    that name the unit or the user and that they must therefore not see.
    """

    in_areas: Callable[[str], Condition]
    owned_by: Callable[[int], Condition]
    named: Callable[[Actor], Condition]


def permits(actor: Actor, permission: Permission) -> bool:
    """Tell whether one of the roles allows this."""
    return permission in actor.permissions


def require(actor: Actor, permission: Permission) -> None:
    """Raise Forbidden unless one of the roles allows this."""
    if not permits(actor, permission):
        raise Forbidden(permission=permission.value)


def within(statement: Select[*Ts], actor: Actor, reach: Reach) -> Select[*Ts]:
    """Narrow a statement to the rows this person may know of (domain.md section 1, Roles).

    Several roles add up. Nobody sees what names them or their unit, whatever the role; who has no role with
    a scope sees nothing.
    """
    if Scope.EVERYTHING in actor.scopes:
        return statement
    reached: list[Condition] = []
    if Scope.SUBTREE in actor.scopes and actor.area_path:
        reached.append(reach.in_areas(actor.area_path))
    if Scope.OWNED in actor.scopes and actor.unit_id is not None:
        reached.append(reach.owned_by(actor.unit_id))
    if not reached:
        return statement.where(false())
    return statement.where(or_(*reached), ~reach.named(actor))


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


def below(path: Any, top: str) -> Condition:
    """Tell in SQL whether a path lies at or below another, the same on both databases.

    A comparison of the first characters, because LIKE does not tell cases apart on SQLite.
    """
    return func.substr(path, 1, len(top)) == top


def covers(actor: Actor, path: str) -> bool:
    """Tell whether an area's path lies within the person's authority."""
    return Scope.EVERYTHING in actor.scopes or (bool(actor.area_path) and path.startswith(actor.area_path))
