"""Know the statutory days off of a year whose notice has not come out yet.

Source: 全国年节及纪念日放假办法 as revised in November 2024, thirteen days a year. A statutory day that falls
on a weekend, or on another one (as 中秋 on 国庆 in 2028, 2031 and 2039), counts once: the day given instead
is for the notice to say.
"""

from datetime import date, timedelta
from functools import lru_cache

#: 元旦 1 January; 劳动节 1 and 2 May; 国庆节 1 to 3 October.
FIXED = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))

#: The first year of these thirteen days; a year before it had fewer, and its notice is known.
IN_FORCE_FROM = 2025

#: 除夕 and the first three days of 春节, counted from the first.
SPRING_FESTIVAL = (-1, 0, 1, 2)

#: 春节 (the first day), 清明, 端午, 中秋, as month and day; by the lunar calendar in Beijing time.
LUNAR: dict[int, tuple[tuple[int, int], tuple[int, int], tuple[int, int], tuple[int, int]]] = {
    2027: ((2, 6), (4, 5), (6, 9), (9, 15)),
    2028: ((1, 26), (4, 4), (5, 28), (10, 3)),
    2029: ((2, 13), (4, 4), (6, 16), (9, 22)),
    2030: ((2, 3), (4, 5), (6, 5), (9, 12)),
    2031: ((1, 23), (4, 5), (6, 24), (10, 1)),
    2032: ((2, 11), (4, 4), (6, 12), (9, 19)),
    2033: ((1, 31), (4, 4), (6, 1), (9, 8)),
    2034: ((2, 19), (4, 5), (6, 20), (9, 27)),
    2035: ((2, 8), (4, 5), (6, 10), (9, 16)),
    2036: ((1, 28), (4, 4), (5, 30), (10, 4)),
    2037: ((2, 15), (4, 4), (6, 18), (9, 24)),
    2038: ((2, 4), (4, 5), (6, 7), (9, 13)),
    2039: ((1, 24), (4, 5), (5, 27), (10, 2)),
    2040: ((2, 12), (4, 4), (6, 14), (9, 20)),
}


@lru_cache(maxsize=64)
def days_off(year: int) -> frozenset[date]:
    """Return the statutory days of a year; outside the lunar table only those with a fixed date."""
    days = {date(year, month, day) for month, day in FIXED}
    if year in LUNAR:
        spring, *others = LUNAR[year]
        first = date(year, *spring)
        days |= {first + timedelta(days=offset) for offset in SPRING_FESTIVAL}
        days |= {date(year, month, day) for month, day in others}
    return frozenset(days)
