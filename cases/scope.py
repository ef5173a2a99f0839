"""Say how a person's scope narrows cases; the narrowing itself is done by accounts.policy alone."""

from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, or_, select

from accounts import policy
from accounts.actor import Actor
from accounts.models import Area
from cases.models import Case, CaseOwner, Named

Ts = TypeVarTuple("Ts")


def _owned_by(unit_id: int) -> ColumnElement[bool]:
    return Case.id.in_(select(CaseOwner.case_id).where(CaseOwner.unit_id == unit_id))


def _named(actor: Actor) -> ColumnElement[bool]:
    return Case.id.in_(
        select(Named.case_id).where(or_(Named.unit_id == actor.unit_id, Named.user_id == actor.user_id))
    )


def _in_areas(path: str) -> ColumnElement[bool]:
    return Case.village_id.in_(select(Area.id).where(policy.below(Area.path, path)))


REACH = policy.Reach(in_areas=_in_areas, owned_by=_owned_by, named=_named)


def visible(statement: Select[*Ts], actor: Actor) -> Select[*Ts]:
    """Narrow a statement over cases to what this person may know of."""
    return policy.within(statement, actor, REACH)
