"""The table of the numbers given out in each village and year."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.persistence.db import Base


class NumberSerial(Base):
    """How many numbers were given out in a village and year to matters that name nobody.

    They are the serials from `begins_at` on that are not kept back (`cases.intake.numbering`), as `slot_key`
    decides. While there is no such key `value` is the last serial, above which they begin.
    """

    __tablename__ = "number_serials"

    village_id: Mapped[int] = mapped_column(ForeignKey("areas.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int]
    begins_at: Mapped[int] = mapped_column(default=1, server_default="1")
    slot_key: Mapped[str | None]
