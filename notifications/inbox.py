"""Read the inbox: what one user was told inside the program."""

import base64
import binascii
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVarTuple

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import Permission
from core.errors import Invalid
from core.paging import LIMIT
from notifications.models import Notice

Ts = TypeVarTuple("Ts")


@dataclass(frozen=True)
class NoticesPage:
    """Some notices, newest first, and the cursor of those that follow, or None at the end."""

    items: list[dict[str, Any]]
    next: str | None


def inbox(
    session: Session,
    *,
    actor: Actor,
    without: Select[str] | None = None,
    unread_only: bool = False,
    limit: int = LIMIT,
    cursor: str | None = None,
) -> NoticesPage:
    """Return one page of the person's own notices; raise Invalid for a cursor that was not made here.

    `without` gives the subjects of which the person must not know any more.
    """
    policy.require(actor, Permission.INBOX_READ)
    statement = _own(select(Notice), actor, without)
    if unread_only:
        statement = statement.where(Notice.read_at.is_(None))
    if cursor is not None:
        statement = statement.where(Notice.id < _read_cursor(cursor))
    notices = session.scalars(statement.order_by(Notice.id.desc()).limit(limit + 1)).all()
    shown = notices[:limit]
    items = [
        {
            "id": notice.id,
            "kind": notice.kind,
            "subject": notice.subject,
            "facts": notice.facts,
            "created_at": notice.created_at,
            "read_at": notice.read_at,
        }
        for notice in shown
    ]
    return NoticesPage(items, _write_cursor(shown[-1].id) if len(notices) > limit else None)


def unread(session: Session, *, actor: Actor, without: Select[str] | None = None) -> int:
    """Count the notices that the person has not read; `without` as in `inbox`."""
    policy.require(actor, Permission.INBOX_READ)
    own = _own(select(func.count(Notice.id)), actor, without)
    return session.scalars(own.where(Notice.read_at.is_(None))).one()


def mark_read(session: Session, *, actor: Actor, ids: Collection[int], now: datetime) -> int:
    """Mark some of the person's own notices as read and give how many were unread; others stay untouched."""
    policy.require(actor, Permission.INBOX_READ)
    marked = session.scalars(
        update(Notice)
        .where(Notice.id.in_(ids), Notice.user_id == actor.user_id, Notice.read_at.is_(None))
        .values(read_at=now)
        .returning(Notice.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(marked)


def owns(session: Session, *, actor: Actor, notice_id: int, without: Select[str] | None = None) -> bool:
    """Return whether a notice is one of the person's own; `without` as in `inbox`."""
    own = _own(select(Notice.id), actor, without).where(Notice.id == notice_id)
    return session.scalars(own).first() is not None


def _own(statement: Select[*Ts], actor: Actor, without: Select[str] | None) -> Select[*Ts]:
    own = statement.where(Notice.user_id == actor.user_id)
    return own if without is None else own.where(Notice.subject.not_in(without))


def _write_cursor(last_id: int) -> str:
    return base64.urlsafe_b64encode(str(last_id).encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        last_id = int(text)
    except (ValueError, binascii.Error):
        raise Invalid({"cursor": ["not_a_cursor"]}) from None
    if not 0 < last_id < 2**62 or text != str(last_id):
        raise Invalid({"cursor": ["not_a_cursor"]})
    return last_id
