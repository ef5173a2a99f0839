"""Read the register of households within a person's area."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import Permission
from accounts.models import Area
from accounts.security_log import shown
from accounts.security_log.shown import Event
from accounts.vocabulary import AreaLevel
from core.errors import Invalid
from core.paging import LIMIT
from core.persistence.keyset import Code, Keyset, ListPage
from core.text import mask_phone
from roster.models import Household

ORDER = Keyset("households", (Household.key, Code))


@dataclass(frozen=True)
class VillageRegister:
    """The register of a village in numbers; `people` counts those households that say how many they are."""

    households: int
    groups: int
    people: int


def list_households(
    session: Session,
    *,
    actor: Actor,
    village: str | None = None,
    group: int | None = None,
    q: str | None = None,
    where: ColumnElement[bool] | None = None,
    limit: int = LIMIT,
    cursor: str | None = None,
) -> ListPage:
    """Return one page of the active households, phones masked; `q` is a part of the head's name or the key.

    `where` is a condition of the caller, who answers for what it lets through: it needs no right to the whole
    register. With it those that moved out are listed as well, because what they raised still counts. Raises
    Invalid for a village that is unknown or lies outside the person's area, and for a cursor that was not
    made here.
    """
    if where is None:
        policy.require(actor, Permission.HOUSEHOLDS_READ)
    statement = (
        policy.within_areas(select(Household, Area.code, Area.name), actor, Area.path)
        .join(Area, Area.id == Household.village_id)
        .where(Household.active if where is None else where)
    )
    if village is not None:
        statement = statement.where(Household.village_id == _village_id(session, actor, village))
    if group is not None:
        statement = statement.where(Household.group_no == group)
    if q is not None:
        statement = statement.where(
            or_(
                Household.head.contains(q, autoescape=True),
                Household.key.contains(q.upper(), autoescape=True),
            )
        )
    if cursor is not None:
        statement = statement.where(ORDER.after(cursor))
    rows = session.execute(statement.order_by(*ORDER.order()).limit(limit + 1)).all()
    complete = policy.permits(actor, Permission.HOUSEHOLDS_READ)
    shown.note(Event.HOUSEHOLDS)
    return ORDER.page(rows, limit, lambda row: _line(*row, complete=complete), of=lambda row: row[0])


def in_village(path: str) -> ColumnElement[bool]:
    """Keep the households of a village, by its path, and of those that were merged into it."""
    return Household.village_id.in_(select(Area.id).where(policy.below(Area.path, path)))


def is_kept(session: Session, path: str) -> bool:
    """Return whether a register is kept in an area: whether there is an active household in it or below."""
    within = select(Household.id).join(Area, Area.id == Household.village_id)
    within = within.where(Household.active, policy.below(Area.path, path))
    return session.scalar(within.limit(1)) is not None


def count_in(session: Session, path: str) -> int:
    """Count the active households of an area and of all below it."""
    counted = select(func.count()).select_from(Household).join(Area, Area.id == Household.village_id)
    return session.scalars(counted.where(Household.active, policy.below(Area.path, path))).one()


def count_register(session: Session, village_id: int) -> VillageRegister:
    """Count the active households of a village, their groups and their people."""
    households, groups, people = session.execute(
        select(
            func.count(),
            func.count(Household.group_no.distinct()),
            func.coalesce(func.sum(Household.people), 0),
        ).where(Household.village_id == village_id, Household.active)
    ).one()
    return VillageRegister(households, groups, people or 0)


def _village_id(session: Session, actor: Actor, code: str) -> int:
    found = session.scalars(
        policy.within_areas(select(Area.id), actor, Area.path).where(
            Area.code == code, Area.level == AreaLevel.VILLAGE
        )
    ).first()
    if found is None:
        raise Invalid({"village": ["unknown_village"]})
    return found


def _line(household: Household, village: str, village_name: str, *, complete: bool) -> dict[str, Any]:
    """Show a household; what the register notes about it only to those whose register it is."""
    return {
        "key": household.key,
        "village": village,
        "village_name": village_name,
        "group": household.group_no,
        "number": household.number,
        "head": household.head,
        "phone": mask_phone(household.phone) if household.phone else None,
        "people": household.people if complete else None,
        "note": household.note if complete else None,
    }
