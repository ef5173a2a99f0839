"""Read the inbox: what one user was told inside the program."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, TypeVarTuple

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import Permission
from core.paging import LIMIT
from core.persistence.keyset import Id, Keyset, ListPage
from notifications.models import Notice

Ts = TypeVarTuple("Ts")
#: Newest first.
ORDER = Keyset("inbox", (Notice.id, Id), descending=True)


def inbox(
    session: Session,
    *,
    actor: Actor,
    without: Select[str] | None = None,
    unread_only: bool = False,
    limit: int = LIMIT,
    cursor: str | None = None,
) -> ListPage:
    """Return one page of the person's own notices; raise Invalid for a cursor that was not made here.

    `without` gives the subjects of which the person must not know any more.
    """
    policy.require(actor, Permission.INBOX_READ)
    statement = _own(select(Notice), actor, without)
    if unread_only:
        statement = statement.where(Notice.read_at.is_(None))
    if cursor is not None:
        statement = statement.where(ORDER.after(cursor))
    notices = session.scalars(statement.order_by(*ORDER.order()).limit(limit + 1)).all()
    return ORDER.page(notices, limit, _shown)


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


def _shown(notice: Notice) -> dict[str, Any]:
    return {
        "id": notice.id,
        "kind": notice.kind,
        "subject": notice.subject,
        "facts": notice.facts,
        "created_at": notice.created_at,
        "read_at": notice.read_at,
    }
