"""Read the register of areas as pages show it: the tree, what there is to choose from, what an area holds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.models import Area, Unit
from accounts.vocabulary import AreaLevel


@dataclass(frozen=True)
class ListedArea:
    """An area as a list or a choice shows it; the path leads there from the top of the tree."""

    code: str
    name: str
    level: str
    path: str


@dataclass(frozen=True)
class AreaSurroundings:
    """What stands around one area: `below` has those in force there, `former` those that it took over."""

    above: Area | None
    successor: Area | None
    below: Sequence[Area]
    former: Sequence[Area]
    units: Sequence[Unit]


def list_areas(session: Session, *, actor: Actor) -> list[ListedArea]:
    """Return every area within the person's own, from the top down, with those that were merged since."""
    return _load(session, _within(actor))


def list_current_areas(
    session: Session, *, actor: Actor, levels: Collection[str], but: str = ""
) -> list[ListedArea]:
    """Return the areas of these levels that have not ended within the person's own, from the top down.

    `but` is the code of one to leave out.
    """
    kept = Area.level.in_(levels), Area.valid_until.is_(None), Area.code != but
    return _load(session, _within(actor).where(*kept))


def list_villages(session: Session, *, actor: Actor, today: date) -> list[ListedArea]:
    """Return the villages within the person's own area in force on a day, from the top down."""
    in_force = or_(Area.valid_until.is_(None), Area.valid_until >= today)
    return _load(session, _within(actor).where(Area.level == AreaLevel.VILLAGE, in_force))


def load_surroundings(session: Session, area: Area) -> AreaSurroundings:
    """Return what an area lies in, what lies in it, and what took it over."""
    below = session.scalars(select(Area).where(Area.parent_id == area.id).order_by(Area.code)).all()
    return AreaSurroundings(
        above=find_parent(session, area),
        successor=session.get(Area, area.successor_id) if area.successor_id is not None else None,
        below=[place for place in below if place.successor_id != area.id],
        former=[place for place in below if place.successor_id == area.id],
        units=session.scalars(select(Unit).where(Unit.area_id == area.id).order_by(Unit.code)).all(),
    )


def find_parent(session: Session, area: Area) -> Area | None:
    """Return the area that another one lies in; None for the top of the tree."""
    return session.get(Area, area.parent_id) if area.parent_id is not None else None


def find_level(session: Session, code: str) -> str | None:
    """Return the level of the area with this code, or None where there is none."""
    return session.scalars(select(Area.level).where(Area.code == code)).first()


def covers_everything(session: Session, actor: Actor) -> bool:
    """Return whether no area lies outside the person's own; False for somebody who has none."""
    outside = select(Area.id).where(~policy.below(Area.path, actor.area_path)).limit(1)
    return bool(actor.area_path) and session.scalars(outside).first() is None


def _within(actor: Actor) -> Select[str, str, str, str]:
    return policy.within_areas(select(Area.code, Area.name, Area.level, Area.path), actor, Area.path)


def _load(session: Session, statement: Select[str, str, str, str]) -> list[ListedArea]:
    return [ListedArea(*row) for row in session.execute(statement.order_by(Area.path))]
