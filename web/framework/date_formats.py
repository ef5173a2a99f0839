"""Say days, moments and deadlines in words, in the county's zone."""

from dataclasses import dataclass
from datetime import date, datetime

from core.clock import ONE_DAY
from core.i18n import Translate, mark_provisional
from core.i18n import mark as _
from workflow.working_days import SOON, WorkingCalendar

WEEKDAYS = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class DueBadge:
    """How long there is: a kind that decides shape and colour, the words, and the day itself."""

    kind: str
    words: str
    day: date | None = None


def day(value: date, *, today: date, language: str, translate: Translate, weekday: bool = False) -> str:
    """Write a day; this year without the year, as in 12月18日 周四."""
    if language == "zh":
        text = f"{value.month}月{value.day}日"
        text = text if value.year == today.year else f"{value.year}年{text}"
    else:
        text = f"{value.day} {MONTHS[value.month - 1]}"
        text = text if value.year == today.year else f"{text} {value.year}"
    return f"{text} {translate(WEEKDAYS[value.weekday()])}" if weekday else text


def deadline(
    value: date,
    *,
    today: date,
    language: str,
    translate: Translate,
    calendar: WorkingCalendar,
    weekday: bool = False,
) -> str:
    """Write the day of a deadline, and say of one in a year without a notice that it may still move."""
    text = day(value, today=today, language=language, translate=translate, weekday=weekday)
    return mark_provisional(text, provisional=calendar.is_provisional(value), translate=translate)


def clock(value: datetime) -> str:
    """Write the hour and minute of a moment in its own zone."""
    return f"{value.hour:02d}:{value.minute:02d}"


def time_left(due: date, *, today: date, calendar: WorkingCalendar, translate: Translate) -> DueBadge:
    """Say how long there is until a date: in working days, and past it in calendar days.

    Of a date that a notice may still move this is said, too.
    """
    kind, words = _time_left(due, today, calendar, translate)
    provisional = calendar.is_provisional(due)
    return DueBadge(kind, mark_provisional(words, provisional=provisional, translate=translate), due)


def _time_left(due: date, today: date, calendar: WorkingCalendar, translate: Translate) -> tuple[str, str]:
    if due < today:
        return "late", translate(_("超期 {n} 天")).format(n=(today - due).days)
    if due == today:
        return "soon", translate(_("今天到期"))
    number = calendar.between(today, due)
    if due == today + ONE_DAY:
        return "soon", translate(_("明天到期"))
    return "soon" if number <= SOON else "", translate(_("还剩 {n} 个工作日")).format(n=number)
