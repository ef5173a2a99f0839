"""Accept that the clock is right although the history lies ahead of it."""

from argparse import Namespace
from typing import Any

from cases.history.clock_guard import accept_gap
from cli.framework.context import Context
from core.errors import Invalid
from core.i18n import Translate
from core.normalization.visibility import is_blank


def add(commands: Any, translate: Translate) -> None:
    """Add `clock accept`."""
    _ = translate
    title = _("服务器的时钟")
    inner = commands.add_parser("clock", help=title, description=title).add_subparsers(required=True)
    does = _("时钟曾经走快、现在准了：说明原因，恢复写入")
    parser = inner.add_parser("accept", help=does, description=does)
    parser.add_argument("--reason", required=True, metavar="TEXT", help=_("为什么走快，怎么核对的"))
    parser.set_defaults(run=run)


def run(given: Namespace, context: Context) -> int:
    """Record the gap and print from when to when it reaches; refused while the clock is right."""
    _ = context.words
    reason = given.reason.strip()
    if is_blank(reason):
        raise Invalid({"reason": ["required"]})
    services = context.services
    gap = services.db.apply(
        lambda session: accept_gap(
            session, reason=reason, chain=services.rules.services.chain, now=services.clock.now()
        )
    )
    zone = services.rules.zone
    context.say(
        _("已记下：{start} 至 {end} 之间的记录是时钟走快时写的。现在可以写入了。").format(
            start=f"{gap.start.astimezone(zone):%Y-%m-%d %H:%M}",
            end=f"{gap.end.astimezone(zone):%Y-%m-%d %H:%M}",
        )
    )
    return 0
