"""Keep cases as they are while a register is changed on which they rest."""

from sqlalchemy import text
from sqlalchemy.orm import Session

#: Whoever acts on a case locks its row first and then reads who may own it; this waits for all of them, and
#: they for this. Reading goes on.
HOLD = text("LOCK TABLE cases IN EXCLUSIVE MODE")


def hold_cases(session: Session) -> None:
    """Let nobody act on a case until the end of the transaction; SQLite has a single writer anyway.

    So what is counted of open matters is still true when the change is written: an assignment at the same
    moment comes before and is counted, or comes after and finds the register as it is then. Where nothing is
    written, as for a page that only says how many there are, nothing is held.
    """
    bind = session.get_bind()
    if bind.dialect.name == "postgresql" and bind.get_execution_options().get("write"):
        session.execute(HOLD)
