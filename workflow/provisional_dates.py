"""Say of a date that it reaches into a year without a notice, in one form wherever the date is written.

Source: domain.md section 2: such dates count weekends and statutory days, and say so wherever they are shown.
"""

from datetime import date

from core.i18n import Translate
from core.i18n import mark as _
from workflow.working_days import WorkingCalendar

#: What is said of such a date where it has a place of its own.
PROVISIONAL = _("暂按周末推算")
MARKED = _("{date}（暂按周末推算）")


def mark_provisional(text: str, *, provisional: bool, translate: Translate) -> str:
    """Return the words of a date, with what is to be said of one that a notice may still move."""
    return translate(MARKED).format(date=text) if provisional else text


def is_any_provisional(calendar: WorkingCalendar, *dates: date | None) -> bool:
    """Return whether a notice may still move one of some dates; where there is none, nothing moves."""
    return any(calendar.is_provisional(one) for one in dates if one is not None)
