"""Look for years whose working days are only guessed, and for notices that lack statutory days."""

from cases.configuration import missing_notices
from cli.check.findings import Findings
from cli.framework.context import Context
from cli.framework.services import ProgramServices


def check_calendar(found: Findings, services: ProgramServices, context: Context) -> None:
    """Name the years without a notice, and the statutory days that a notice left out."""
    _ = context.words
    with services.db.reading() as session:
        today = services.clock.today(services.rules.zone)
        missing = missing_notices.missing_years(session, today)
        short = missing_notices.short_notices(session, today)
    for year, days in short.items():
        words = _("{year} 年的放假通知里少了法定假日：{days}。那些天算工作日；漏写了就在「日历」里补上")
        found.warn(words.format(year=year, days=" ".join(day.isoformat() for day in days)))
    for year in missing:
        found.warn(_("{year} 年的放假通知还没有录入，涉及的期限暂按周末推算").format(year=year))
    if not missing and not short:
        found.ok(_("日历"))
