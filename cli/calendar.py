"""Enter the notice of a year's working days."""

from argparse import Namespace
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from accounts.access.actor import SYSTEM
from cases.configuration.calendar import read as read_calendar
from cases.deadlines.calendar_change import MovedDate, enter_notice, preview_notice
from cases.deadlines.notice_days import NoticeDay, missing_statutory_days
from cli.framework.context import Context, table
from cli.framework.input_files import require_file
from config.county_days import CalendarFile, read_file
from config.reading import ConfigProblem
from config.tables import BadTables
from core.errors import Invalid
from core.i18n import Translate, mark_provisional
from workflow.working_days import WorkingCalendar


def add(commands: Any, translate: Translate) -> None:
    """Add `calendar enter`."""
    _ = translate
    title = _("工作日历")
    inner = commands.add_parser("calendar", help=title, description=title).add_subparsers(required=True)
    does = _("录入一年的放假通知，并重算涉及的期限")
    parser = inner.add_parser("enter", help=does, description=does)
    parser.add_argument(
        "file", type=Path, metavar="FILE", help=_("通知文件，写法见 config/calendar/README.md")
    )
    parser.add_argument("--dry-run", action="store_true", help=_("只列出会移动的期限，不写入"))
    parser.add_argument(
        "--confirm-missing", action="store_true", help=_("通知里确实没有列出的那些法定假日，照样录入")
    )
    parser.set_defaults(run=run)


def run(given: Namespace, context: Context) -> int:
    """Enter a notice and list the dates that moved; none of them makes an open case overdue."""
    _ = context.words
    services, now = context.services, context.services.clock.now()
    found = _read(given.file)
    year = found.year
    if year is None:
        raise Invalid({"notice": ["required"]})
    days = [NoticeDay(day, working, name) for day, working, name in found.days]
    missing = missing_statutory_days(year, days)
    if missing:
        context.inform(_name_missing(context, missing))
    if missing and not (given.dry_run or given.confirm_missing):
        return 1
    with services.db.reading() as session:
        present = read_calendar(session)
    if given.dry_run:
        with services.db.reading() as session:
            preview = preview_notice(
                session, actor=SYSTEM, rules=services.rules, year=year, days=days, now=now
            )
        moved = preview.whose
    else:
        moved = services.db.apply(
            lambda session: enter_notice(
                session,
                actor=SYSTEM,
                rules=services.rules,
                year=year,
                days=days,
                notice=found.notice,
                now=now,
                without=missing,
            )
        )
    for line in _list_moved(context, present, year, moved):
        context.say(line)
    words = (
        _("{year} 年：会移动 {number} 个期限") if given.dry_run else _("{year} 年：移动了 {number} 个期限")
    )
    context.say(words.format(year=year, number=len(moved)))
    return 0


def _list_moved(
    context: Context, present: WorkingCalendar, year: int, moved: Iterable[MovedDate]
) -> list[str]:
    """List what moves; dates that reach into a year without notice, before or after this one, are marked."""

    def day_of(day: date, *, known: int | None) -> str:
        provisional = day.year != known and present.is_provisional(day)
        return mark_provisional(day.isoformat(), provisional=provisional, translate=context.words)

    return table(
        (one.case, one.clock, day_of(one.before, known=None), "→", day_of(one.after, known=year))
        for one in moved
    )


def _name_missing(context: Context, missing: Sequence[date]) -> str:
    _ = context.words
    words = _("通知里少了法定假日：{days}。这些天会算工作日；请补上，确实没有的加 --confirm-missing")
    return words.format(days=" ".join(day.isoformat() for day in missing))


def _read(place: Path) -> CalendarFile:
    require_file(place)
    problems: list[ConfigProblem] = []
    found = read_file(place, problems)
    if problems:
        raise BadTables(problems)
    return found
