"""Find units: who stands above whom and who covers a place; and close those that are no more."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Select, bindparam, literal, select
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import Permission
from accounts.history import record
from accounts.models import Area, Unit
from accounts.register_values import KnownUnit
from accounts.registers.unit_imports import HINTS, import_units
from core.chain import Chain
from core.errors import Conflict, NotFound
from core.text import problem_of

__all__ = [
    "HINTS",
    "by_code",
    "close_unit",
    "find_managed_unit",
    "import_units",
    "superior_chain",
]

#: Deeper than any administration is; it ends the search if a cycle ever got into the table.
MOST_LEVELS = 20


def superior_chain(session: Session, unit_id: int) -> list[KnownUnit]:
    """Return the units above a unit, nearest first, in one statement."""
    return [KnownUnit.of(row) for row in session.scalars(_SUPERIORS, {"unit_id": unit_id})]


def by_code(session: Session, code: str) -> Unit | None:
    """Return the unit with this code, active or not."""
    if problem_of(code):
        return None  # no code is like that, and no database could be asked for it
    return session.scalars(select(Unit).where(Unit.code == code)).first()


def find_managed_unit(session: Session, *, actor: Actor, code: str) -> tuple[Unit, Area]:
    """Return a unit within the person's area, and that area; raise NotFound for any other."""
    policy.require(actor, Permission.AREAS_MANAGE)
    unit = by_code(session, code)
    area = session.get_one(Area, unit.area_id) if unit is not None else None
    if unit is None or area is None or not policy.covers(actor, area.path):
        raise NotFound(unit=code)
    return unit, area


def is_managed(session: Session, actor: Actor, unit: Unit) -> bool:
    """Return whether a unit lies within the person's area, so that `find_managed_unit` would return it."""
    return policy.covers(actor, session.get_one(Area, unit.area_id).path)


def check_close(unit: Unit, in_use: Callable[[int], bool]) -> None:
    """Raise Conflict `unit_in_use` when a unit still owes a reply or handles a case."""
    if in_use(unit.id):
        raise Conflict("unit_in_use", unit=unit.code, unit_name=unit.name)


def close_unit(
    session: Session,
    *,
    actor: Actor,
    chain: Chain,
    code: str,
    in_use: Callable[[int], bool],
    now: datetime,
) -> None:
    """Close a unit: it gets no case any more; doing so again changes nothing.

    `in_use` tells by the unit's id whether it still owes a reply or handles a case; then Conflict
    `unit_in_use` is raised (domain.md section 3). Raises NotFound for an unknown unit and one outside the
    person's area alike.
    """
    unit, _area = find_managed_unit(session, actor=actor, code=code)
    session.refresh(unit, with_for_update={"key_share": True})
    if not unit.active:
        return
    check_close(unit, in_use)
    unit.active = False
    record(
        session,
        chain=chain,
        subject_kind="unit",
        subject_id=unit.id,
        action="closed",
        actor=actor,
        facts={"code": code},
        now=now,
        row=unit,
    )


def _superiors() -> Select[Unit]:
    """Write the statement of `superior_chain`: every step on a case asks it, so it is made once."""
    above = (
        select(Unit.superior_id.label("id"), literal(1).label("depth"))
        .where(Unit.id == bindparam("unit_id"), Unit.superior_id.is_not(None))
        .cte("above", recursive=True)
    )
    above = above.union_all(
        select(Unit.superior_id, above.c.depth + 1)
        .join(above, Unit.id == above.c.id)
        .where(Unit.superior_id.is_not(None), above.c.depth < MOST_LEVELS)
    )
    return select(Unit).join(above, Unit.id == above.c.id).order_by(above.c.depth)


_SUPERIORS = _superiors()
