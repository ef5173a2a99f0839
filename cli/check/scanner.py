"""Ask the scanner of viruses whether it is there, and say where there is none."""

from cli.check.findings import Findings
from cli.framework.context import Context
from cli.framework.services import ProgramServices


def check_scanner(found: Findings, services: ProgramServices, context: Context) -> None:
    """Say whether files are looked at for viruses; while the scanner that is set is away, none is taken."""
    _ = context.words
    scanner = services.rules.services.scanner
    if scanner is None:
        found.warn(_("没有设 HUIYIN_SCANNER：收到的 PDF 没有查过病毒，旁边写着"))
    elif scanner.answers():
        found.ok(_("查病毒：{address}").format(address=scanner.address))
    else:
        found.fail(_("{address} 没有答复，附件一个也收不进来").format(address=scanner.address))
