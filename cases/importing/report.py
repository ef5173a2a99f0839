"""Say what became of the rows of another system."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.i18n import mark as _
from core.tables.import_report import ImportReport
from core.tables.table import ImportTable, RowPlace

HINTS: Mapping[str, str] = {
    "not_a_time": _("请写成 2026-03-02 15:04:05 这样的时间"),
    "in_the_future": _("时间还没有到，请核对"),
    "before_received": _("答复早于来件，请核对两个时间"),
    "not_a_choice": _("没有“{value}”这个值，可以填：{known}"),
    "another_profile": _("按类别、性质和渠道，时限是 {found}，而对照表要求 {wanted}，请改其中之一"),
    "unknown_village": _("没有这个村的代码，请改正，或者先导入地区"),
    "unknown_unit": _("没有这个单位的代码，请改正，或者先导入单位"),
    "unknown_household": _("户册里没有这一户，请改正，或者先导入户册"),
    "does_not_cover_village": _("这个单位不管这个村，请改单位或者村"),
    "no_receiving_unit": _("这个村还没有工作组或乡镇单位收件，请先导入单位"),
    "content_changed": _("这一行早已导入为 {number}，内容现在不同；请在系统里更正，或把这一行改回原样"),
    "refused": _("流程不允许（{reason}），请核对这一行"),
}
#: What was mended or left out of a cell although the row went in.
NOTES: Mapping[str, str] = {
    "line_end_restored": _("换行写成了代码，已还原"),
    "invisible_removed": _("删去了看不见的字符"),
    "control_removed": _("删去了控制字符"),
}


@dataclass(frozen=True)
class CellNote:
    """Something of a cell that was left out or mended although the row went in; `code` is one of NOTES."""

    row: RowPlace
    column: str
    code: str


@dataclass
class CasesImport(ImportReport):
    """What became of the rows: `created` cases, of them `answered`, and `unchanged` that were known already.

    `table` is what was read of the file.
    """

    answered: int = 0
    notes: list[CellNote] = field(default_factory=list)
    table: ImportTable = field(default_factory=ImportTable)

    @property
    def known(self) -> int:
        """Return how many rows were cases already."""
        return self.unchanged
