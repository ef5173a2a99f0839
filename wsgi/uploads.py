"""Recognise and count what is sent in before it is looked at, for looking at a picture is what costs.

A form that is sent twice, by a second click or a phone that did not hear the answer, has its pictures written
anew once: the second sending waits for the first one and then finds its answer.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Condition

from accounts.sign_in import rate_limits
from core.encryption import Encryptor
from core.errors import Busy
from core.persistence.db import Database
from wsgi import idempotency
from wsgi.rate_limits import UPLOADS

#: So long a second sending waits for the first one of the same key; a thread that waits answers nobody else.
TURN_SECONDS = 10
_under_way: set[tuple[int | None, str]] = set()
_changed = Condition()


@dataclass(frozen=True)
class Sending:
    """Who sends something, under which key if any, and the digest that tells it from another sending."""

    user_id: int | None
    key: str | None
    mark: str


@contextmanager
def limit_concurrent_uploads(sending: Sending) -> Iterator[None]:
    """Let what one person sends under one key be looked at once at a time, in this process.

    Raises Busy when the one before takes too long; sent again later, it finds the answer.
    """
    if sending.key is None:
        yield
        return
    mine = (sending.user_id, sending.key)
    with _changed:
        if not _changed.wait_for(lambda: mine not in _under_way, TURN_SECONDS):
            raise Busy(retry_after=TURN_SECONDS)
        _under_way.add(mine)
    try:
        yield
    finally:
        with _changed:
            _under_way.discard(mine)
            _changed.notify_all()


def is_new(db: Database, sending: Sending, *, seal: Encryptor, files: int, now: datetime) -> bool:
    """Return whether files have to be looked at, and count them; what was answered before counts nothing.

    They are counted in a transaction of their own: a file that is refused in the end was looked at all the
    same. Raises TooMany when too many were sent, without writing, and KeyReused for something else under the
    same key.
    """
    user_id, key = sending.user_id, sending.key
    subject = f"user:{user_id}"
    with db.reading() as session:
        if (
            user_id is not None
            and key is not None
            and idempotency.is_answered(session, user_id=user_id, key=key, mark=sending.mark, seal=seal)
        ):
            return False
        rate_limits.refuse_when_spent(session, limit=UPLOADS, subject=subject, now=now)
    with db.transaction() as session:
        for _ in range(files):
            rate_limits.spend(session, limit=UPLOADS, subject=subject, now=now)
    return True
