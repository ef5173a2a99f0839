"""Find who may act on a unit's matters, so that no owner stands on paper alone.

A matter is in hand when its unit has an active person who may act on it (domain.md section 4, `in_hand`):
with a role that acts on cases, and not named in the matter.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from accounts.access.actor import Actor
from accounts.access.permissions import ACTING_ROLES
from accounts.access.policy import below
from accounts.models import Area, Unit, User
from cases.access.visibility import counted_for, hides_from, told_number
from cases.models.case import Case
from cases.responsibility.covering_units import UnitMember
from cases.responsibility.held_cases import hold_cases


@dataclass(frozen=True)
class UnitOnPaper:
    """A unit that has open matters on which nobody in it may act, and how many."""

    code: str
    name: str
    matters: int


def has_able(staff: Iterable[UnitMember], unit_id: int) -> bool:
    """Return whether somebody among these people may act on what a unit has."""
    return any(person.unit_id == unit_id and person.roles & ACTING_ROLES for person in staff)


def load_able_people(session: Session, *unit_ids: int) -> dict[int, frozenset[int]]:
    """Load the active users with a role that acts on cases, by unit: of some units, or of all."""
    statement = select(User.unit_id, User.id, User.roles).where(User.active)
    if unit_ids:
        statement = statement.where(User.unit_id.in_(unit_ids))
    found: dict[int, set[int]] = defaultdict(set)
    for unit_id, user_id, roles in session.execute(statement):
        if ACTING_ROLES & set(roles):
            found[unit_id].add(user_id)
    return {unit_id: frozenset(people) for unit_id, people in found.items()}


def count_depending_matters(session: Session, actor: Actor, unit_id: int, user_id: int) -> int | None:
    """Count the open matters of a unit on which this user alone may act: without, they would be on paper.

    A matter is the unit's when it owns it or owes its replies. Until the end of the transaction nobody acts
    on a case. Returns None where there are some and the actor may know of none of them.
    """
    hold_cases(session)
    able = load_able_people(session, unit_id).get(unit_id, frozenset())
    if user_id not in able:
        return 0
    others = able - {user_id}

    def count(who: Actor) -> int:
        return _count_unable(session, unit_id, others, who) - _count_unable(session, unit_id, able, who)

    return told_number(actor, count)


def find_units_on_paper(session: Session, path: str = "/", *, actor: Actor) -> list[UnitOnPaper]:
    """Find the units at or below a place that have open matters on which nobody in them may act.

    They are those that the actor may count: a matter that names everybody of a unit names the actor too.
    """
    able = load_able_people(session)
    open_cases = select(Case.owner_id.label("unit_id")).where(~Case.final)
    duties = open_cases.union(select(Case.reply_owner_id).where(~Case.final)).subquery()
    units = session.scalars(
        select(Unit)
        .join(Area, Area.id == Unit.area_id)
        .where(Unit.id.in_(select(duties.c.unit_id)), below(Area.path, path))
        .order_by(Unit.code)
    )
    found = [
        UnitOnPaper(
            unit.code, unit.name, _count_unable(session, unit.id, able.get(unit.id, frozenset()), actor)
        )
        for unit in units.all()
    ]
    return [unit for unit in found if unit.matters]


def _count_unable(session: Session, unit_id: int, able: frozenset[int], actor: Actor) -> int:
    """Count the open matters of a unit on which none of these people may act, since it names them all.

    They are those that the actor may count.
    """
    of_unit = select(func.count()).select_from(Case).where(~Case.final)
    of_unit = of_unit.where(or_(Case.owner_id == unit_id, Case.reply_owner_id == unit_id))
    hidden = [hides_from(user_id) for user_id in sorted(able)]
    return session.scalars(counted_for(of_unit.where(*hidden), actor)).one()
