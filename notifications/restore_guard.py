"""Keep a restored copy from sending what its original has sent, or will.

What the original did after the copy was made is not in it. So what waits is dropped, what the clock owed
until the restore goes to the inbox alone (whoever delivers asks since when), and message ids hold an epoch of
the restore: what is new is never taken for a repetition of something that the original sent.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from accounts import history
from accounts.access.actor import SYSTEM
from accounts.history import RegisterEntry
from core.chain import Chain
from notifications.models import Delivery

#: The subject of the chain that keeps every restore.
KIND, SUBJECT = "restore", "installation"


@dataclass(frozen=True)
class Restore:
    """The last restore: when it was, and the epoch that message ids have had since."""

    at: datetime
    epoch: str


def drop_waiting(session: Session, *, reason: str) -> int:
    """Drop every delivery that waits or is under way; the inbox keeps the notices. Give how many (T28)."""
    result: CursorResult[Any] = session.execute(  # type: ignore[assignment]  # an UPDATE always gives a cursor
        update(Delivery)
        .where(Delivery.status.in_(("pending", "sending")))
        .values(status="dropped", lease_by=None, lease_until=None, last_error=reason)
    )
    return result.rowcount


def record_restore(
    session: Session, *, copied_at: str, chain: Chain, now: datetime, facts: dict[str, Any]
) -> None:
    """Record a restore of a copy, with a new epoch and what else was done at it."""
    history.record(
        session,
        chain=chain,
        subject_kind=KIND,
        subject_id=SUBJECT,
        action="restore",
        actor=SYSTEM,
        facts={"epoch": secrets.token_hex(4), "copied_at": copied_at, **facts},
        now=now,
    )


def last_restore(session: Session) -> Restore | None:
    """Load the last restore; None where there never was one."""
    row = session.execute(
        select(RegisterEntry.recorded_at, RegisterEntry.facts)
        .where(RegisterEntry.subject_kind == KIND, RegisterEntry.subject_id == SUBJECT)
        .order_by(RegisterEntry.seq.desc())
        .limit(1)
    ).one_or_none()
    return Restore(row[0], row[1]["epoch"]) if row is not None else None
