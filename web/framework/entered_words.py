"""Say in words what was entered into a field of an action of the county's own, by what the field holds."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from core.i18n import mark as _
from web.framework.request_context import PageRequest

#: A field with what was entered into it.
ENTERED = _("{label}：{value}")


def entered_words(
    page_request: PageRequest, kind: str, value: Any, choices: Mapping[str, Mapping[str, str]]
) -> str:
    """Return what was entered; `choices` are the words of each choice by language, where there are any.

    A unit and a person are no such value: who may know of them decides how they are called.
    """
    if kind == "boolean":
        return page_request.translate(_("是") if value else _("否"))
    if kind == "choice":
        words = choices.get(value)
        return words[page_request.language] if words else str(value)
    if kind == "number":
        return format(Decimal(str(value)), "f")
    return page_request.day(value) if isinstance(value, date) else str(value)
