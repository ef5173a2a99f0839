"""Put what people must be told into the outbox, in the transaction of the change itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from notifications.models import Delivery, Notice


@dataclass(frozen=True)
class Recipient:
    """A user who is to be told; without an e-mail address the inbox alone tells."""

    user_id: int
    email: str | None = None


def put(
    session: Session,
    *,
    kind: str,
    recipients: Iterable[Recipient],
    subject: str,
    facts: dict[str, Any],
    key: str,
    now: datetime,
) -> int:
    """Write one notice for each recipient and one delivery for each e-mail address; give how many are new.

    The same key again writes nothing. Two statements at most, whatever the number of recipients.
    """
    people = {person.user_id: person for person in recipients}
    if not people:
        return 0
    make = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    statement = (
        make(Notice)
        .values(
            [
                {
                    "key": f"{key}:{user_id}",
                    "kind": kind,
                    "user_id": user_id,
                    "subject": subject,
                    "facts": facts,
                    "created_at": now,
                }
                for user_id in people
            ]
        )
        .on_conflict_do_nothing(index_elements=[Notice.key])
        .returning(Notice.id, Notice.key, Notice.user_id)
    )
    new = session.execute(statement).all()
    mails = [
        {
            "notice_id": notice_id,
            "channel": "smtp",
            "address": address,
            "status": "pending",
            "attempts": 0,
            "dedupe_key": f"{notice_key}:smtp",
        }
        for notice_id, notice_key, user_id in new
        if (address := people[user_id].email)
    ]
    if mails:
        session.execute(insert(Delivery).values(mails))
    return len(new)
