"""Close a unit that is no longer needed."""

from argparse import Namespace
from functools import partial
from typing import Any

from accounts.access.actor import SYSTEM
from accounts.registers.units import close_unit
from cases.responsibility.open_duties import in_use
from cli.framework.context import Context
from core.i18n import Translate


def add(inner: Any, translate: Translate) -> None:
    """Add `units close`."""
    _ = translate
    does = _("撤销一个单位；还有没办完的事时拒绝")
    parser = inner.add_parser("close", help=does, description=does)
    parser.add_argument("code", metavar="CODE", help=_("单位代码"))
    parser.set_defaults(run=close)


def close(given: Namespace, context: Context) -> int:
    """Close a unit, unless it still owes a reply or has an open case."""
    _ = context.words
    services = context.services
    services.db.apply(
        lambda session: close_unit(
            session,
            actor=SYSTEM,
            chain=services.rules.services.chain,
            code=given.code,
            in_use=partial(in_use, session),
            now=services.clock.now(),
        )
    )
    context.inform(_("已撤销 {unit}。").format(unit=given.code))
    return 0
