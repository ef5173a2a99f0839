"""Take tables in: areas, units, the household register, and the history of complaints of another system."""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from accounts.access.actor import SYSTEM
from accounts.registers import areas, unit_imports
from cli import units
from cli.framework.context import Context
from core import clock
from core.errors import DomainError, NotFound
from core.files.sheets import Row, read_rows, write_rows
from core.i18n import Translate
from core.import_report import ImportReport, sentence
from roster import imports as roster_imports


def add(commands: Any, translate: Translate) -> None:
    """Add `areas import`, `units import` with `units close`, and `roster import`."""
    _ = translate
    for noun, title, does, run in (
        ("areas", _("地区"), _("导入地区（xlsx 或 csv）"), import_areas),
        ("units", _("单位"), _("导入单位（xlsx 或 csv）"), import_units),
        ("roster", _("户册"), _("导入户册（xlsx 或 csv）"), import_roster),
    ):
        inner = commands.add_parser(noun, help=title, description=title).add_subparsers(required=True)
        parser = inner.add_parser("import", help=does, description=does)
        add_file(parser, translate)
        parser.set_defaults(run=run)
        if noun == "roster":
            parser.add_argument("--dry-run", action="store_true", help=_("只检查，不写入"))
        if noun == "units":
            units.add(inner, translate)


def add_file(parser: ArgumentParser, translate: Translate) -> None:
    """Add what every import takes: the file, and where the refused rows go."""
    _ = translate
    parser.add_argument("file", type=Path, metavar="FILE", help=_("表格文件"))
    parser.add_argument("--refused", type=Path, metavar="FILE", help=_("把没有导入的行另存为表格"))


def import_areas(given: Namespace, context: Context) -> int:
    """Import areas; good rows go in whatever the others are like."""
    parts = context.parts
    rows = rows_of(given.file, areas.COLUMNS)
    with parts.db.transaction() as session:
        report = areas.import_areas(
            session, actor=SYSTEM, rows=rows, chain=parts.rules.chain, now=clock.now()
        )
    return tell(report, areas.HINTS, rows, given.refused, context)


def import_units(given: Namespace, context: Context) -> int:
    """Import units; good rows go in whatever the others are like."""
    parts = context.parts
    rows = rows_of(given.file, unit_imports.COLUMNS)
    with parts.db.transaction() as session:
        report = unit_imports.import_units(
            session, actor=SYSTEM, rows=rows, chain=parts.rules.chain, now=clock.now()
        )
    return tell(report, unit_imports.HINTS, rows, given.refused, context)


def import_roster(given: Namespace, context: Context) -> int:
    """Import households; with `--dry-run` nothing is written."""
    parts = context.parts
    rows = rows_of(given.file, roster_imports.NEEDED)
    with parts.db.transaction() as session:
        report = roster_imports.import_roster(
            session,
            actor=SYSTEM,
            rows=rows,
            chain=parts.rules.chain,
            now=clock.now(),
            dry_run=given.dry_run,
        )
    return tell(report, roster_imports.HINTS, rows, given.refused, context)


def require_file(place: Path) -> None:
    """Raise an error that names the file when there is none."""
    if not place.is_file():
        raise absent(place)


def absent(place: Path) -> DomainError:
    """Make the error of a file that is not there."""
    error = NotFound(place=str(place))
    error.code = "file_not_found"
    return error


def rows_of(place: Path, columns: tuple[str, ...]) -> list[Row]:
    """Read a whole table; raises NotFound for a missing file and Invalid for one that is no such table."""
    require_file(place)
    return list(read_rows(place, columns))


def tell(
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
        context.tell(words)
    if refused is not None and sentences:
        reasons: dict[int, list[str]] = {}
        for problem, words in sentences:
            reasons.setdefault(problem.row, []).append(words)
        export(refused, rows, reasons, context)
    return 1 if report.problems else 0


def export(place: Path, rows: list[Row], reasons: Mapping[int, list[str]], context: Context) -> None:
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
    context.tell(_("没有导入的行已写入 {place}").format(place=place))
