"""Read the tables that commands take in, and print what became of their rows."""

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path

from cli.framework.context import Context
from core.errors import DomainError, NotFound
from core.files.sheets import Row, read_rows, write_rows
from core.i18n import Translate
from core.import_report import ImportReport, sentence


def add_file_arguments(parser: ArgumentParser, translate: Translate) -> None:
    """Add what every import takes: the file, and where the refused rows go."""
    _ = translate
    parser.add_argument("file", type=Path, metavar="FILE", help=_("表格文件"))
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


def read_table(place: Path, columns: tuple[str, ...]) -> list[Row]:
    """Read a whole table; raises NotFound for a missing file and Invalid for one that is no such table."""
    require_file(place)
    return list(read_rows(place, columns))


def print_report(
    report: ImportReport, hints: Mapping[str, str], rows: list[Row], refused: Path | None, context: Context
) -> int:
    """Print what became of the rows, each refused one with how to mend it; 1 when there was one."""
    _ = context.words
    context.say(
        _("新增 {created}，更新 {changed}，不变 {unchanged}，没有导入 {refused}").format(
            created=report.created,
            changed=report.changed,
            unchanged=report.unchanged,
            refused=report.refused,
        )
    )
    sentences = [(problem, sentence(problem, hints, _)) for problem in report.problems]
    for _problem, words in sentences:
        context.inform(words)
    if refused is not None and sentences:
        reasons: dict[int, list[str]] = {}
        for problem, words in sentences:
            reasons.setdefault(problem.row, []).append(words)
        write_refused_rows(refused, rows, reasons, context)
    return 1 if report.problems else 0


def write_refused_rows(
    place: Path, rows: list[Row], reasons: Mapping[int, list[str]], context: Context
) -> None:
    """Write the refused rows as they were, with what is wrong in front, to be mended and imported again."""
    _ = context.words
    headings = list(rows[0][1]) if rows else []
    write_rows(
        place,
        [_("怎么改"), *headings],
        (
            ["；".join(reasons[number]), *(values.get(heading) for heading in headings)]
            for number, values in rows
            if number in reasons
        ),
    )
    context.inform(_("没有导入的行已写入 {place}").format(place=place))
