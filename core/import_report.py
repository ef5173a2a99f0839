"""Say what became of the rows of an imported sheet, and how to mend those that were refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.i18n import Translate
from core.i18n import mark as _

#: How to mend what can be wrong with any table; each import adds the words of its own.
HINTS: Mapping[str, str] = {
    "control_character": _("请删去看不见的控制字符，重新输入这一格"),
    "invisible_character": _("请删去看不见的字符，重新输入这一格"),
    "lone_surrogate": _("这一格有损坏的字符，请重新输入"),
    "more_than_one_line": _("请写成一行"),
    "not_a_number": _("请填写整数，例如 12"),
    "out_of_range": _("数字超出允许的范围，请核对"),
    "required": _("请填写这一格"),
    "row_repeated": _("与第 {other} 行重复，请保留一行"),
    "too_long": _("文字太长，请缩短"),
}


@dataclass(frozen=True)
class CellProblem:
    """What is wrong with one cell: the row as the sheet counts it, the column's heading, a code and facts."""

    row: int
    column: str
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass
class ImportReport:
    """How many rows made something new, changed something or said what is known, and which were refused."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: list[CellProblem] = field(default_factory=list)

    @property
    def refused(self) -> int:
        """Count the rows that were not taken over."""
        return len({problem.row for problem in self.problems})


def sentence(problem: CellProblem, hints: Mapping[str, str], translate: Translate) -> str:
    """Say in one sentence where the problem lies and how to mend it; `hints` are those of the import."""
    hint = translate(hints.get(problem.code) or HINTS[problem.code]).format(**problem.facts)
    return translate(_("第 {row} 行，「{column}」一列：{hint}")).format(
        row=problem.row, column=problem.column, hint=hint
    )
