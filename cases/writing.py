"""Write rows that are new as a whole, past the session, which would look at each of them several times."""

from collections.abc import Sequence
from functools import cache
from itertools import groupby

from sqlalchemy import Insert, insert, inspect
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

from core.db import Base


def write_new(session: Session, rows: Sequence[Base]) -> None:
    """Write new rows in the order given, those of one table that follow each other in one statement.

    Their keys must be known, and everything they refer to must stand before them. Afterwards the session
    keeps them like rows it has read: what is changed on them later it writes as usual.
    """
    if not rows:
        return
    connection = session.connection()
    for kind, same in groupby(rows, type):
        statement, names = _insert(kind)
        values = []
        for row in same:
            values.append({name: getattr(row, name) for name in names})
            for name in names - row.__dict__.keys():
                set_committed_value(row, name, None)  # else the session would read it when it is asked for
            make_transient_to_detached(row)
        connection.execute(statement, values if len(values) > 1 else values[0])
    session.add_all(rows)


@cache
def _insert(kind: type[Base]) -> tuple[Insert, frozenset[str]]:
    """Give the statement for rows of a kind, which does not ask for the key, and their columns' names."""
    names = frozenset(inspect(kind).column_attrs.keys())
    return insert(Base.metadata.tables[kind.__tablename__]).inline(), names
