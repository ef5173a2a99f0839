"""Hold the live database against the rules that must never break."""

from argparse import Namespace
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import func, select

from cases.models.case import Case
from cases.verification.verify import Finding, verify
from cli.framework import arguments
from cli.framework.context import Context
from core.i18n import Translate
from jobs.tasks import SEALS_FOLDER


def add(commands: Any, translate: Translate) -> None:
    """Add `verify`."""
    _ = translate
    does = _("核对：期限、答复、记录链有没有被改动或破坏")
    parser = commands.add_parser("verify", help=does, description=does)
    parser.add_argument("--json", action="store_true", help=_("输出 JSON"))
    parser.add_argument(
        "--since",
        type=arguments.day,
        metavar="DATE",
        help=_("只看从这一天起有新记录的事项"),
    )
    parser.set_defaults(run=run)


def run(given: Namespace, context: Context) -> int:
    """Print every counter-example; 1 when there is one."""
    _ = context.words
    found = _verify(given.since, context)
    if given.json:
        context.say_json({"sound": not found, "findings": [finding.in_words(_) for finding in found]})
        return 1 if found else 0
    for finding in found:
        context.inform(f"{finding.case or '—'}  {finding.rule}: {finding.detail.in_words(_)}")
    if found:
        context.inform(_("发现 {number} 处不符。").format(number=len(found)))
    else:
        context.say(_("记录没有断，没有改，各项规则都成立。"))
    return 1 if found else 0


def _verify(since: date | None, context: Context) -> list[Finding]:
    services = context.services
    with services.db.reading() as session:
        total = session.scalar(select(func.count()).select_from(Case))
    start = None if since is None else datetime.combine(since, time(), services.rules.zone).astimezone(UTC)
    with context.progress(total, "verify") as bar, services.db.reading() as session:
        return list(
            verify(
                session,
                rules=services.rules,
                seals_folder=services.settings.data_dir / SEALS_FOLDER,
                since=start,
                now=services.clock.now(),
                progress=bar.update,
            )
        )
