"""Ask for a code of a telephone's authenticator beside the password (RFC 6238), once for each code.

The shared secret is sealed under a key outside the database. The last step accepted is remembered, for pyotp
by itself takes a code twice: what was seen over a shoulder opens nothing.
"""

from datetime import datetime

import pyotp
from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.access.actor import Actor
from accounts.history import record
from accounts.models import User
from core.chain import Chain
from core.encryption import Encryptor
from core.errors import Invalid
from core.persistence.db import Base, UTCDateTime

ISSUER = "回音"
STEP_SECONDS = 30
#: What every authenticator gives.
DIGITS = 6
#: How many steps a telephone's clock may be off, to either side.
OFF_BY = 1


class SecondFactor(Base):
    """What a person's authenticator shares with the server; `since` is empty until it gave its first code."""

    __tablename__ = "second_factors"
    __table_args__ = (CheckConstraint("last_step >= 0", name="last_step_not_negative"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    sealed: Mapped[bytes]
    last_step: Mapped[int]
    since: Mapped[datetime | None] = mapped_column(UTCDateTime)


def propose(session: Session, *, user_id: int, seal: Encryptor) -> str:
    """Make a secret for a person who has none in use, and give it; it counts once a code was given back."""
    row = session.get(SecondFactor, user_id)
    secret = pyotp.random_base32()
    sealed = seal.close(secret.encode("ascii"), _seal_context(user_id))
    if row is None:
        session.add(SecondFactor(user_id=user_id, sealed=sealed, last_step=0, since=None))
    elif row.since is None:
        row.sealed, row.last_step = sealed, 0
    else:
        raise Invalid({"code": ["second_factor_in_use"]})
    return secret


def is_set(session: Session, *, user_id: int) -> bool:
    """Return whether a person's sign-in asks for a code."""
    row = session.get(SecondFactor, user_id)
    return row is not None and row.since is not None


def proposed(session: Session, *, user_id: int, seal: Encryptor) -> str | None:
    """Return the secret that waits for its first code, or None."""
    row = session.get(SecondFactor, user_id)
    return _secret(row, seal) if row is not None and row.since is None else None


def provisioning_uri(secret: str, username: str) -> str:
    """Return the address that an authenticator reads from the picture."""
    made: str = pyotp.TOTP(secret, digits=DIGITS).provisioning_uri(name=username, issuer_name=ISSUER)
    return made


def accept(session: Session, *, user_id: int, code: str, seal: Encryptor, now: datetime) -> bool:
    """Return whether a code is right and was not given before; if so it is used up."""
    row = session.scalars(
        select(SecondFactor).where(SecondFactor.user_id == user_id).with_for_update()
    ).one_or_none()
    secret = _secret(row, seal) if row is not None else None
    plain = "".join(code.split())
    if row is None or secret is None or not (plain.isascii() and plain.isdigit() and len(plain) == DIGITS):
        return False
    step = int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret, digits=DIGITS)
    for one in range(step - OFF_BY, step + OFF_BY + 1):
        if one > row.last_step and pyotp.utils.strings_equal(plain, totp.generate_otp(one)):
            row.last_step = one
            return True
    return False


def confirm(
    session: Session, *, actor: Actor, chain: Chain, code: str, seal: Encryptor, now: datetime
) -> None:
    """Take a proposed secret into use by its first code; raise Invalid for a wrong one."""
    user_id = actor.user_id
    if user_id is None or not accept(session, user_id=user_id, code=code, seal=seal, now=now):
        raise Invalid({"code": ["wrong_code"]})
    session.get_one(SecondFactor, user_id).since = now
    _record(session, chain, actor, user_id, "second_factor_set", now)


def remove(session: Session, *, actor: Actor, chain: Chain, user_id: int, now: datetime) -> None:
    """Take a person's second factor away, as when the telephone is lost; nothing happens without one.

    Who may is for the caller to say.
    """
    row = session.get(SecondFactor, user_id)
    if row is not None:
        session.delete(row)
        _record(session, chain, actor, user_id, "second_factor_removed", now)


def _secret(row: SecondFactor, seal: Encryptor) -> str | None:
    opened = seal.open(row.sealed, _seal_context(row.user_id))
    return opened.decode("ascii") if opened is not None else None


def _seal_context(user_id: int) -> str:
    return f"second factor {user_id}"


def _record(session: Session, chain: Chain, actor: Actor, user_id: int, action: str, now: datetime) -> None:
    record(
        session,
        chain=chain,
        subject_kind="user",
        subject_id=user_id,
        action=action,
        actor=actor,
        facts={},
        now=now,
        row=session.get_one(User, user_id),
    )
