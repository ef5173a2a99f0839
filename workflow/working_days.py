"""Count working days as the State Council's notices set them, with make-up days at work (调休)."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import NamedTuple

import chinese_calendar

from core.clock import ONE_DAY
from workflow import statutory_holidays

#: Working days up to which a date is due soon.
SOON = 2
SATURDAY = 5

#: What the calendar says of where its years come from, when they came with the program.
SOURCE = "State Council, by chinesecalendar"

#: The names of the library in the words of the notices.
NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利七十周年纪念日",
}


@dataclass(frozen=True)
class WorkingCalendar:
    """The days that differ from the plain week, and the years whose notice is known.

    `days` maps a day to whether people work on it. In other years weekends and the statutory days are off,
    and `is_provisional` says so of each of their days.
    """

    days: Mapping[date, bool] = field(repr=False)
    years: frozenset[int]
    _counted: dict[int, list[date]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def is_working(self, day: date) -> bool:
        """Return whether people work on a day."""
        known = self.days.get(day)
        if known is not None:
            return known
        if day.weekday() >= SATURDAY:
            return False
        return day.year in self.years or day not in statutory_holidays.days_off(day.year)

    def is_provisional(self, day: date) -> bool:
        """Return whether a day lies in a year without a notice, so that it may change (暂按周末推算)."""
        return day.year not in self.years

    def is_any_provisional(self, *days: date | None) -> bool:
        """Return whether one of some dates may still change; where there is none, nothing changes."""
        return not self.years.issuperset({day.year for day in days if day is not None})

    def add(self, day: date, number: int) -> date:
        """Return the working day that is so many after a day, or before it when the number is negative.

        Day 1 is the first working day after; no days give the day itself, working or not.
        """
        if number == 0:
            return day
        year, days = day.year, self._working(day.year)
        place = bisect_right(days, day) + number - 1 if number > 0 else bisect_left(days, day) + number
        while place < 0:
            year, days = year - 1, self._working(year - 1)
            place += len(days)
        while place >= len(days):
            place -= len(days)
            year, days = year + 1, self._working(year + 1)
        return days[place]

    def between(self, start: date, end: date) -> int:
        """Count the working days after `start` up to and with `end`; negative when `end` comes first."""
        if end < start:
            return -self.between(end, start)
        years = (self._working(year) for year in range(start.year, end.year + 1))
        return sum(bisect_right(days, end) - bisect_right(days, start) for days in years)

    def _working(self, year: int) -> list[date]:
        """Return the working days of a year in order, made once: every date of every case asks for some.

        Raises OverflowError for a year that no date can be in.
        """
        if year not in self._counted:
            if not MINYEAR <= year <= MAXYEAR:
                raise OverflowError("date value out of range")
            first = date(year, 1, 1)
            length = (date(year, 12, 31) - first).days + 1
            days = (first + timedelta(days=offset) for offset in range(length))
            self._counted[year] = [day for day in days if self.is_working(day)]
        return self._counted[year]

    def next_working(self, day: date) -> date:
        """Return the day itself when it is a working day, else the first one after it."""
        while not self.is_working(day):
            day += ONE_DAY
        return day


def missing_statutory_days(year: int, named: Mapping[date, bool]) -> list[date]:
    """Return the statutory days on which people would be at work by a notice, in order.

    `named` maps the days that the notice names to whether people work on them. A statutory day on a weekend
    is off without being named, unless the notice has people work on it.
    """
    if year < statutory_holidays.IN_FORCE_FROM:
        return []
    notice = WorkingCalendar(named, frozenset({year}))
    return [day for day in sorted(statutory_holidays.days_off(year)) if notice.is_working(day)]


class Seed(NamedTuple):
    """What a calendar begins with: the years whose notice is known and their days, each with its name."""

    years: frozenset[int]
    days: list[tuple[date, bool, str]]

    def with_days(self, years: Iterable[int], days: Iterable[tuple[date, bool, str]]) -> "Seed":
        """Add years and days of the county's own; a day given here overrides the one that was there."""
        merged = {row[0]: row for row in self.days}
        merged.update({row[0]: row for row in days})
        return Seed(self.years | frozenset(years), sorted(merged.values()))

    def calendar(self) -> WorkingCalendar:
        """Return the calendar of exactly these days."""
        return WorkingCalendar({day: working for day, working, _ in self.days}, self.years)


def seed() -> Seed:
    """Return every year and day that the library chinesecalendar knows from the notices."""
    off = chinese_calendar.constants.holidays
    made_up = chinese_calendar.constants.workdays
    days = [(day, False, NAMES[name]) for day, name in off.items()]
    days += [(day, True, f"{NAMES[name]}调休") for day, name in made_up.items()]
    return Seed(frozenset(day.year for day in off), sorted(days))
