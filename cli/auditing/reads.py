"""Tell who read a case, or what somebody read, from the security log."""

from argparse import Namespace
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from accounts.access.actor import SYSTEM
from accounts.security_log.words import EVENT_WORDS
from accounts.security_log.writer import FOLDER
from cases.access.case_numbers import full_number
from cases.queries.recorded_reads import RecordedRead, RecordedReads, reads_of_case, reads_of_user
from cli.framework.context import Context, table
from core.i18n import Translate


def add(commands: Any, translate: Translate) -> None:
    """Add `reads`."""
    _ = translate
    does = _("谁看过一件事项，或者一个用户看过什么")
    parser = commands.add_parser("reads", help=does, description=does)
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("--case", metavar="NUMBER", help=_("事项的编号"))
    asked.add_argument("--user", metavar="NAME", help=_("用户名"))
    parser.add_argument("--json", action="store_true", help=_("输出 JSON"))
    parser.set_defaults(run=run)


def run(given: Namespace, context: Context) -> int:
    """Print every line that is kept, the newest first."""
    _ = context.county_words
    with context.services.db.reading() as session:
        found = list(_all(session, given, context))
    if given.json:
        context.say_json([_as_json(read) for read in found])
        return 0
    zone = context.services.rules.zone
    for text in table(
        (
            f"{read.line.at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
            read.username or "—",
            _(EVENT_WORDS[read.line.event]),
            _numbers(read, context),
            read.line.source,
            read.line.status,
        )
        for read in found
    ):
        context.say(text)
    if not found:
        context.inform(_("没有这样的记录。"))
    return 0


def _all(session: Session, given: Namespace, context: Context) -> Iterator[RecordedRead]:
    before: datetime | None = context.services.clock.now()
    while before is not None:
        some = _some(session, given, context, before)
        yield from some.items
        before = some.earlier


def _some(session: Session, given: Namespace, context: Context, before: datetime) -> RecordedReads:
    services = context.services
    folder = services.settings.data_dir / FOLDER
    if given.case is not None:
        return reads_of_case(
            session, actor=SYSTEM, folder=folder, number=full_number(given.case), before=before, limit=None
        )
    return reads_of_user(
        session,
        actor=SYSTEM,
        folder=folder,
        keys=services.rules.services.receipt_keys,
        username=given.user,
        before=before,
        limit=None,
    )


def _numbers(read: RecordedRead, context: Context) -> str:
    _ = context.words
    if read.line.lost:
        return _("缺 {n} 行").format(n=read.line.lost)
    numbers = read.line.numbers
    return _("{n} 件").format(n=len(numbers)) if len(numbers) > 1 else "".join(numbers)


def _as_json(read: RecordedRead) -> dict[str, Any]:
    line = read.line
    return {
        "at": line.at,
        "event": line.event.value,
        "user": read.username or None,
        "name": read.name or None,
        "numbers": list(line.numbers),
        "from": line.source,
        "route": line.route,
        "status": line.status,
        "request_id": line.request_id,
        "way": line.way or None,
        "again": line.again,
        "lost": line.lost,
    }
