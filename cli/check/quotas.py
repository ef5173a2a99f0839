"""Say whether it is counted what a user does in a day."""

from cli.check.findings import Findings
from cli.framework.context import Context
from cli.framework.services import ProgramServices


def check_quotas(found: Findings, services: ProgramServices, context: Context) -> None:
    """Warn of a live installation that counts nothing: that is for measurements alone."""
    if not services.settings.quotas.counted and not services.clock.is_sample():
        _ = context.words
        found.warn(_("HUIYIN_QUOTAS 是 off：每人每天做多少都不限，只该在测速时这样"))
