"""Write the rows of a case past the session, which would look at each of them several times."""

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import Insert, Update, bindparam, insert, inspect, update
from sqlalchemy.orm import Session, make_transient, make_transient_to_detached

from core.persistence.db import Base


def insert_rows(session: Session, rows: Sequence[Base]) -> None:
    """Write new rows in the order given; those of one table in a row are one statement.

    Their keys must be known, and everything they refer to must stand before them; a column that was not given
    is NULL. Afterwards the session keeps them like rows it has read: what is changed on them later it writes
    as usual.
    """
    if not rows:
        return
    connection = session.connection()
    for kind, same in groupby(rows, type):
        statement, names = _insert(kind)
        values = []
        for row in same:
            held = inspect(row).dict
            values.append({name: held.setdefault(name, None) for name in names})
            make_transient_to_detached(row)
        connection.execute(statement, values if len(values) > 1 else values[0])
    session.add_all(rows)


@cache
def _insert(kind: type[Base]) -> tuple[Insert, frozenset[str]]:
    """Return the statement for rows of a kind, which does not ask for the key, and their columns' names."""
    names = frozenset(inspect(kind).column_attrs.keys())
    return insert(Base.metadata.tables[kind.__tablename__]).inline(), names


def update_rows(session: Session, rows: Iterable[Base]) -> None:
    """Write what has changed on rows that the session has read, the same columns of a table in one statement.

    Afterwards the session takes the rows for unchanged: what is changed on them later it writes as usual.
    """
    changes: dict[tuple[type[Base], frozenset[str]], list[dict[str, Any]]] = {}
    for row in rows:
        state = inspect(row)
        if not (state.modified and state.persistent):  # what is new to the session it writes itself
            continue
        before, now = state.committed_state, state.dict
        names = frozenset(name for name in before if before[name] != now[name])
        if names:
            values = {name: now[name] for name in names}
            of = {f"of_{name}": now[name] for name in _keys(type(row))}
            changes.setdefault((type(row), names), []).append({**values, **of})
        make_transient(row)
        make_transient_to_detached(row)
        session.add(row)
    for change, values_of_rows in changes.items():
        given = values_of_rows if len(values_of_rows) > 1 else values_of_rows[0]
        session.connection().execute(_update(*change), given)


@cache
def _keys(kind: type[Base]) -> tuple[str, ...]:
    return tuple(column.name for column in inspect(kind).primary_key)


@cache
def _update(kind: type[Base], names: frozenset[str]) -> Update:
    """Return the statement that changes these columns of rows, whose key it takes as `of_` and its name."""
    table = Base.metadata.tables[kind.__tablename__]
    where = [table.c[name] == bindparam(f"of_{name}") for name in _keys(kind)]
    return update(table).where(*where).values({name: bindparam(name) for name in names})
