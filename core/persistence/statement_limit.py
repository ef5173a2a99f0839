"""End a statement that takes too long, on both databases: somebody waits for it, and so do all others.

For whoever serves people. A job, a backup or a check of everything has no such end.
"""

import math
import time
from typing import Any

from sqlalchemy import Connection, Engine, event

#: What people ask for takes a hundredth of it; within a proxy's minute several may end so.
MOST_SECONDS = 10.0
#: After so many steps of its machine SQLite asks whether to go on: some hundred times a second.
STEPS = 20_000
UNTIL = "statement_until"
CANCELLED = "57014"
INTERRUPTED = "SQLITE_INTERRUPT"


def limit_statements(engine: Engine, seconds: float) -> None:
    """Give every statement of an engine that has not connected yet so many seconds.

    One that takes longer ends with OperationalError, for which `is_overtime` is true.
    """
    if engine.dialect.name == "sqlite":
        _limit_sqlite(engine, seconds)
    else:

        @event.listens_for(engine, "do_connect")
        def connecting(dialect: Any, record: Any, arguments: Any, named: dict[str, Any]) -> None:
            del dialect, record, arguments
            named["options"] += f" -c statement_timeout={max(1, round(seconds * 1000))}"


def is_overtime(error: BaseException | None) -> bool:
    """Return whether a statement was ended because it took too long; given is what the driver raised."""
    state, name = (getattr(error, said, None) for said in ("sqlstate", "sqlite_errorname"))
    return state == CANCELLED or name == INTERRUPTED


def _limit_sqlite(engine: Engine, seconds: float) -> None:
    @event.listens_for(engine, "connect")
    def connected(dbapi: Any, record: Any) -> None:
        until = record.info[UNTIL] = [math.inf]
        dbapi.set_progress_handler(lambda: time.monotonic() > until[0], STEPS)

    @event.listens_for(engine, "before_cursor_execute")
    def begun(connection: Connection, *_: Any) -> None:
        connection.info[UNTIL][0] = time.monotonic() + seconds
