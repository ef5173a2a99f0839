"""Say days, moments and deadlines in words, in the county's zone."""

from dataclasses import dataclass
from datetime import date, datetime

from core.clock import ONE_DAY
from core.i18n import Translate
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


def clock(value: datetime) -> str:
    """Write the hour and minute of a moment in its own zone."""
    return f"{value.hour:02d}:{value.minute:02d}"


def time_left(due: date, *, today: date, calendar: WorkingCalendar, translate: Translate) -> DueBadge:
    """Say how long there is until a date: in working days, and past it in calendar days."""
    if due < today:
        return DueBadge("late", translate(_("超期 {n} 天")).format(n=(today - due).days), due)
    if due == today:
        return DueBadge("soon", translate(_("今天到期")), due)
    number = calendar.between(today, due)
    if due == today + ONE_DAY:
        return DueBadge("soon", translate(_("明天到期")), due)
    words = translate(_("还剩 {n} 个工作日")).format(n=number)
    return DueBadge("soon" if number <= SOON else "", words, due)
