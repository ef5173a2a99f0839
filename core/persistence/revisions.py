"""Tell which schema a database has and which is the newest, without Alembic, which only migrating needs.

A server asks this at every look whether it is ready; Alembic would be a twelfth of its memory. Whoever
really migrates or compares asks `core.persistence.upgrading`.
"""

from functools import cache
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

FOLDER = Path(__file__).resolve().parents[2] / "migrations"
#: Search indexes and what SQLite keeps beside them; each database has its own kind (`cases/persistence/`).
OUTSIDE_MODELS = ("complainant_words", "search_terms")


def is_enough(session: Session) -> bool:
    """Return whether the database has the newest schema, or a newer one; one statement, for readiness.

    What a newer program added does not hinder this one (docs/decisions/0020): while a new version is brought
    in machine by machine, the old ones go on serving.
    """
    present = head(session)
    return present == newest() or is_newer(present)


def is_newer(present: str | None, known: str | None = None) -> bool:
    """Return whether a revision comes after the newest that is known, by default of this program."""
    return present is not None and present.isdigit() and present > (known or newest())


def head(session: Session) -> str | None:
    """Return the revision of the database, or None when nothing was ever migrated."""
    try:
        found: str | None = session.scalar(text("SELECT version_num FROM alembic_version"))
    except ProgrammingError:
        return None
    except OperationalError as error:
        if "no such table" in str(error.orig):
            return None
        raise
    return found


@cache
def newest() -> str:
    """Return the newest revision there is: the number that the name of its file begins with."""
    return max(path.name.partition("_")[0] for path in (FOLDER / "versions").glob("*_*.py"))
