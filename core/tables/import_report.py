"""Say what became of the rows of an imported sheet, and how to mend those that were refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.marked_text import with_limits
from core.i18n import Translate
from core.i18n import mark as _
from core.tables.table import EXACT_DIGITS, ImportTable, RowPlace, SheetRow, order_of
from core.tables.writer import LONGEST_CELL, write_rows

WHY = _("怎么改")

#: How to mend what can be wrong with any table; each import adds the words of its own.
HINTS: Mapping[str, str] = {
    "cell_beyond_headings": _("{column} 列在表头之外，却有内容；请补上表头，或者移到该在的列、删去"),
    "control_character": _("请删去看不见的控制字符，重新输入这一格"),
    "invisible_character": _("请删去看不见的字符，重新输入这一格"),
    "day_in_text": _("这一格成了日期，不是文字；请把这一列设成文本，照原样重新输入"),
    "error_value": _("公式出错（{value}），读不到值；请改正公式，或者直接填写"),
    "fields_fewer": _("这一行只有 {fields} 格，表头有 {headings} 格；请对照表头补齐，空的也要留出来"),
    "fields_more": _("这一行有 {fields} 格，表头只有 {headings} 格；请检查是不是多了逗号，或者缺了引号"),
    "file_ends_in_row": _(
        "文件到这一行中间就断了（{fields} 格，表头有 {headings} 格），后面的行可能丢了；请重新导出"
    ),
    "formula_without_result": _("公式还没有算出结果；请用表格软件打开，保存一次，再导入"),
    "length_of_time": _("这一格是一段时间，读不出是什么；请照原样写成文字"),
    "lone_surrogate": _("这一格有损坏的字符，请重新输入"),
    "merged_columns": _("这一格与左边的格合并了，不知道算哪一列；请取消合并，分别填写"),
    "more_than_one_line": _("请写成一行"),
    "not_a_number": _("请填写整数，例如 12，逗号只写在每三位之间"),
    "not_a_phone": _("这不像电话号码；请只填电话号码，例如 13800002046 或 0834-1234567，没有就空着"),
    "number_too_long": with_limits(
        _("数字超过 {most} 位，表格已经改掉后面几位；请把这一列设成文本，重新输入"), most=EXACT_DIGITS
    ),
    "out_of_range": _("数字超出允许的范围，请核对"),
    "required": _("请填写这一格"),
    "row_repeated": _("与第 {other} 行重复，请保留一行"),
    "too_long": _("文字太长，请缩短"),
    "truth_value": _("这一格是真假值（TRUE 或 FALSE），不是文字；请把这一列设成文本，重新输入"),
}

REPEATED_ELSEWHERE = _("与工作表「{sheet}」第 {row} 行重复，请保留一行")


@dataclass(frozen=True)
class CellProblem:
    """What is wrong with one cell: where its row stands, the column's heading, a code and facts.

    Without a column it is the whole row.
    """

    row: RowPlace
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

    def add_unfit(self, table: ImportTable) -> None:
        """Add the rows of a table that could not be read as rows of it."""
        self.problems += [CellProblem(row.place, "", row.code, row.facts) for row in table.unfit]
        self.problems.sort(key=lambda problem: order_of(problem.row))

    @property
    def refused(self) -> int:
        """Count the rows that were not taken over."""
        return len({problem.row for problem in self.problems})


def sentence(problem: CellProblem, hints: Mapping[str, str], translate: Translate) -> str:
    """Say in one sentence where the problem lies and how to mend it; `hints` are those of the import."""
    _ = translate
    facts = dict(problem.facts)
    words = hints.get(problem.code) or HINTS[problem.code]
    other = facts.get("other")
    if isinstance(other, SheetRow):
        words, facts = REPEATED_ELSEWHERE, {"sheet": other.sheet, "row": other.number}
    hint = _(words).format(**facts)
    if problem.column:
        hint = _("「{column}」一列：{hint}").format(column=problem.column, hint=hint)
    if isinstance(problem.row, SheetRow):
        place = {"sheet": problem.row.sheet, "row": problem.row.number}
        return _("工作表「{sheet}」第 {row} 行，{hint}").format(**place, hint=hint)
    return _("第 {row} 行，{hint}").format(row=problem.row, hint=hint)


def write_refused(
    place: Path, table: ImportTable, report: ImportReport, hints: Mapping[str, str], translate: Translate
) -> None:
    """Write the refused rows of a table as they were, with what is wrong in front, to be mended and imported.

    What could not be read is written so that it is refused again until somebody has mended it.
    """
    why: dict[RowPlace, list[str]] = {}
    for problem in report.problems:
        why.setdefault(problem.row, []).append(sentence(problem, hints, translate))
    rows: list[tuple[RowPlace, Mapping[str, Any], tuple[Any, ...]]]
    rows = [(row, cells, ()) for row, cells in table.rows if row in why]
    rows += [(row.place, row.cells, tuple(row.beyond)) for row in table.unfit]
    write_rows(
        place,
        [translate(WHY), *table.headings.values()],
        (
            ["; ".join(why[row]), *(_cut(cells.get(name)) for name in table.headings), *map(_cut, beyond)]
            for row, cells, beyond in sorted(rows, key=lambda row: order_of(row[0]))
        ),
    )


def _cut(value: object) -> object:
    """Keep a cell within what a sheet can hold; only a text that is refused as too long can exceed it."""
    return value[:LONGEST_CELL] if isinstance(value, str) else value
