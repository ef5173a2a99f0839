"""The tables of what is counted in advance: what each case counts for, and the sums by place and by day.

All of it follows from the cases, and `cases.statistics.tallies` keeps it so. For every case in `untallied`,
whoever reads sums takes off what it counts for in them, and counts the case itself (decision 0018).
"""

from datetime import date

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from cases.vocabulary import LAST_OUTCOMES
from core.persistence.db import Base

#: What a case may count for, nought or one; `rated` and `content` count those who raised it. An answered case
#: counts for exactly one of the outcomes.
COUNTS = (
    "received",
    "answered",
    "resolved",
    "open",
    "at_work",
    "overdue",
    "under_way",
    "judged",
    "on_time",
    "rated",
    "content",
    "taken_up",
    *(f"outcome_{outcome}" for outcome in LAST_OUTCOMES),
)


class Counted:
    """What can be counted, whatever the day is."""

    received: Mapped[int]
    answered: Mapped[int]
    resolved: Mapped[int]
    open: Mapped[int]
    at_work: Mapped[int]
    overdue: Mapped[int]
    under_way: Mapped[int]
    judged: Mapped[int]
    on_time: Mapped[int]
    rated: Mapped[int]
    content: Mapped[int]
    #: Open and looked after: not imported history that nobody has acted on.
    taken_up: Mapped[int] = mapped_column(server_default=text("0"))
    outcome_solved: Mapped[int] = mapped_column(server_default=text("0"))
    outcome_partly_solved: Mapped[int] = mapped_column(server_default=text("0"))
    outcome_planned: Mapped[int] = mapped_column(server_default=text("0"))
    outcome_explained: Mapped[int] = mapped_column(server_default=text("0"))
    outcome_referred: Mapped[int] = mapped_column(server_default=text("0"))
    outcome_rejected: Mapped[int] = mapped_column(server_default=text("0"))
    outcome_unreachable: Mapped[int] = mapped_column(server_default=text("0"))
    outcome_undecided: Mapped[int] = mapped_column(server_default=text("0"))


class TalliedCase(Counted, Base):
    """What a case counts for in the sums.

    After the day `late_after` it counts as overdue too, and no longer as under way; after `judged_after` it
    is known not to have been answered on time. Both are empty once the case itself says so.
    """

    __tablename__ = "tallied_cases"
    __table_args__ = (
        Index(
            "ix_tallied_cases_late",
            "late_after",
            sqlite_where=text("late_after IS NOT NULL"),
            postgresql_where=text("late_after IS NOT NULL"),
        ),
        Index(
            "ix_tallied_cases_judged",
            "judged_after",
            sqlite_where=text("judged_after IS NOT NULL"),
            postgresql_where=text("judged_after IS NOT NULL"),
        ),
    )

    case_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    village_id: Mapped[int]
    category: Mapped[str]
    received_on: Mapped[date]
    answered_on: Mapped[date | None]
    late_after: Mapped[date | None]
    judged_after: Mapped[date | None]


class Tally(Counted, Base):
    """The sums of the cases of one village and category."""

    __tablename__ = "tallies"

    village_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    category: Mapped[str] = mapped_column(primary_key=True)


class DailyTally(Base):
    """How many cases of a village were received on a day, and how many had their last answer on it."""

    __tablename__ = "daily_tallies"

    village_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    received: Mapped[int]
    answered: Mapped[int]


class Untallied(Base):
    """A case of which the sums do not know the last entry yet.

    A trigger writes a row for every entry of a history, and without an entry nothing of a case can change
    (decision 0006). Rows are only added and taken away, so that nobody waits for anybody.
    """

    __tablename__ = "untallied"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    case_id: Mapped[int] = mapped_column(index=True)
