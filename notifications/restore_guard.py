"""Keep a restored copy from sending what its original has sent, or will."""

from typing import Any

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from notifications.models import Delivery


def drop_waiting(session: Session, *, reason: str) -> int:
    """Drop every delivery that waits or is under way; the inbox keeps the notices. Give how many (T28)."""
    result: CursorResult[Any] = session.execute(  # type: ignore[assignment]  # an UPDATE always gives a cursor
        update(Delivery)
        .where(Delivery.status.in_(("pending", "sending")))
        .values(status="dropped", lease_by=None, lease_until=None, last_error=reason)
    )
    return result.rowcount
