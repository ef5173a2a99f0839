"""Read the days of a notice as people type them, one holiday or day at work a line, and write them so."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from cases.deadlines.notice_days import NoticeDay
from config.county_days import LONGEST_HOLIDAY
from core.clock import ONE_DAY
from core.errors import Invalid
from core.text import plain, problem_of

MOST_LINES = 60
#: 10月1日, 10-1, 10/1 or 10.1, with the year in front where it is another one.
_DAY = r"(?:(?P<{0}y>\d{{4}})[-/.年])?(?P<{0}m>\d{{1,2}})[-/.月](?P<{0}d>\d{{1,2}})日?"
_LINE = re.compile(
    "^"
    + _DAY.format("a")
    + r"(?:\s*(?:至|到|~|—|–|-)\s*"
    + _DAY.format("b")
    + r")?\s*[,，:：]?\s+(?P<name>\S.*)$"
)


def read(year: int, holidays: str, working: str) -> list[NoticeDay]:
    """Return the days of both texts in order; raise Invalid that names the line which cannot be read."""
    found: dict[date, NoticeDay] = {}
    for field, text, at_work in (("holidays", holidays, False), ("working", working, True)):
        for number, line in _lines(field, text):
            for day in _days(year, field, number, line, at_work):
                if day.day in found:
                    raise Invalid({field: ["day_given_twice"]}, line=number, day=day.day.isoformat())
                found[day.day] = day
    return [found[day] for day in sorted(found)]


def written(year: int, days: Iterable[tuple[date, bool, str]]) -> tuple[str, str]:
    """Return the two texts that `read` reads: days off as ranges, and days at work."""
    holidays: list[tuple[date, date, str]] = []
    working: list[str] = []
    for day, at_work, name in days:
        if at_work:
            working.append(f"{_text(year, day)} {name}")
        elif holidays and holidays[-1][1] + ONE_DAY == day and holidays[-1][2] == name:
            holidays[-1] = (holidays[-1][0], day, name)
        else:
            holidays.append((day, day, name))
    off = [
        f"{_text(year, first)}{'' if first == last else '至' + _text(year, last)} {name}"
        for first, last, name in holidays
    ]
    return "\n".join(off), "\n".join(working)


def _lines(field: str, text: str) -> Iterator[tuple[int, str]]:
    if problem_of(text):
        raise Invalid({field: [problem_of(text) or ""]})
    lines = text.splitlines()
    if len(lines) > MOST_LINES:
        raise Invalid({field: ["too_long"]})
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield number, plain(line)


def _days(year: int, field: str, number: int, line: str, at_work: bool) -> list[NoticeDay]:
    match = _LINE.match(line)
    first = _day(match, "a", year) if match else None
    last = _day(match, "b", year) if match and match["bm"] else first
    if match is None or first is None or last is None or not 0 <= (last - first).days < LONGEST_HOLIDAY.days:
        raise Invalid({field: ["unreadable_line"]}, line=number)
    length = (last - first).days + 1
    return [
        NoticeDay(first + timedelta(days=offset), at_work, match["name"].strip()) for offset in range(length)
    ]


def _day(match: re.Match[str], which: str, year: int) -> date | None:
    try:
        return date(int(match[f"{which}y"] or year), int(match[f"{which}m"]), int(match[f"{which}d"]))
    except ValueError:
        return None


def _text(year: int, day: date) -> str:
    return f"{'' if day.year == year else f'{day.year}年'}{day.month}月{day.day}日"
