"""Look for tokens that never end."""

from accounts.sign_in import tokens
from cli.check.findings import Findings
from cli.framework.context import Context
from cli.framework.services import ProgramServices


def check_tokens(found: Findings, services: ProgramServices, context: Context) -> None:
    """Count the tokens without an end, which a version that knew none issued beside this one."""
    _ = context.words
    with services.db.reading() as session:
        endless = tokens.count_endless(session)
    if endless:
        words = _("有 {n} 个程序用的令牌没有期限，见 tokens list；请收回，另发一个")
        found.warn(words.format(n=endless))
