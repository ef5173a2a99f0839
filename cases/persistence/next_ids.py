"""Give out ids of rows before the rows are written, for what is made of them."""

from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session


def next_id(session: Session, column: InstrumentedAttribute[int]) -> int:
    """Return an id that no row of the table has, and that nobody else is given meanwhile."""
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    found = session.execute(select(highest(column) + 1 if on_sqlite else from_sequence(column)))
    return int(found.scalar_one())


def from_sequence(column: InstrumentedAttribute[int]) -> ColumnElement[Any]:
    """Return the next id of a table from its sequence, for PostgreSQL."""
    return func.nextval(func.pg_get_serial_sequence(column.class_.__tablename__, column.key))


def highest(column: InstrumentedAttribute[int]) -> ColumnElement[Any]:
    """Return the highest id there is; on SQLite nobody else writes meanwhile."""
    return select(func.coalesce(func.max(column), 0)).scalar_subquery()
