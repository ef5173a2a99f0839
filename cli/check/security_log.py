"""Try whether the record of who read what can be written, and say where lines of it are missing."""

import tempfile
from datetime import datetime
from pathlib import Path

from accounts.security_log import reader
from accounts.security_log.writer import FOLDER
from cli.check.findings import Findings
from cli.framework.context import Context
from cli.framework.services import ProgramServices


def check_security_log(found: Findings, services: ProgramServices, context: Context) -> None:
    """Say whether reads can be recorded; people go on reading while they cannot (docs/decisions/0051)."""
    _ = context.words
    folder = services.settings.data_dir / FOLDER
    if not folder.exists():
        return  # nobody has read anything yet
    if not _takes_a_line(folder):
        found.fail(_("{folder} 写不进去，谁看过什么记不下来").format(folder=folder))
        return
    now = services.clock.now()
    gaps = reader.read_span(folder, before=now, wanted=_nothing)
    if gaps:
        lost, last = sum(gap.lost for gap in gaps), _local(gaps[0].at, services)
        found.warn(
            _("谁看过什么，近 {days} 天少记了 {lost} 行，最后一次在 {at}").format(
                days=reader.SPAN.days, lost=lost, at=last
            )
        )
    else:
        found.ok(_("谁看过什么，都记在 {folder}").format(folder=folder))


def _takes_a_line(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder) as tried:
            tried.write(b"\n")
            tried.flush()
    except OSError:
        return False
    return True


def _nothing(line: bytes) -> bool:
    """Keep no line; gaps come all the same."""
    del line
    return False


def _local(moment: datetime, services: ProgramServices) -> str:
    return f"{moment.astimezone(services.rules.zone):%Y-%m-%d %H:%M}"
