"""Offer beginnings of a reply, filled from the real owner and date; a person reads and changes them."""

from collections.abc import Mapping
from typing import Any

from core.i18n import mark as _
from web import days
from web.call import Visit

#: What the button says, and the text; blanks in 〔〕 are for the person to fill in.
PHRASES = (
    (_("办好了"), _("您反映的事，{unit}已在 {today} 办好：〔做了什么〕。请您看看。")),
    (_("排进计划"), _("您反映的事，{unit}已排进计划，〔哪天〕前办好，办好了再告诉您。")),
    (_("讲明办不了"), _("您反映的事，{unit}去看过了。现在办不了，是因为〔为什么〕。您可以找〔哪里〕。")),
    (_("正在办"), _("您反映的事，{unit}正在办，最迟 {due} 给您答复。")),
)


def phrases(visit: Visit, view: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give the words of each button and its text; what villagers read stays Chinese."""
    if not view["owner_name"]:
        return []
    due = view["handling_due_on"] or view["due_on"] or visit.today
    facts = {"unit": view["owner_name"], "today": _day(visit, visit.today), "due": _day(visit, due)}
    return [(visit.translate(words), text.format(**facts)) for words, text in PHRASES]


def _day(visit: Visit, value: Any) -> str:
    return days.day(value, today=visit.today, language="zh", translate=str)
