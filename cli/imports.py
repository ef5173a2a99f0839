"""Take tables in: areas, units, the household register, and the history of complaints of another system."""

from argparse import Namespace
from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from accounts.access.actor import SYSTEM
from accounts.registers import areas, unit_imports
from cases.responsibility.dependent_matters import DependentMatters
from cli import units
from cli.framework.context import Context
from cli.framework.input_files import IMPORT, add_file_arguments, load_table, print_report
from core.i18n import Translate
from core.persistence.exclusive_run import exclusive_run
from core.tables.import_report import ImportReport
from core.tables.table import ImportTable
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
        add_file_arguments(parser, translate)
        parser.set_defaults(run=run)
        if noun == "roster":
            parser.add_argument("--dry-run", action="store_true", help=_("只检查，不写入"))
        if noun == "units":
            units.add(inner, translate)


def import_areas(given: Namespace, context: Context) -> int:
    """Import areas; good rows go in whatever the others are like."""
    table = load_table(given.file, areas.COLUMNS, given.sheet, known=areas.TOTALS)

    def import_rows(session: Session, **known: Any) -> ImportReport:
        return areas.import_areas(session, matters=DependentMatters(session, SYSTEM), **known)

    report = _apply(import_rows, table, context)
    return print_report(report, areas.HINTS, table, given.refused, context)


def import_units(given: Namespace, context: Context) -> int:
    """Import units; good rows go in whatever the others are like."""
    table = load_table(given.file, unit_imports.COLUMNS, given.sheet, known=(unit_imports.PHONE,))

    def import_rows(session: Session, **known: Any) -> ImportReport:
        return unit_imports.import_units(session, matters=DependentMatters(session, SYSTEM), **known)

    report = _apply(import_rows, table, context)
    return print_report(report, unit_imports.HINTS, table, given.refused, context)


def import_roster(given: Namespace, context: Context) -> int:
    """Import households; with `--dry-run` nothing is written."""
    table = load_table(given.file, roster_imports.NEEDED, given.sheet, known=roster_imports.COLUMNS)
    report = _apply(partial(roster_imports.import_roster, dry_run=given.dry_run), table, context)
    return print_report(report, roster_imports.HINTS, table, given.refused, context)


def _apply(import_rows: Callable[..., ImportReport], table: ImportTable, context: Context) -> ImportReport:
    """Take the rows of a table in while no other import runs; a lost key lets the whole be done again."""
    services = context.services
    with exclusive_run(services.db, IMPORT):
        return services.db.apply(
            lambda session: import_rows(
                session,
                actor=SYSTEM,
                rows=table.rows,
                chain=services.rules.services.chain,
                now=services.clock.now(),
            )
        )
