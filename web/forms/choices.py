"""Give the villages that somebody may choose from."""

from dataclasses import dataclass

from sqlalchemy import literal, or_, select

from accounts.access import policy
from accounts.models import Area, Unit
from accounts.vocabulary import AreaLevel
from web.framework.request_context import PageRequest


@dataclass(frozen=True)
class VillageOption:
    """A village by its code, with its name."""

    code: str
    name: str
    path: str


@dataclass(frozen=True)
class AreaOption:
    """An area of any level by its code, with its name."""

    code: str
    name: str
    level: str


def areas_of(page_request: PageRequest) -> list[AreaOption]:
    """Return every area within the person's own, from the top down, with those that were merged since."""
    statement = policy.within_areas(select(Area.code, Area.name, Area.level), page_request.actor, Area.path)
    return [AreaOption(*row) for row in page_request.session.execute(statement.order_by(Area.path))]


def villages_of(page_request: PageRequest) -> list[VillageOption]:
    """Return the villages within the person's area that are in force today, by their codes."""
    statement = (
        policy.within_areas(select(Area.code, Area.name, Area.path), page_request.actor, Area.path)
        .where(
            Area.level == AreaLevel.VILLAGE,
            or_(Area.valid_until.is_(None), Area.valid_until >= page_request.today),
        )
        .order_by(Area.path)
    )
    return [VillageOption(code, name, path) for code, name, path in page_request.session.execute(statement)]


def units_of(page_request: PageRequest) -> list[Unit]:
    """Return the units to which the person could assign matters: those within or over the person's area."""
    own = page_request.actor.area_path
    kinds = page_request.rules.definition.states[
        page_request.rules.definition.steps["assign"].target
    ].unit_kinds
    statement = (
        select(Unit)
        .join(Area, Area.id == Unit.area_id)
        .where(
            Unit.active,
            Unit.kind.in_(kinds),
            or_(policy.below(Area.path, own), policy.below(literal(own), Area.path)),
        )
        .order_by(Area.path, Unit.code)
    )
    return list(page_request.session.scalars(statement))
