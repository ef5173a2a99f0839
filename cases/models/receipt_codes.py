"""The tables of what hangs on a receipt code: who has come to know it, and ratings that count for nothing."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cases.vocabulary import CONTENT_RATINGS
from core.persistence.db import Base, UTCDateTime, quoted


class CodeHolder(Base):
    """A unit in whose hands a code is: one of its users was shown it, or typed it (domain.md section 2).

    A new slip has a new digest, so nobody holds it but who made it.
    """

    __tablename__ = "code_holders"

    receipt_digest: Mapped[str] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    complainant_id: Mapped[int] = mapped_column(ForeignKey("complainants.id"))


class SelfRating(Base):
    """A good rating by a code that the handling unit knows (凭码自评): kept beside the case, in no rate."""

    __tablename__ = "self_ratings"
    __table_args__ = (
        CheckConstraint(f"rating IN ({quoted(CONTENT_RATINGS)})", name="content"),
        UniqueConstraint("complainant_id", "round", "case_id", name="uq_self_ratings_once_a_round"),
        Index("ix_self_ratings_case", "case_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    complainant_id: Mapped[int] = mapped_column(ForeignKey("complainants.id"))
    round: Mapped[int]
    rating: Mapped[str]
    words: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
