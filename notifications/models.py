"""The tables of what people are told, and of how each telling fares."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from core.persistence.db import Base, UTCDateTime


class Notice(Base):
    """Something one user is told; the row itself is the entry in that user's inbox.

    `facts` holds codes and dates only; the words are made where they are read. `key` is unique, so that the
    same event told twice is one notice.
    """

    __tablename__ = "notices"
    __table_args__ = (
        CheckConstraint("length(key) > 0 AND length(kind) > 0", name="key_and_kind_present"),
        Index("ix_notices_user", "user_id", "id"),
        Index(
            "ix_notices_unread",
            "user_id",
            "id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    subject: Mapped[str] = mapped_column(index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Delivery(Base):
    """One notice on its way over one channel: the outbox (threats.md 3.6).

    `next_at` NULL means as soon as anybody looks. `dedupe_key` is what the receiver sees as the Message-ID,
    so that a repetition can be told from a new message.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        CheckConstraint("status IN ('pending', 'sending', 'sent', 'dead', 'dropped')", name="status"),
        CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="sent_has_a_time"),
        CheckConstraint(
            "status <> 'dead' OR (last_error IS NOT NULL AND length(last_error) > 0)",
            name="dead_has_a_reason",
        ),
        CheckConstraint("(status = 'sending') = (lease_by IS NOT NULL)", name="sending_has_a_worker"),
        CheckConstraint("(lease_by IS NULL) = (lease_until IS NULL)", name="lease_has_an_end"),
        CheckConstraint("attempts >= 0", name="attempts_not_negative"),
        CheckConstraint("length(address) > 0 AND length(dedupe_key) > 0", name="address_and_key_present"),
        Index(
            "ix_deliveries_open",
            "id",
            sqlite_where=text("status IN ('pending', 'sending')"),
            postgresql_where=text("status IN ('pending', 'sending')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"), index=True)
    channel: Mapped[str]
    address: Mapped[str]
    status: Mapped[str] = mapped_column(default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lease_by: Mapped[str | None]
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str | None]
    dedupe_key: Mapped[str] = mapped_column(unique=True)
