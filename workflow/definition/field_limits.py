"""Read what a field of a county's own step does not take, and whether villagers read what was entered."""

from collections.abc import Mapping
from typing import Any

from config.marked_text import NOTHING, MarkedText
from config.marked_text import mark as _
from config.reading import Table
from workflow.limits import LARGEST_NUMBER, LONGEST_TEXT

#: The limits that a field of each type can have.
LIMITS: Mapping[str, tuple[str, ...]] = {
    "text": ("shortest", "longest"),
    "date": ("not_in_future", "not_in_past"),
    "number": ("whole", "least", "most"),
}
PUBLIC = "public"
#: The types of what villagers can be told: no person, no unit beside those that have the matter, and no file.
PUBLIC_TYPES = ("text", "date", "choice", "number", "boolean")
#: All that is read here.
KEYS = (*(key for keys in LIMITS.values() for key in keys), PUBLIC)


def read_limits(table: Table, kind: str) -> dict[str, Any]:
    """Return the limits of a field of a type that the file sets; note what would limit nothing."""
    known = (*LIMITS.get(kind, ()), *((PUBLIC,) if kind in PUBLIC_TYPES else ()))
    for key in (key for key in KEYS if key in table.data and key not in known):
        facts = {"type": kind, "known": known or NOTHING}
        table.problem(MarkedText(_("{type} 类型的字段没有这一项；可以写：{known}"), facts), key)
    found: dict[str, Any] = {}
    for key in (key for key in known if key in table.data):
        if key in ("shortest", "longest"):
            found[key] = table.integer(key, least=1, most=LONGEST_TEXT)
        elif key in ("least", "most"):
            found[key] = table.number(key, most=LARGEST_NUMBER)
        elif table.boolean(key):
            found[key] = True
    _compare(table, found, "shortest", "longest")
    _compare(table, found, "least", "most")
    if "not_in_future" in found and "not_in_past" in found:
        table.problem(MarkedText(_("一起写，就只剩今天能填")), "not_in_past")
    return found


def _compare(table: Table, found: Mapping[str, Any], low: str, high: str) -> None:
    """Note two bounds between which nothing lies."""
    if low in found and high in found and found[low] > found[high]:
        facts = {"low": low, "high": high}
        table.problem(MarkedText(_("{low} 比 {high} 还大，什么都填不了"), facts), low)
