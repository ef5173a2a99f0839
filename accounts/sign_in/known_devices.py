"""Know a device again on which somebody was let in before, so that no stranger's tries can shut it out.

A device keeps a line for each who was let in on it: when, a name for the line, and a keyed digest over both
and the holder. Nothing of it is kept on the server, and nothing in it tells who the holder is. It lets nobody
in: it only says that tries of others are not counted against whoever shows it. It is worth nothing any more
as soon as the password, or the code, is another than the one that it was made for.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import User

LASTS = timedelta(days=90)
#: So many holders one device is known for; a computer in an office has several.
MOST_HOLDERS = 8
PURPOSE = b"known device"
#: Stands for all who sign in: a device on which any of them was let in, whoever comes in by it next.
ANYBODY_HERE = "anybody who signs in"
LINE, PART = "~", "."
LONGEST = 600


def holder_of_user(session: Session, *, username: str) -> str | None:
    """Return what a user's devices are tied to, the password with it; None for nobody who could sign in."""
    row = session.execute(
        select(User.id, User.password_hash).where(User.username == username, User.active)
    ).one_or_none()
    return f"user {row.id} {row.password_hash}" if row is not None and row.password_hash else None


def remember(keys: Sequence[bytes], kept: str, *, holder: str, now: datetime) -> str:
    """Return what a device that was known by `kept` keeps from now on: the holder first, for 90 days."""
    others = [line for line in _lines(kept) if _name_in(keys, line, holder, now) is None]
    issued, name = f"{int(now.timestamp()):x}", secrets.token_urlsafe(9)
    fresh = PART.join((issued, name, _digest(keys[0], issued, name, holder)))
    return LINE.join([fresh, *others][:MOST_HOLDERS])


def find(keys: Sequence[bytes], kept: str, *, holder: str, now: datetime) -> str | None:
    """Return the name by which a device is known for a holder; None where the holder was never let in."""
    return next((name for line in _lines(kept) if (name := _name_in(keys, line, holder, now))), None)


def _lines(kept: str) -> Iterator[str]:
    if len(kept) <= LONGEST and kept.isascii():
        yield from (line for line in kept.split(LINE)[:MOST_HOLDERS] if line.count(PART) == 2)


def _name_in(keys: Sequence[bytes], line: str, holder: str, now: datetime) -> str | None:
    issued, name, digest = line.split(PART)
    if not any(hmac.compare_digest(digest, _digest(key, issued, name, holder)) for key in keys):
        return None
    age = now - datetime.fromtimestamp(int(issued, 16), UTC)
    return name if timedelta(0) <= age + timedelta(seconds=1) and age < LASTS else None


def _digest(key: bytes, issued: str, name: str, holder: str) -> str:
    said = b"\n".join((PURPOSE, issued.encode(), name.encode(), holder.encode()))
    made = hmac.new(key, said, hashlib.sha256).digest()[:16]
    return base64.urlsafe_b64encode(made).decode("ascii").rstrip("=")
