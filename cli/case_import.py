"""Take in the history of complaints of another system."""

from argparse import Namespace
from pathlib import Path
from typing import Any

from accounts.access.actor import SYSTEM
from cases.importing.column_map import DEFAULT_MAP, read_map
from cases.importing.import_cases import import_cases
from cases.importing.report import HINTS, NOTES, CasesImport
from cli.framework.context import Context
from cli.framework.input_files import IMPORT, add_file_arguments, finish_report, print_sheets, require_file
from config.settings import HERE
from core.i18n import Translate
from core.persistence.exclusive_run import exclusive_run
from core.tables.import_report import sentence

MAPS = "maps"
MOST_SENTENCES = 50


def add(commands: Any, translate: Translate) -> None:
    """Add `cases import`."""
    _ = translate
    title = _("事项")
    inner = commands.add_parser("cases", help=title, description=title).add_subparsers(required=True)
    does = _("导入别的系统里的来件和答复，保留原来的时间")
    parser = inner.add_parser("import", help=does, description=does)
    add_file_arguments(parser, translate)
    parser.add_argument(
        "--map",
        type=Path,
        metavar="MAP.toml",
        help=_("对照文件，默认是配置文件夹里的 {place}").format(place=f"{MAPS}/{DEFAULT_MAP}"),
    )
    parser.add_argument("--village", metavar="CODE", help=_("没有写村的行算哪个村"))
    parser.add_argument("--unit", metavar="CODE", help=_("没有写单位的行算哪个单位"))
    parser.add_argument("--dry-run", action="store_true", help=_("只检查，不写入"))
    parser.set_defaults(run=run)


def run(given: Namespace, context: Context) -> int:
    """Import a sheet by its map and say what became of the rows; 1 when some were refused."""
    services = context.services
    place = given.map or _default_map(services.settings.config_dir)
    require_file(given.file)
    require_file(place)
    form = read_map(place).with_defaults(village=given.village, unit=given.unit)
    with exclusive_run(services.db, IMPORT), context.progress(None, given.file.name) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        report = import_cases(
            services.db,
            rules=services.rules,
            actor=SYSTEM,
            path=given.file,
            map=form,
            now=services.clock.now(),
            sheets=given.sheet,
            dry_run=given.dry_run,
            progress=progress,
        )
    _print_report(report, context)
    return finish_report(report, HINTS, report.table, given.refused, context)


def _default_map(folder: Path) -> Path:
    """Return the map of the county's own configuration, or else the program's."""
    own = folder / MAPS / DEFAULT_MAP
    return own if own.is_file() else HERE / MAPS / DEFAULT_MAP


def _print_report(report: CasesImport, context: Context) -> None:
    """Print how many rows became what, and the first of those that need somebody's hand."""
    _ = context.words
    context.say(
        _("新增 {created} 件，其中已答复 {answered} 件；早已导入 {known} 件；没有导入 {refused} 行").format(
            created=report.created, answered=report.answered, known=report.known, refused=report.refused
        )
    )
    print_sheets(report.table, context)
    for code, words in NOTES.items():
        number = sum(note.code == code for note in report.notes)
        if number:
            context.inform(_("{number} 格：{what}").format(number=number, what=_(words)))
    for problem in report.problems[:MOST_SENTENCES]:
        context.inform(sentence(problem, HINTS, _))
    left = len(report.problems) - MOST_SENTENCES
    if left > 0:
        context.inform(_("还有 {left} 处，用 --refused FILE 全部另存").format(left=left))
