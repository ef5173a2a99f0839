"""The table of names that somebody wrote down for whom a matter is about."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from core.persistence.db import Base, UTCDateTime


class NamedWords(Base):
    """A name that is none of those offered; open until the team leader has settled whom it means.

    While one is open, nobody but team leader and auditor sees the case (domain.md section 1, Roles).
    """

    __tablename__ = "case_named_words"
    __table_args__ = (
        CheckConstraint("length(words) > 0", name="words_present"),
        Index(
            "ix_case_named_words_open",
            "case_id",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    words: Mapped[str]
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
