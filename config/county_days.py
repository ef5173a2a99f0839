"""Read the days a county enters itself: a new year's notice, or days off and at work of its own."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from config.marked_text import MarkedText
from config.marked_text import mark as _
from config.reading import ConfigProblem, Table, document

LONGEST_HOLIDAY = timedelta(days=31)
#: From the middle of a year, the days that may stand in its notice: a month of the years around it too.
AROUND_A_YEAR = timedelta(days=214)


@dataclass(frozen=True)
class CalendarFile:
    """The days of one file of config/calendar; `year` and `notice` are set when it holds a year's notice."""

    name: str
    year: int | None
    notice: str
    days: tuple[tuple[date, bool, str], ...]


def read_days(folder: Path, problems: list[ConfigProblem]) -> tuple[CalendarFile, ...]:
    """Read every TOML file of the folder; a folder that is not there has none."""
    files = []
    seen: dict[date, str] = {}
    years: dict[int, str] = {}
    for file in sorted(folder.glob("*.toml")):
        table = document(file, problems).read()
        read_file = _calendar_file(table, file.name, seen)
        if read_file.year is not None:
            if read_file.year in years:
                facts = {"year": read_file.year, "file": years[read_file.year]}
                table.problem(MarkedText(_("{year} 年的放假通知在 {file} 里已经有了"), facts), "notice")
            years[read_file.year] = file.name
        files.append(read_file)
    return tuple(files)


def read_file(place: Path, problems: list[ConfigProblem]) -> CalendarFile:
    """Read one such file, wherever it lies."""
    return _calendar_file(document(place, problems).read(), place.name, {})


def _calendar_file(table: Table, name: str, seen: dict[date, str]) -> CalendarFile:
    table.only("notice", "holidays", "working")
    year, notice = None, ""
    if "notice" in table.data:
        row = table.table("notice")
        row.only("year", "name")
        year, notice = row.integer("year", least=2004, most=2100), row.text("name")
    days = []
    for row in table.rows("holidays"):
        row.only("from", "to", "name")
        days += [(day, False, row.text("name")) for day in _range(row)]
    for row in table.rows("working"):
        row.only("day", "name")
        day = row.day("day")
        days += [(day, True, row.text("name"))] if day is not None else []
    for day, _works, _name in days:
        if day in seen:
            table.problem(MarkedText(_("{day} 在 {file} 里已经有了"), {"day": day, "file": seen[day]}))
        if year is not None and abs(day - date(year, 7, 2)) > AROUND_A_YEAR:
            table.problem(MarkedText(_("{day} 不是 {year} 年的日子"), {"day": day, "year": year}), "notice")
        seen[day] = name
    return CalendarFile(name=name, year=year, notice=notice, days=tuple(days))


def _range(row: Table) -> list[date]:
    first, last = row.day("from"), row.day("to")
    if first is None or last is None:
        return []
    if not timedelta(0) <= last - first <= LONGEST_HOLIDAY:
        facts = {"most": LONGEST_HOLIDAY.days + 1}
        row.problem(MarkedText(_("一个假期是 1 到 {most} 天，先写第一天"), facts), "to")
        return []
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
