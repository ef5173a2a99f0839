"""Offer beginnings of a reply, filled from the real owner and date; a person reads and changes them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.errors import Invalid
from core.i18n import mark as _
from web.framework import date_formats
from web.framework.request_context import PageRequest
from workflow.definition.vocabulary import Outcome


@dataclass(frozen=True)
class ReplyTemplate:
    """What the button says, the text, and the outcome that goes with it; an interim word has none."""

    words: str
    text: str
    outcome: str = ""


#: Blanks in 〔〕 are for the person to fill in.
PHRASES = (
    ReplyTemplate(
        _("办好了"), _("您反映的事，{unit}已在 {today} 办好：〔做了什么〕。请您看看。"), Outcome.SOLVED.value
    ),
    ReplyTemplate(
        _("排进计划"),
        _("您反映的事，{unit}已排进计划，〔哪天〕前办好，办好了再告诉您。"),
        Outcome.PLANNED.value,
    ),
    ReplyTemplate(
        _("讲明办不了"),
        _("您反映的事，{unit}去看过了。现在办不了，是因为〔为什么〕。您可以找〔哪里〕。"),
        Outcome.EXPLAINED.value,
    ),
    ReplyTemplate(_("正在办"), _("您反映的事，{unit}正在办，最迟 {due} 给您答复。")),
)
#: The blank of a day that is promised.
DUE = "{due}"
#: The very blanks, for a document has a number like 〔2026〕41 号.
BLANKS = frozenset(blank for phrase in PHRASES for blank in re.findall("〔[^〕]+〕", phrase.text))


def reply_templates(page_request: PageRequest, view: Mapping[str, Any]) -> list[ReplyTemplate]:
    """Return the phrases in the words of this case; what villagers read stays Chinese.

    One that promises a day is offered only where there is a day to promise.
    """
    if not view["owner_name"]:
        return []
    today = date_formats.day(page_request.today, today=page_request.today, language="zh", translate=str)
    facts = {"unit": view["owner_name"], "today": today}
    due = promised_day(view, page_request.today)
    if due is not None:
        facts["due"] = date_formats.deadline(
            due, today=page_request.today, language="zh", translate=str, calendar=page_request.calendar
        )
    return [
        ReplyTemplate(page_request.translate(one.words), one.text.format(**facts), one.outcome)
        for one in PHRASES
        if DUE not in one.text or due is not None
    ]


def promised_day(view: Mapping[str, Any], today: date) -> date | None:
    """Return the day by which whoever reads the words hears again, or None where none lies ahead.

    It is what the villager's own page says, the earliest of their reply dates that lies ahead; where all have
    passed or there is none, the handling date in force. Dates of triage and return visit promise nothing.
    """
    replies = [person["reply_due_on"] for person in view["complainants"] if person["reply_due_on"]]
    dates = [*sorted(replies), *([view["handling_due_on"]] if view["handling_due_on"] else [])]
    return next((day for day in dates if day > today), None)


def require_filled(values: Mapping[str, Any]) -> None:
    """Refuse words for villagers in which a blank was left.

    Raises Invalid `blank_left` under the field's name.
    """
    texts = {"text": values.get("text")}
    for index, said in enumerate(values.get("replies") or ()):
        texts[f"replies.{index}.text"] = said.get("text")
    wrong = {name: ["blank_left"] for name, text in texts.items() if text and any(b in text for b in BLANKS)}
    if wrong:
        raise Invalid(wrong)
