"""Put what people must be told into the outbox, in the transaction of the change itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from core.persistence.db import Base
from core.persistence.upsert import Upsert
from notifications.kinds import facts_named
from notifications.models import Delivery, Notice


@dataclass(frozen=True)
class Recipient:
    """A user who is to be told; without an e-mail address the inbox alone tells."""

    user_id: int
    email: str | None = None


@dataclass(frozen=True)
class Notification:
    """What some people are told of one subject; `key` makes it the same one when it comes again.

    `facts` holds codes and dates only. Raises LookupError for a kind without words, and where a fact is
    missing that its words speak of: it would be told with a hole, on every door, for as long as it lies.
    """

    kind: str
    recipients: tuple[Recipient, ...]
    subject: str
    facts: dict[str, Any]
    key: str

    def __post_init__(self) -> None:
        if missing := facts_named(self.kind) - self.facts.keys():
            raise LookupError(f"a notice {self.kind!r} without {sorted(missing)}")


NOTICES = Base.metadata.tables[Notice.__tablename__]
TELL = Upsert(
    lambda insert, _: (
        insert(NOTICES)
        .on_conflict_do_nothing(index_elements=[NOTICES.c.key])
        .returning(NOTICES.c.id, NOTICES.c.key)
    )
)
SEND = insert(Base.metadata.tables[Delivery.__tablename__]).inline()


def enqueue(
    session: Session,
    *,
    kind: str,
    recipients: Iterable[Recipient],
    subject: str,
    facts: dict[str, Any],
    key: str,
    now: datetime,
) -> int:
    """Tell one thing, as `enqueue_all` does."""
    return enqueue_all(session, [Notification(kind, tuple(recipients), subject, facts, key)], now=now)


def enqueue_all(session: Session, notifications: Iterable[Notification], *, now: datetime) -> int:
    """Write one notice for each recipient and one delivery for each e-mail address; give how many are new.

    The same key again writes nothing. Two statements at most, whatever the number of recipients.
    """
    people: dict[str, Recipient] = {}
    rows: list[dict[str, Any]] = []
    for notification in notifications:
        for person in {person.user_id: person for person in notification.recipients}.values():
            key = f"{notification.key}:{person.user_id}"
            people[key] = person
            rows.append(
                {
                    "key": key,
                    "kind": notification.kind,
                    "user_id": person.user_id,
                    "subject": notification.subject,
                    "facts": notification.facts,
                    "created_at": now,
                }
            )
    if not rows:
        return 0
    connection = session.connection()
    given = rows if len(rows) > 1 else rows[0]
    new = connection.execute(TELL.on(session), given).all()
    mails = [
        {
            "notice_id": notice_id,
            "channel": "smtp",
            "address": address,
            "status": "pending",
            "attempts": 0,
            "dedupe_key": f"{key}:smtp",
        }
        for notice_id, key in new
        if (address := people[key].email)
    ]
    if mails:
        connection.execute(SEND, mails)
    return len(new)
