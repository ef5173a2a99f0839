"""The table of who is signed in on which device, and how all the sign-ins of a person end."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, and_, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.persistence.db import Base, UTCDateTime


class SignIn(Base):
    """One device on which somebody is signed in; of its secret only the SHA-256 is kept.

    `half` is one that still waits for the second factor; `challenge` is the question that a passkey is to
    sign until `challenge_until`, once. `provider_proof` says, sealed, who came by the
    provider, `provider_strong` says that a second factor was given there, and `proved_at` is when the person
    last signed in there.
    """

    __tablename__ = "sign_ins"
    __table_args__ = (
        CheckConstraint("length(secret_hash) = 64", name="secret_hash_whole"),
        CheckConstraint("ends_at > created_at", name="ends_after_creation"),
        CheckConstraint("length(device) BETWEEN 1 AND 80", name="device_length"),
        Index("ix_sign_ins_user", "user_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    secret_hash: Mapped[str] = mapped_column(unique=True)
    device: Mapped[str]
    own_device: Mapped[bool]
    half: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    challenge: Mapped[bytes | None]
    challenge_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    provider_proof: Mapped[bytes | None] = mapped_column(deferred=True)  # no page but that of leaving asks
    provider_strong: Mapped[bool | None]
    proved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


@dataclass(frozen=True)
class ProviderProof:
    """What is kept of a sign-in at the provider: who it is, sealed, its strength, and when it was."""

    sealed: bytes
    strong: bool
    proved_at: datetime


def end_all(session: Session, *, user_id: int, now: datetime, but: int | None = None) -> None:
    """End every sign-in of a person, except one."""
    which = and_(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
    if but is not None:
        which = and_(which, SignIn.id != but)
    session.execute(update(SignIn).where(which).values(ended_at=now, provider_proof=None))
