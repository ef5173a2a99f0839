"""The table of households."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.persistence.db import Base


class Household(Base):
    """A household of the register (户册); its key, as in `YY-03-017`, is never used again.

    A household that moved out or was merged keeps its row, with the day and the household that followed it.
    """

    __tablename__ = "households"
    __table_args__ = (
        UniqueConstraint("village_id", "group_no", "number"),
        CheckConstraint(
            "group_no BETWEEN 1 AND 999 AND number BETWEEN 1 AND 99999", name="numbers_start_at_one"
        ),
        CheckConstraint("length(key) > 0 AND length(head) > 0", name="key_and_head_present"),
        CheckConstraint("people IS NULL OR people BETWEEN 0 AND 99", name="people_plausible"),
        CheckConstraint("successor_id IS NULL OR successor_id <> id", name="successor_is_another"),
        CheckConstraint("active = (moved_out_on IS NULL)", name="inactive_has_a_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("areas.id"))
    group_no: Mapped[int]
    number: Mapped[int]
    head: Mapped[str]
    phone: Mapped[str | None]
    people: Mapped[int | None]
    note: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    moved_out_on: Mapped[date | None]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("households.id"))
