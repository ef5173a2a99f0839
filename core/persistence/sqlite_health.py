"""Look whether a SQLite file can be written to and is whole; PostgreSQL looks after itself (T15, T16)."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from core.errors import Unavailable
from core.persistence.db import Database

#: A larger file takes longer to look through than a start may take; `check` does it at any size.
MOST_CHECKED_BYTES = 2**30


def require_sound(db: Database) -> None:
    """Refuse to start on a file that cannot be written to or that is damaged, before anything is written.

    Raises Unavailable with the reason `cannot_write` or `database_damaged`.
    """
    if not db.is_sqlite:
        return
    place = Path(str(db.url.database)).absolute()
    folder = next(one for one in place.parents if one.exists())
    for one in (folder, place):
        if one.exists() and not os.access(one, os.W_OK):
            raise Unavailable(reason="cannot_write", place=str(one))
    if place.exists() and place.stat().st_size <= MOST_CHECKED_BYTES:
        said = find_damage(db)
        if said is not None:
            raise Unavailable(reason="database_damaged", said=said)


def find_damage(db: Database) -> str | None:
    """Return what is wrong with the pages of a SQLite file, None when nothing is."""
    try:
        with closing(sqlite3.connect(str(db.url.database))) as raw:
            said: str = raw.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.OperationalError:
        return None  # it cannot be looked at now, which is another matter
    except sqlite3.DatabaseError as error:
        return str(error)
    return None if said == "ok" else said.splitlines()[-1]
