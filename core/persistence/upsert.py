"""Write a row unless its key is there already, or change the one that is there, in one statement.

Of two transactions with one key the second waits for the first, and then finds its row; nothing is asked
before, for what is asked may be over when it is answered.
"""

from collections.abc import Callable
from typing import Any, Protocol

from sqlalchemy import Executable
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


class Insert(Protocol):
    """Make the statement that writes rows of a table, with what it does on a conflict still to be said."""

    def __call__(self, table: Any, /) -> Any:
        """Return the statement."""


MAKERS: dict[str, Insert] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Upsert:
    """One such statement, written once for each kind of database: writing costs more than asking."""

    def __init__(self, write: Callable[[Insert, str], Executable]) -> None:
        """Let `write` make the statement with an `insert` of a database, whose name it is given too."""
        self._by_name = {name: write(insert, name) for name, insert in MAKERS.items()}

    def on(self, session: Session) -> Any:
        """Return the statement for the database of a session."""
        return self._by_name[session.get_bind().dialect.name]
