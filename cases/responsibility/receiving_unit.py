"""Look at the place a complaint comes from: its village, the units over it and their people, all at once."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from accounts.access.permissions import ACTING_ROLES
from accounts.access.policy import below
from accounts.models import Area, Unit, User
from accounts.register_values import AREA_FIELDS, KnownArea, KnownUnit
from accounts.vocabulary import HIGHER_KINDS, RECEIVING_KINDS, AreaLevel
from cases.configuration.calendar import REVISION
from cases.models.case import Case
from cases.responsibility.covering_units import COLUMNS, KNOWN, CoveringUnits, build_covering_units
from config.vocabulary import UnitKind
from core.errors import Conflict
from core.persistence.db import Base


@dataclass(frozen=True)
class RegistrationContext:
    """A village as a new complaint finds it; `known_id` is the case that this very submission made before."""

    village: KnownArea
    calendar_revision: str
    known_id: int | None
    over: CoveringUnits


_covering_units_of = aliased(Area)
_AREA = tuple(Base.metadata.tables[Area.__tablename__].c[name] for name in AREA_FIELDS)
STATEMENT = (
    select(
        *_AREA,
        REVISION,
        select(Case.id).where(Case.client_ref == bindparam("client_ref")).scalar_subquery().label("known_id"),
        *COLUMNS,
    )
    .outerjoin(_covering_units_of, below(Area.path, _covering_units_of.path))
    .outerjoin(Unit, Unit.area_id == _covering_units_of.id)
    .outerjoin(User, (User.unit_id == Unit.id) & User.active)
    .where(Area.code == bindparam("village"), Area.level == AreaLevel.VILLAGE)
    .order_by(User.id)
)


def load_registration_context(
    session: Session, *, village: str, client_ref: str
) -> RegistrationContext | None:
    """Return the place by the village's code; None when there is no such village.

    Nothing of it is the session's.
    """
    asked = {"village": village, "client_ref": client_ref}
    rows = session.connection().execute(STATEMENT, asked).all()
    if not rows:
        return None
    revision, known_id = rows[0][len(_AREA) : len(_AREA) + 2]
    return RegistrationContext(
        _village(rows[0][: len(_AREA)]), revision, known_id, build_covering_units(rows)
    )


@lru_cache(KNOWN)
def _village(values: tuple[Any, ...]) -> KnownArea:
    return KnownArea(**dict(zip(AREA_FIELDS, values, strict=True)))


def find_receiver(
    over: CoveringUnits,
    *,
    unit_id: int | None,
    village: KnownArea,
    closed: frozenset[int] = frozenset(),
    besides: frozenset[int | None] = frozenset(),
) -> KnownUnit:
    """Choose the unit that receives a village's matters: the recorder's own, a work team, the township.

    `over` stands over the village; `closed` are the units that the matter is about, or all of whose people it
    names, `besides` one that already handles it. A unit in which nobody may act is passed over while there is
    another, also for a leading group, the nearest first. Where the matter is about somebody and all are named
    the top unit receives it (domain.md section 1, Roles); else an empty team does, so that nothing said is
    lost. Raises Conflict `no_receiving_unit` when there is none at all.
    """
    open_units = [
        unit
        for unit in over.units.values()
        if unit.active and unit.id not in closed and unit.id not in besides
    ]
    receiving = [unit for unit in open_units if unit.kind in RECEIVING_KINDS]
    staffed = {person.unit_id for person in over.staff if person.roles & ACTING_ROLES}
    found = [unit for unit in receiving if unit.id in staffed]
    above = [unit for unit in open_units if unit.kind in HIGHER_KINDS and unit.id in staffed]
    found = found or sorted(above, key=lambda unit: (-over.depth(unit), unit.id))[:1]
    if not closed:
        found = found or receiving
    if found:
        return min(found, key=lambda unit: _order(unit, unit_id))
    top = [unit for unit in over.units.values() if unit.active and unit.id not in besides]
    if not closed or not top:
        raise Conflict("no_receiving_unit", village=village.code)
    return min(top, key=lambda unit: (over.depth(unit), unit.id in closed, unit.id))


def _order(unit: KnownUnit, own_id: int | None) -> tuple[bool, int, int]:
    kinds = (*RECEIVING_KINDS, *HIGHER_KINDS)
    return unit.id != own_id, kinds.index(UnitKind(unit.kind)), unit.id
