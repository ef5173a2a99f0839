"""Say in one sentence why a date is the date it is, in Chinese or English."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from core.clock import ONE_DAY
from workflow.due_dates import WORKING, due, follow, paused_days, unit_of
from workflow.working_days import SATURDAY, WorkingCalendar

#: Written out, for the names that Python gives follow the computer's language.
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

#: Sentence parts by language; dates and numbers are filled in as texts.
WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "wd": "自{start}起{days}个工作日",
        "cd": "自{start}起{days}天",
        "profile": "，按「{profile}」期限",
        "off": "{ranges}放假",
        "worked": "{days}调休上班",
        "shifted": "{raw}不上班，顺延至{date}",
        "extension": "延期至{date}",
        "notice": "放假通知录入后改为{date}",
        "escalation": "{start}上报，至少{length}，至{date}",
        "again": "{start}再次上报到这一级，期限不变，仍为{date}",
        "send_down": "{start}退回下级，扣回上报时给的时间，改为{date}",
        "merge": "{start}并案，取两件里早的日子，为{date}",
        "changed": "{start}起按「{profile}」期限，为{date}",
        "kept": "{start}起按「{profile}」期限，日子不往后推，仍为{date}",
        "raise": "{start}提级，至少{length}，至{date}",
        "suspension": "{start}至{until}中止计时{length}，顺延至{date}",
        "provisional": "{years}年的放假通知还没有录入，暂按周末推算",
        "length_wd": "{days}个工作日",
        "length_cd": "{days}天",
        "clause": "；",
        "part": "，",
        "and": "、",
    },
    "en": {
        "wd": "{days} working day{s} from {start}",
        "cd": "{days} calendar day{s} from {start}",
        "profile": ", by profile {profile}",
        "off": "{ranges} holiday",
        "worked": "{days} worked",
        "shifted": "{raw} is a day off, so {date}",
        "extension": "extended to {date}",
        "notice": "moved to {date} by a new calendar notice",
        "escalation": "escalated on {start}, at least {length}, so {date}",
        "again": "escalated to the same level again on {start}, which leaves {date}",
        "send_down": "sent down on {start}, which takes back the time of the escalation, so {date}",
        "merge": "merged on {start}, which takes the earlier date of the two, so {date}",
        "changed": "by profile {profile} from {start} on, so {date}",
        "kept": "by profile {profile} from {start} on, which makes nothing later, so still {date}",
        "raise": "raised on {start}, at least {length}, so {date}",
        "suspension": "stood still from {start} to {until} for {length}, so {date}",
        "provisional": "no notice for {years} yet, counted by weekends and statutory days (暂按周末推算)",
        "length_wd": "{days} working day{s}",
        "length_cd": "{days} calendar day{s}",
        "clause": "; ",
        "part": ", ",
        "and": " and ",
    },
}


def explain(
    basis: Mapping[str, Any],
    moves: Sequence[Mapping[str, Any]],
    calendar: WorkingCalendar,
    language: str,
    names: Mapping[str, str] | None = None,
) -> str:
    """Explain the date that `replay` gives: what it is counted from, days off on the way, and every change.

    Days are written without the year in which the clock began. `names` are what profiles are called by their
    code; a profile without a name is called by its code.
    """
    words = WORDS[language]
    start, base = date.fromisoformat(basis["start"]), due(basis, calendar)
    say = _Days(language, start.year)
    clauses = [_opening_clause(basis, words, say, names)]
    clauses += _on_the_way(basis, start, base, calendar, words, say)
    last = base
    for index, (move, after) in enumerate(follow(basis, moves, calendar)):
        unit = unit_of(basis, moves[:index])
        clauses.append(_change(move, last, after, unit, calendar, words, say, names))
        last = after
    open_years = [
        str(year) for year in range(start.year, max(base, last).year + 1) if year not in calendar.years
    ]
    if open_years:
        clauses.append(words["provisional"].format(years=words["and"].join(open_years)))
    return words["clause"].join(clauses)


class _Days:
    """Write days in a language, the year only when it is another one than at the start."""

    def __init__(self, language: str, year: int) -> None:
        self.language, self.year = language, year

    def one(self, day: date) -> str:
        if self.language == "zh":
            return f"{'' if day.year == self.year else f'{day.year}年'}{day.month}月{day.day}日"
        return f"{day.day} {MONTHS[day.month - 1]}{'' if day.year == self.year else f' {day.year}'}"

    def span(self, first: date, last: date) -> str:
        if first == last:
            return self.one(first)
        same_month = (first.year, first.month) == (last.year, last.month)
        if self.language == "zh":
            return f"{self.one(first)}至{f'{last.day}日' if same_month else self.one(last)}"
        return f"{first.day if same_month else self.one(first)}–{self.one(last)}"


def _opening_clause(
    basis: Mapping[str, Any],
    words: Mapping[str, str],
    say: _Days,
    names: Mapping[str, str] | None,
) -> str:
    start = say.one(date.fromisoformat(basis["start"]))
    text = words[basis["unit"]].format(start=start, days=basis["days"], s=_plural(basis["days"]))
    code = basis.get("profile")
    if code is None:
        return text
    return text + words["profile"].format(profile=(names or {}).get(code, code))


def _on_the_way(
    basis: Mapping[str, Any],
    start: date,
    base: date,
    calendar: WorkingCalendar,
    words: Mapping[str, str],
    say: _Days,
) -> list[str]:
    """Name what makes the count other than the plain week, or the end other than the plain sum."""
    if basis["unit"] != WORKING:
        raw = start + timedelta(days=basis["days"])
        return [] if raw == base else [words["shifted"].format(raw=say.one(raw), date=say.one(base))]
    days = [start + timedelta(days=offset) for offset in range(1, (base - start).days + 1)]
    off = [say.span(first, last) for first, last in _holidays(days, calendar)]
    worked = [say.one(day) for day in days if day.weekday() >= SATURDAY and calendar.is_working(day)]
    parts = []
    if off:
        parts.append(words["off"].format(ranges=words["and"].join(off)))
    if worked:
        parts.append(words["worked"].format(days=words["and"].join(worked)))
    return [words["part"].join(parts)] if parts else []


def _holidays(days: Iterable[date], calendar: WorkingCalendar) -> list[tuple[date, date]]:
    """Return the runs of days off that hold more than a plain weekend, first and last day of each."""
    runs: list[list[date]] = []
    for day in days:
        if calendar.is_working(day):
            continue
        if runs and runs[-1][-1] + ONE_DAY == day:
            runs[-1].append(day)
        else:
            runs.append([day])
    return [(run[0], run[-1]) for run in runs if any(_is_holiday(day, calendar) for day in run)]


def _is_holiday(day: date, calendar: WorkingCalendar) -> bool:
    return day.weekday() < SATURDAY or calendar.days.get(day) is False


def _change(
    move: Mapping[str, Any],
    before: date,
    after: date,
    unit: str,
    calendar: WorkingCalendar,
    words: Mapping[str, str],
    say: _Days,
    names: Mapping[str, str] | None,
) -> str:
    why = "again" if move.get("again") else move["why"]
    if why == "profile":
        why = "kept" if after == before else "changed"
    facts = {"date": say.one(after)}
    if why in ("again", "send_down", "changed", "kept", "merge"):
        facts["start"] = say.one(date.fromisoformat(move["on"]))
        code = move.get("profile", "")
        facts["profile"] = (names or {}).get(code, code)
    elif why in ("escalation", "raise"):
        facts["start"] = say.one(date.fromisoformat(move["start"]))
        facts["length"] = _length(move["days"], move["unit"], words)
    elif why == "suspension":
        facts["start"] = say.one(date.fromisoformat(move["on"]))
        facts["until"] = say.one(date.fromisoformat(move["until"]))
        facts["length"] = _length(paused_days(move, unit, calendar), unit, words)
    return words[why].format(**facts)


def _length(days: int, unit: str, words: Mapping[str, str]) -> str:
    return words[f"length_{unit}"].format(days=days, s=_plural(days))


def _plural(number: int) -> str:
    return "" if number == 1 else "s"
