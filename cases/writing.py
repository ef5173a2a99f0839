"""Write rows that are new as a whole, past the session, which would look at each of them several times."""

from collections.abc import Sequence
from itertools import groupby

from sqlalchemy import Insert, Table, insert, inspect
from sqlalchemy.orm import Mapper, Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

from core.db import Base

#: By table; made once, and without asking for the key, which is known.
_inserts: dict[str, Insert] = {}


def write_new(session: Session, rows: Sequence[Base]) -> None:
    """Write new rows in the order given, those of one table that follow each other in one statement.

    Their keys must be known, and everything they refer to must stand before them. Afterwards the session
    keeps them like rows it has read: what is changed on them later it writes as usual.
    """
    connection = session.connection()
    for kind, same in groupby(rows, type):
        mapper: Mapper[Base] = inspect(kind)
        table = mapper.local_table
        assert isinstance(table, Table)  # no class of ours is mapped to anything else
        if table.name not in _inserts:
            _inserts[table.name] = insert(table).inline()
        values = []
        for row in same:
            given = {name: getattr(row, name) for name in mapper.column_attrs.keys()}  # noqa: SIM118
            values.append(given)
            for name in given.keys() - row.__dict__.keys():
                set_committed_value(row, name, None)  # else the session would read it when it is asked for
            make_transient_to_detached(row)
        connection.execute(_inserts[table.name], values if len(values) > 1 else values[0])
    session.add_all(rows)
