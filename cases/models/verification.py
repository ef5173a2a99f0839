"""The table of what each nightly check of the records found."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.persistence.db import Base, UTCDateTime


class VerificationRun(Base):
    """One nightly check: how far back it looked, at how many cases, and what it found.

    `findings` holds the first of them, each with its rule, the number of its case if it is one's, and what is
    wrong; `found` says how many there were.
    """

    __tablename__ = "verification_runs"
    __table_args__ = (CheckConstraint("looked_at >= 0 AND found >= 0", name="counts_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_at: Mapped[datetime] = mapped_column(UTCDateTime)
    since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    looked_at: Mapped[int]
    found: Mapped[int]
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
