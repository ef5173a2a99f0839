"""Lay the rates out as a table for people: words, fraction, per cent."""

from collections.abc import Mapping
from typing import Any

from core.i18n import Translate
from core.i18n import mark as _
from workflow.definition.vocabulary import CaseState

#: Fewer than this and a per cent says more than is known: the fraction stands instead (domain.md section 4).
FEW = 10

LABELS: Mapping[str, str] = {
    "answered": _("答复率"),
    "answered.reopened": _("其中重新办理"),
    "answered.unreachable": _("其中有人联系不上"),
    "on_time": _("按时答复率"),
    "on_time.extended": _("其中延期的"),
    "on_time.later_rounds": _("重新办理的轮次"),
    "resolved": _("办结率"),
    "closed": _("归档率"),
    "outcomes": _("结果"),
    "outcomes.solved": _("办好了"),
    "outcomes.partly_solved": _("办好一部分"),
    "outcomes.planned": _("排进计划"),
    "outcomes.explained": _("办不了，讲明"),
    "outcomes.referred": _("转到该管的地方"),
    "outcomes.rejected": _("不予受理"),
    "outcomes.unreachable": _("联系不上"),
    "outcomes.undecided": _("已告知，未办结"),
    "revisited": _("回访率"),
    "satisfied": _("满意率"),
    "in_hand": _("落实率"),
    "overdue": _("超期"),
}
UNITS: Mapping[str, str] = {"cases": _("件"), "complainants": _("人"), "households": _("{term.household}")}
UNCOUNTED: Mapping[str, str] = {
    CaseState.VOID: _("已作废"),
    CaseState.MERGED: _("已并案"),
    CaseState.WITHDRAWN: _("已撤回"),
}

Row = tuple[str, str, int, int, str]


def rows(result: Mapping[str, Any], translate: Translate) -> list[Row]:
    """Return a row for each rate and each part of it: words, code, numerator, denominator, share."""
    found: list[Row] = []
    for code, rate in result["rates"].items():
        found.append(_row(code, rate, translate))
        for part, shown in rate.get("parts", {}).items():
            found.append(_row(f"{code}.{part}", shown, translate))
    return found


def uncounted(result: Mapping[str, Any], translate: Translate) -> list[tuple[str, int]]:
    """Return the states that no rate counts, with how many cases are in each."""
    return [(translate(UNCOUNTED[state]), shown["count"]) for state, shown in result["uncounted"].items()]


def format_share(numerator: int, denominator: int) -> str:
    """Return the share as people read it: a per cent, the fraction when there are few, a dash when none."""
    if denominator == 0:
        return "—"
    if denominator < FEW:
        return f"{numerator}/{denominator}"
    return f"{100 * numerator / denominator:.1f} %"


def _row(code: str, rate: Mapping[str, Any], translate: Translate) -> Row:
    indent = "  " if "." in code else ""
    label = f"{indent}{translate(LABELS[code])} ({translate(UNITS[rate['counts']])})"
    return (
        label,
        code,
        rate["numerator"],
        rate["denominator"],
        format_share(rate["numerator"], rate["denominator"]),
    )
