"""The tables of the interface for programs: answers kept for repetition, and the heartbeat of readiness."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from core.persistence.db import Base, UTCDateTime


class StoredAnswer(Base):
    """The first answer to a submission, by the person and the key under which it was sent.

    The row is claimed at the beginning of the transaction and filled at its end, so that of two submissions
    under way with one key the second waits for the first; an error takes the claim back. The answer is
    sealed, because it may carry receipt codes, which the database must not hold (docs/decisions/0005).
    """

    __tablename__ = "kept_answers"
    __table_args__ = (
        CheckConstraint(
            "(status IS NULL AND headers IS NULL AND sealed IS NULL)"
            " OR (status IS NOT NULL AND headers IS NOT NULL AND sealed IS NOT NULL)",
            name="whole_or_claimed",
        ),
        CheckConstraint("status IS NULL OR status BETWEEN 200 AND 299", name="successes_only"),
        CheckConstraint("replays >= 0", name="replays_counted"),
        CheckConstraint("length(key) BETWEEN 1 AND 255", name="key_length"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    #: With spaces between; an answer is given again only while all of them may be seen.
    case_numbers: Mapped[str | None] = mapped_column("case_number")
    status: Mapped[int | None]
    headers: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    replays: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class Heartbeat(Base):
    """The one row that readiness writes: a write that commits is the only proof that writing works."""

    __tablename__ = "heartbeats"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    beat_at: Mapped[datetime] = mapped_column(UTCDateTime)
