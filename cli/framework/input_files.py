"""Read the tables that commands take in, and print what became of their rows."""

from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path

from cli.framework.context import Context
from core.errors import DomainError, NotFound
from core.i18n import Translate
from core.i18n import mark as _
from core.tables.import_report import ImportReport, sentence, write_refused
from core.tables.reader import read_table
from core.tables.table import ImportTable

#: The lock that all imports share: each of them reads the register first and writes what differs.
IMPORT = "import"
#: Why a sheet of a workbook was not read.
WHY_LEFT_OUT: Mapping[str, str] = {
    "hidden": _("它是隐藏的；要读它，请写 --sheet"),
    "not_wanted": _("没有用 --sheet 点名"),
    "no_table": _("它不是表格"),
    "blank": _("它是空的"),
    "no_headings": _("它没有要的表头"),
}


def add_file_arguments(parser: ArgumentParser, translate: Translate) -> None:
    """Add what every import takes: the file, and where the refused rows go."""
    _ = translate
    parser.add_argument("file", type=Path, metavar="FILE", help=_("表格文件"))
    parser.add_argument(
        "--sheet",
        action="append",
        default=[],
        metavar="NAME",
        help=_("只读这张工作表，可以写几次；不写就读所有看得见、有表头的"),
    )
    parser.add_argument("--refused", type=Path, metavar="FILE", help=_("把没有导入的行另存为表格"))


def require_file(place: Path) -> None:
    """Raise an error that names the file when there is none."""
    if not place.is_file():
        raise missing_file(place)


def missing_file(place: Path) -> DomainError:
    """Make the error of a file that is not there."""
    error = NotFound(place=str(place))
    error.code = "file_not_found"
    return error


def load_table(
    place: Path, needed: Sequence[str], sheets: Sequence[str], *, known: Sequence[str] = ()
) -> ImportTable:
    """Read a whole table; raises NotFound for a missing file and Invalid for one that is no such table."""
    require_file(place)
    return read_table(place, needed, known=known, sheets=sheets)


def print_report(
    report: ImportReport, hints: Mapping[str, str], table: ImportTable, refused: Path | None, context: Context
) -> int:
    """Print what became of the rows, each refused one with how to mend it; 1 when there was one."""
    _ = context.words
    report.add_unfit(table)
    context.say(
        _("新增 {created}，更新 {changed}，不变 {unchanged}，没有导入 {refused}").format(
            created=report.created,
            changed=report.changed,
            unchanged=report.unchanged,
            refused=report.refused,
        )
    )
    print_sheets(table, context)
    for problem in report.problems:
        context.inform(sentence(problem, hints, _))
    return finish_report(report, hints, table, refused, context)


def print_sheets(table: ImportTable, context: Context) -> None:
    """Print what was read of a file and what was not: sheets, columns, and the encoding of a csv file."""
    _ = context.words
    if table.encoding is not None:
        context.say(_("按 {encoding} 编码读").format(encoding=table.encoding))
    for sheet in table.sheets:
        if sheet.name:
            context.say(_("读了工作表「{sheet}」：{rows} 行").format(sheet=sheet.name, rows=sheet.rows))
        if sheet.ignored:
            context.say(_("没有读的列：{columns}").format(columns=_("、").join(sheet.ignored)))
    for left in table.left_out:
        why = _(WHY_LEFT_OUT[left.reason])
        context.say(_("没有读工作表「{sheet}」：{why}").format(sheet=left.name, why=why))


def finish_report(
    report: ImportReport, hints: Mapping[str, str], table: ImportTable, refused: Path | None, context: Context
) -> int:
    """Write the refused rows where they are wanted; 1 when there was one."""
    if refused is not None and report.problems:
        write_refused(refused, table, report, hints, context.words)
        _ = context.words
        context.inform(_("没有导入的行已写入 {place}").format(place=refused))
    return 1 if report.problems else 0
