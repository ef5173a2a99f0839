"""Working days follow the notices where there is one, and never raise where there is none."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow import statutory_holidays
from workflow.working_days import WorkingCalendar, missing_statutory_days, seed

CALENDAR = seed().calendar()
DAYS = st.dates(date(2003, 1, 1), date(2045, 12, 31))
FEW = st.integers(1, 40)


@pytest.mark.parametrize("year", range(2004, 2027))
def test_every_day_of_a_year_with_a_notice_is_as_the_library_says(year: int) -> None:
    day = date(year, 1, 1)
    while day.year == year:
        assert CALENDAR.is_working(day) == chinese_calendar.is_workday(day), day
        assert not CALENDAR.is_provisional(day)
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("start", "number", "end"),
    [
        (date(2012, 1, 12), 7, date(2012, 1, 21)),
        (date(2012, 1, 12), 15, date(2012, 2, 7)),
        (date(2026, 2, 5), 7, date(2026, 2, 14)),
        (date(2026, 3, 2), 3, date(2026, 3, 5)),
        (date(2026, 3, 6), 1, date(2026, 3, 9)),
        (date(2026, 2, 15), 1, date(2026, 2, 24)),
        (date(2026, 9, 30), -2, date(2026, 9, 28)),
        (date(2026, 2, 24), -2, date(2026, 2, 13)),
        (date(2026, 3, 7), 0, date(2026, 3, 7)),
    ],
)
def test_days_are_counted_over_holidays_and_make_up_days(start: date, number: int, end: date) -> None:
    assert CALENDAR.add(start, number) == end


@given(DAYS, FEW)
def test_counting_ends_on_a_working_day(day: date, number: int) -> None:
    assert CALENDAR.is_working(CALENDAR.add(day, number))
    assert CALENDAR.is_working(CALENDAR.add(day, -number))


@given(DAYS, FEW)
def test_what_is_between_is_what_was_added(day: date, number: int) -> None:
    assert CALENDAR.between(day, CALENDAR.add(day, number)) == number


@given(DAYS, FEW)
def test_counting_back_from_a_working_day_comes_to_where_it_began(day: date, number: int) -> None:
    day = CALENDAR.next_working(day)
    assert CALENDAR.add(CALENDAR.add(day, number), -number) == day


@given(DAYS, DAYS, FEW)
def test_who_begins_later_never_ends_earlier(first: date, second: date, number: int) -> None:
    first, second = sorted((first, second))
    assert CALENDAR.add(first, number) <= CALENDAR.add(second, number)


@given(DAYS, FEW)
def test_one_day_more_ends_later(day: date, number: int) -> None:
    assert CALENDAR.add(day, number) < CALENDAR.add(day, number + 1)


@given(DAYS, st.integers(-400, 400))
def test_between_is_the_same_both_ways_but_for_the_sign(day: date, offset: int) -> None:
    other = day + timedelta(days=offset)
    assert CALENDAR.between(day, other) == -CALENDAR.between(other, day)


@given(DAYS)
def test_the_next_working_day_is_the_day_itself_or_the_first_after(day: date) -> None:
    found = CALENDAR.next_working(day)
    assert found == (day if CALENDAR.is_working(day) else CALENDAR.add(day, 1))


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)))
def test_no_year_raises_and_a_year_without_a_notice_says_so(day: date) -> None:
    assert CALENDAR.add(day, 3) > day
    assert CALENDAR.is_provisional(day) == (not 2004 <= day.year <= 2026)


@pytest.mark.parametrize(
    "day",
    [
        date(2027, 1, 1),
        date(2027, 2, 5),
        date(2027, 2, 8),
        date(2027, 4, 5),
        date(2027, 6, 9),
        date(2027, 9, 15),
        date(2027, 10, 1),
        date(2034, 2, 21),
        date(2041, 5, 1),
    ],
)
def test_a_year_without_a_notice_has_its_statutory_days_off(day: date) -> None:
    assert not CALENDAR.is_working(day)


@pytest.mark.parametrize("day", [date(2027, 2, 4), date(2027, 2, 9), date(2027, 5, 3), date(2027, 10, 4)])
def test_a_year_without_a_notice_works_on_every_other_weekday(day: date) -> None:
    assert CALENDAR.is_working(day)


@pytest.mark.parametrize("year", range(2027, 2041))
def test_the_statutory_days_are_thirteen_but_for_those_that_coincide(year: int) -> None:
    coinciding = {2028, 2031, 2039}
    assert len(statutory_holidays.days_off(year)) == (12 if year in coinciding else 13)


def test_the_statutory_days_of_a_noticed_year_are_all_in_its_notice() -> None:
    fixed = statutory_holidays.days_off(2026)
    assert not any(CALENDAR.is_working(day) for day in fixed)


def test_days_of_the_county_override_the_notice() -> None:
    closed = date(2026, 3, 3)
    ours = seed().with_days([], [(closed, False, "洪水停工")]).calendar()
    assert CALENDAR.is_working(closed)
    assert not ours.is_working(closed)


def test_entering_a_notice_ends_the_guessing() -> None:
    ours = seed().with_days([2027], [(date(2027, 2, 9), False, "春节"), (date(2027, 2, 14), True, "调休")])
    calendar = ours.calendar()
    assert not calendar.is_provisional(date(2027, 2, 9))
    assert not calendar.is_working(date(2027, 2, 9))
    assert calendar.is_working(date(2027, 2, 14))
    assert calendar.is_working(date(2027, 2, 8)), "only what the notice says is off"


def test_a_calendar_without_any_row_counts_the_plain_week() -> None:
    empty = WorkingCalendar({}, frozenset({2030}))
    assert empty.add(date(2030, 1, 4), 1) == date(2030, 1, 7)


def test_the_seed_names_its_days_in_the_words_of_the_notices() -> None:
    named = {day: name for day, _, name in seed().days}
    assert named[date(2026, 2, 17)] == "春节"
    assert named[date(2026, 2, 14)] == "春节调休"


@pytest.mark.parametrize(
    ("year", "named", "missing"),
    [
        (2027, {}, [(1, 1), (2, 5), (2, 8), (4, 5), (6, 9), (9, 15), (10, 1)]),
        (2027, {(10, 2): True}, [(1, 1), (2, 5), (2, 8), (4, 5), (6, 9), (9, 15), (10, 1), (10, 2)]),
        (2027, {(1, 1): False, (2, 5): False}, [(2, 8), (4, 5), (6, 9), (9, 15), (10, 1)]),
        (2024, {}, []),
    ],
)
def test_the_statutory_days_that_a_notice_leaves_out_are_named(
    year: int, named: dict[tuple[int, int], bool], missing: list[tuple[int, int]]
) -> None:
    given_days = {date(year, *day): working for day, working in named.items()}
    assert missing_statutory_days(year, given_days) == [date(year, *day) for day in missing]


@pytest.mark.parametrize("year", [2025, 2026])
def test_no_notice_that_came_out_leaves_a_statutory_day_out(year: int) -> None:
    named = {day: working for day, working, _ in seed().days if day.year == year}
    assert missing_statutory_days(year, named) == []
