"""Find units: who stands above whom, and who covers a place."""

from collections.abc import Iterable

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from accounts.models import Area, Unit

#: Deeper than any administration is; it ends the search if a cycle ever got into the table.
MOST_LEVELS = 20


def superior_chain(session: Session, unit_id: int) -> list[Unit]:
    """Give the units above a unit, nearest first, in one statement."""
    above = (
        select(Unit.superior_id.label("id"), literal(1).label("depth"))
        .where(Unit.id == unit_id, Unit.superior_id.is_not(None))
        .cte("above", recursive=True)
    )
    above = above.union_all(
        select(Unit.superior_id, above.c.depth + 1)
        .join(above, Unit.id == above.c.id)
        .where(Unit.superior_id.is_not(None), above.c.depth < MOST_LEVELS)
    )
    return list(session.scalars(select(Unit).join(above, Unit.id == above.c.id).order_by(above.c.depth)))


def covering(session: Session, path: str, kinds: Iterable[str]) -> list[Unit]:
    """Give the active units of these kinds whose area contains the place with this path."""
    return list(
        session.scalars(
            select(Unit)
            .join(Area, Area.id == Unit.area_id)
            .where(
                Unit.active,
                Unit.kind.in_(tuple(kinds)),
                func.substr(literal(path), 1, func.length(Area.path)) == Area.path,
            )
            .order_by(Unit.id)
        )
    )


def by_code(session: Session, code: str) -> Unit | None:
    """Give the unit with this code, active or not."""
    return session.scalars(select(Unit).where(Unit.code == code)).first()
