"""The days that a notice of the State Council names, and what cannot be one of them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from cases.models.reference import CalendarDay
from core.errors import Invalid
from core.normalization.visibility import is_blank
from workflow import working_days

FIRST_YEAR, LAST_YEAR = 2000, 2100


DECEMBER = 12


@dataclass(frozen=True)
class NoticeDay:
    """A day as a notice names it: a holiday, or a weekend day at work (调休)."""

    day: date
    working: bool
    name: str


def validate_days(session: Session, year: int, days: Iterable[NoticeDay]) -> list[NoticeDay]:
    """Refuse days that cannot be of this year's notice."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid({"year": ["out_of_range"]})
    given = sorted(days, key=lambda one: one.day)
    errors: dict[str, list[str]] = {}
    for index, one in enumerate(given):
        before_it = one.day.year == year - 1 and one.day.month == DECEMBER
        if one.day.year != year and not before_it:
            errors[f"days.{index}.day"] = ["not_of_this_year"]
        elif is_blank(one.name):
            errors[f"days.{index}.name"] = ["required"]
        elif index and given[index - 1].day == one.day:
            errors[f"days.{index}.day"] = ["given_twice"]
        elif before_it and _is_of_another(session, year, one.day):
            errors[f"days.{index}.day"] = ["known_from_another_notice"]
    if errors:
        raise Invalid(errors)
    return given


def missing_statutory_days(year: int, days: Iterable[NoticeDay]) -> list[date]:
    """Return the statutory days on which people would be at work by the days of a notice."""
    return working_days.missing_statutory_days(year, {one.day: one.working for one in days})


def require_statutory_days(year: int, days: Iterable[NoticeDay], without: Collection[date]) -> None:
    """Refuse a notice with fewer days off than the statutory ones, but for those that were confirmed.

    A notice moves holidays and never takes one away: where one is missing, a line was left out, and every
    date that reaches over it would come too early. `without` are those that somebody confirmed are missing.
    """
    missing = [day for day in missing_statutory_days(year, days) if day not in without]
    if missing:
        text = " ".join(day.isoformat() for day in missing)
        raise Invalid({"days": ["statutory_days_missing"]}, missing=text)


def source_of(year: int) -> str:
    """Name the notice of a year as the rows of its days do."""
    return f"notice {year}"


def _is_of_another(session: Session, year: int, day: date) -> bool:
    known = session.get(CalendarDay, day)
    return known is not None and known.source != source_of(year)
