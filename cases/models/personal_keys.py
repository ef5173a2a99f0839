"""The table of the keys that names and telephones are sealed with: their ids, never the keys themselves."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.persistence.db import Base, UTCDateTime


class PersonalKeyInUse(Base):
    """A key that something here may be sealed with; the database takes nothing under any other.

    `sealed_at` says since when everything is sealed with it, `replaced_at` that nothing is any more.
    """

    __tablename__ = "personal_keys"
    __table_args__ = (CheckConstraint("length(id) = 12", name="id_whole"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    used_from: Mapped[datetime] = mapped_column(UTCDateTime)
    sealed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    replaced_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
