"""The tables of what was said, sent and filed about a case."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from cases.vocabulary import StandsFor
from core.persistence.db import Base, UTCDateTime, quoted
from workflow.definition.vocabulary import Rating

#: Bytes of a file that is taken, and letters of its name.
LARGEST_FILE_MB = 10
LARGEST_FILE = LARGEST_FILE_MB * 1024 * 1024
LONGEST_FILE_NAME = 255


class Reply(Base):
    """Words told to one complainant; an internal note is not a reply.

    `due_on` is the day by which a word was owed when it came; nothing says so of what is older.
    """

    __tablename__ = "replies"
    __table_args__ = (
        CheckConstraint("length(text) > 0", name="text_present"),
        Index("ix_replies_case", "case_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    complainant_id: Mapped[int] = mapped_column(ForeignKey("complainants.id"), index=True)
    round: Mapped[int]
    final: Mapped[bool]
    channel: Mapped[str]
    text: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    by_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    said_at: Mapped[datetime] = mapped_column(UTCDateTime)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_on: Mapped[date | None]


class CategoryAnswer(Base):
    """What was answered to one question when a matter was taken down; it stays as it is."""

    __tablename__ = "case_answers"
    __table_args__ = (CheckConstraint("length(key) > 0", name="key_present"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class ReturnVisit(Base):
    """A return visit (回访) to one complainant, in the villager's words."""

    __tablename__ = "return_visits"
    __table_args__ = (
        CheckConstraint(f"rating IN ({quoted(Rating)})", name="rating"),
        Index("ix_return_visits_case", "case_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    complainant_id: Mapped[int] = mapped_column(ForeignKey("complainants.id"), index=True)
    round: Mapped[int]
    heard: Mapped[bool]
    rating: Mapped[str]
    words: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Unreachable(Base):
    """The record of attempts that failed; it stands for a final reply or a return visit of its round."""

    __tablename__ = "unreachable_records"
    __table_args__ = (CheckConstraint(f"stands_for IN ({quoted(StandsFor)})", name="stands_for"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    complainant_id: Mapped[int] = mapped_column(ForeignKey("complainants.id"))
    round: Mapped[int]
    stands_for: Mapped[str]
    attempts: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    text: Mapped[str | None]


class ContactAttempt(Base):
    """One failed attempt to reach a complainant, counted on the day on which the server received it.

    It was made to tell the reply or to pay the return visit of its round: `stands_for` says which.
    """

    __tablename__ = "contact_attempts"
    __table_args__ = (CheckConstraint(f"stands_for IN ({quoted(StandsFor)})", name="stands_for"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    complainant_id: Mapped[int] = mapped_column(ForeignKey("complainants.id"), index=True)
    round: Mapped[int]
    stands_for: Mapped[str]
    mode: Mapped[str]
    words: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    received_on: Mapped[date]


class WrittenReport(Base):
    """A written report (书面汇报): without it nothing is escalated."""

    __tablename__ = "written_reports"
    __table_args__ = (CheckConstraint("length(number) > 0", name="number_present"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    number: Mapped[str]
    addressee: Mapped[str]
    to_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    sent_on: Mapped[date]
    answered_on: Mapped[date | None]


class AddedWords(Base):
    """What a villager added to their own words while the matter was open, through the receipt code."""

    __tablename__ = "added_words"
    __table_args__ = (CheckConstraint("length(text) > 0", name="text_present"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    complainant_id: Mapped[int] = mapped_column(ForeignKey("complainants.id"), index=True)
    text: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Note(Base):
    """An internal remark (记一笔), never shown to villagers."""

    __tablename__ = "case_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    text: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Attachment(Base):
    """A file that was sent in; it belongs to its sender until a case or an act refers to it."""

    __tablename__ = "attachments"
    __table_args__ = (
        CheckConstraint(f"size BETWEEN 1 AND {LARGEST_FILE}", name="size_within_limit"),
        CheckConstraint("length(sha256) = 64", name="sha256_whole"),
        CheckConstraint("media_type IN ('image/jpeg', 'image/png', 'application/pdf')", name="media_type"),
        CheckConstraint(f"length(name) BETWEEN 1 AND {LONGEST_FILE_NAME}", name="name_length"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    sha256: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    name: Mapped[str]
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
