"""Ask for a code of a telephone's authenticator beside the password (RFC 6238), once for each code.

The shared secret is sealed under a key outside the database. The last step accepted is remembered, for pyotp
by itself takes a code twice: what was seen over a shoulder opens nothing.
"""

from datetime import datetime, timedelta

import pyotp
from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.access.actor import Actor
from accounts.history import record_user
from accounts.models import User
from accounts.sign_in import sign_ins
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
#: How long a secret waits for its first code.
WAITS = timedelta(minutes=15)


class SecondFactor(Base):
    """What a person's authenticator shares with the server; `since` is empty until it gave its first code.

    `proposed` is a secret that waits for its first code, until `proposed_until` and in the one sign-in
    `proposed_in` alone: whoever comes upon another device that was left signed in neither reads nor uses it.
    """

    __tablename__ = "second_factors"
    __table_args__ = (CheckConstraint("last_step >= 0", name="last_step_not_negative"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    sealed: Mapped[bytes]
    last_step: Mapped[int]
    since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    proposed: Mapped[bytes | None]
    proposed_in: Mapped[int | None]
    proposed_until: Mapped[datetime | None] = mapped_column(UTCDateTime)


def propose(session: Session, *, user_id: int, sign_in_id: int, seal: Encryptor, now: datetime) -> str:
    """Make a secret for a person and give it; it counts once a code was given back in the same sign-in.

    Until then a secret in use stays in use. That the person knows the password is for the caller to ask.
    """
    row = session.get(SecondFactor, user_id)
    secret = pyotp.random_base32()
    sealed = seal.close(secret.encode("ascii"), _seal_context(user_id))
    if row is None:
        row = SecondFactor(user_id=user_id, sealed=sealed, last_step=0, since=None)
        session.add(row)
    row.proposed, row.proposed_in, row.proposed_until = sealed, sign_in_id, now + WAITS
    return secret


def is_set(session: Session, *, user_id: int) -> bool:
    """Return whether a person's sign-in asks for a code."""
    row = session.get(SecondFactor, user_id)
    return row is not None and row.since is not None


def proposed(
    session: Session, *, user_id: int, sign_in_id: int, seal: Encryptor, now: datetime
) -> str | None:
    """Return the secret that waits in this sign-in for its first code, or None."""
    row = session.get(SecondFactor, user_id)
    return _proposed(row, sign_in_id, seal, now) if row is not None else None


def provisioning_uri(secret: str, username: str) -> str:
    """Return the address that an authenticator reads from the picture."""
    made: str = pyotp.TOTP(secret, digits=DIGITS).provisioning_uri(name=username, issuer_name=ISSUER)
    return made


def accept(session: Session, *, user_id: int, code: str, seal: Encryptor, now: datetime) -> bool:
    """Return whether a code is right and was not given before; if so it is used up."""
    row = _locked(session, user_id)
    if row is None or row.since is None:
        return False
    step = _step_of(code, _opened(row.sealed, user_id, seal), row.last_step, now)
    row.last_step = step or row.last_step
    return step is not None


def confirm(
    session: Session,
    *,
    actor: Actor,
    chain: Chain,
    sign_in_id: int,
    code: str,
    seal: Encryptor,
    now: datetime,
) -> None:
    """Take a proposed secret into use by its first code, instead of one in use; every other sign-in ends.

    Raises Invalid for a wrong code, and where no secret waits in this sign-in.
    """
    user_id = actor.user_id or 0
    row = _locked(session, user_id)
    secret = _proposed(row, sign_in_id, seal, now) if row is not None else None
    step = _step_of(code, secret, 0, now)
    if row is None or row.proposed is None or step is None:
        raise Invalid({"code": ["wrong_code"]})
    row.sealed, row.last_step, row.since = row.proposed, step, now
    row.proposed = row.proposed_in = row.proposed_until = None
    sign_ins.end_all(session, user_id=user_id, now=now, but=sign_in_id)
    record_user(session, chain, session.get_one(User, user_id), "second_factor_set", actor, {}, now)


def remove(
    session: Session, *, actor: Actor, chain: Chain, user_id: int, now: datetime, stays: int | None = None
) -> None:
    """Take a person's second factor away, as when the telephone is lost; every sign-in ends but `stays`.

    Without one nothing changes but the sign-ins. Who may is for the caller to say.
    """
    sign_ins.end_all(session, user_id=user_id, now=now, but=stays)
    row = session.get(SecondFactor, user_id)
    if row is not None:
        session.delete(row)
        user = session.get_one(User, user_id)
        record_user(session, chain, user, "second_factor_removed", actor, {}, now)


def _locked(session: Session, user_id: int) -> SecondFactor | None:
    """Return a person's second factor, which stays locked until the end: no code counts twice."""
    return session.scalars(
        select(SecondFactor).where(SecondFactor.user_id == user_id).with_for_update()
    ).one_or_none()


def _proposed(row: SecondFactor, sign_in_id: int, seal: Encryptor, now: datetime) -> str | None:
    """Return the secret that waits in a sign-in, unless it waited for too long."""
    waits = row.proposed_until is not None and now < row.proposed_until <= now + WAITS
    here = waits and row.proposed_in == sign_in_id
    return _opened(row.proposed, row.user_id, seal) if here and row.proposed is not None else None


def _step_of(code: str, secret: str | None, last: int, now: datetime) -> int | None:
    """Return the step, after the last one, whose code this is, or None."""
    plain = "".join(code.split())
    if secret is None or not (plain.isascii() and plain.isdigit() and len(plain) == DIGITS):
        return None
    totp, step = pyotp.TOTP(secret, digits=DIGITS), int(now.timestamp()) // STEP_SECONDS
    steps = range(max(step - OFF_BY, last + 1), step + OFF_BY + 1)
    return next((one for one in steps if pyotp.utils.strings_equal(plain, totp.generate_otp(one))), None)


def _opened(sealed: bytes, user_id: int, seal: Encryptor) -> str | None:
    opened = seal.open(sealed, _seal_context(user_id))
    return opened.decode("ascii") if opened is not None else None


def _seal_context(user_id: int) -> str:
    return f"second factor {user_id}"
