"""Answer a repeated submission with its first answer, so that a lost connection never makes two effects.

Phones and middleboxes repeat what they are unsure of (threats.md 3.2). The key is the sender's own, counted
for each person apart; only successes are kept, errors are judged anew.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, literal, or_, select, update
from sqlalchemy.orm import Session

from core.encryption import Encryptor
from core.errors import Conflict, KeyReused
from core.persistence.db import Base
from core.persistence.upsert import Upsert
from wsgi.models import StoredAnswer

#: Phones can be offline for long; after that the client reference still tells a repeated case.
RETENTION = timedelta(days=90)
STORED = Base.metadata.tables[StoredAnswer.__tablename__]
CLAIM = Upsert(lambda insert, _: insert(STORED).on_conflict_do_nothing().returning(STORED.c.key))


@dataclass(frozen=True)
class StoredResponse:
    """An answer as it goes out, and the numbers of the cases in it that its reader may see."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    case_numbers: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """What the answer says, its headers with it."""
        return "\n".join([*self.headers.values(), self.body.decode("utf-8", "replace")])

    def about(self, numbers: frozenset[str]) -> "StoredResponse":
        """Return the same with the numbers that it tells."""
        return replace(self, case_numbers=numbers)


def fingerprint(method: str, path: str, body: bytes) -> str:
    """Return the digest by which a repetition is told from another submission under the same key.

    It is kept as a keyed digest of it, for by a plain one what was sent could be guessed; those of earlier
    versions are plain.
    """
    digest = hashlib.sha256()
    for part in (method.encode(), path.encode(), body):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def claim(
    session: Session, *, user_id: int, key: str, mark: str, seal: Encryptor, now: datetime
) -> StoredResponse | None:
    """Take the key for this submission, or give the answer that was given under it before.

    While another transaction holds the same key this waits for its end. A repetition is counted, and the
    count makes it a write: its commit is as durable as the first one was. Raises KeyReused for another body.
    """
    marks = seal.digests(mark)
    claimed = {"user_id": user_id, "key": key, "fingerprint": marks[0], "replays": 0, "claimed_at": now}
    if session.execute(CLAIM.on(session), claimed).first() is not None:
        return None
    kept = session.execute(
        update(StoredAnswer)
        .where(
            StoredAnswer.user_id == user_id,
            StoredAnswer.key == key,
            StoredAnswer.fingerprint.in_((*marks, mark)),
        )
        .values(replays=StoredAnswer.replays + 1)
        .returning(StoredAnswer.status, StoredAnswer.headers, StoredAnswer.sealed, StoredAnswer.case_numbers)
    ).one_or_none()
    if kept is None:
        is_answered(session, user_id=user_id, key=key, mark=mark, seal=seal)
        raise Conflict("answer_unreadable")  # told again with a secret key that is no longer given
    body = seal.open(kept.sealed, _seal_context(user_id, key)) if kept.sealed is not None else None
    if body is None or kept.status is None or kept.headers is None:
        raise Conflict("answer_unreadable")  # sealed with a secret key that is no longer given
    return StoredResponse(kept.status, kept.headers, body, frozenset((kept.case_numbers or "").split()))


def is_answered(session: Session, *, user_id: int, key: str, mark: str, seal: Encryptor) -> bool:
    """Tell, without writing, whether `claim` would find an answer; raise KeyReused for another body.

    For those who have costly work to do before they can claim.
    """
    known = session.scalars(
        select(StoredAnswer.fingerprint).where(StoredAnswer.user_id == user_id, StoredAnswer.key == key)
    ).first()
    if known is not None and seal.knows(known) and known not in (*seal.digests(mark), mark):
        raise KeyReused
    return known is not None


def store(session: Session, *, user_id: int, key: str, answer: StoredResponse, seal: Encryptor) -> None:
    """Keep a success under the claimed key, in the transaction of its effect."""
    session.execute(
        update(StoredAnswer)
        .where(StoredAnswer.user_id == user_id, StoredAnswer.key == key)
        .values(
            status=answer.status,
            headers=dict(answer.headers),
            sealed=seal.close(answer.body, _seal_context(user_id, key)),
            case_numbers=" ".join(sorted(answer.case_numbers)) or None,
        )
    )


def release(session: Session, *, user_id: int, key: str) -> None:
    """Release a claimed key: what was sent under it was not taken, and is judged anew."""
    session.execute(delete(StoredAnswer).where(StoredAnswer.user_id == user_id, StoredAnswer.key == key))


def delete_expired(session: Session, *, now: datetime) -> int:
    """Drop the answers older than 90 days; give how many."""
    result: CursorResult[Any] = session.execute(  # type: ignore[assignment]  # a DELETE always gives a cursor
        delete(StoredAnswer).where(StoredAnswer.claimed_at < now - RETENTION)
    )
    return result.rowcount


def delete_of_cases(session: Session, numbers: Sequence[str]) -> None:
    """Drop the answers that tell about some cases: they hold what was forgotten of them."""
    kept = literal(" ") + StoredAnswer.case_numbers + " "
    session.execute(delete(StoredAnswer).where(or_(*(kept.contains(f" {number} ") for number in numbers))))


def _seal_context(user_id: int, key: str) -> str:
    return f"{user_id}:{key}"
