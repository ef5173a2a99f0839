"""Look at the accounts: who administers, what waits for a second administrator, and tokens that never end."""

from accounts.access.actor import SYSTEM
from accounts.registers.administrators import proposals
from accounts.registers.administrators.separation import list_missing, list_unfit
from accounts.registers.user_list import list_administrators
from accounts.sign_in import tokens
from cli.check.findings import Findings
from cli.framework.context import Context
from cli.framework.services import ProgramServices


def check_administrators(found: Findings, services: ProgramServices, context: Context) -> None:
    """Warn of one administrator alone, and name the accounts of which something waits for a second one."""
    _ = context.words
    with services.db.reading() as session:
        administrators = len(list_administrators(session))
        waiting = proposals.list_open(session, actor=SYSTEM, now=services.clock.now())
        profile = services.settings.profile
        unfit, missing = list_unfit(session, profile), list_missing(session, profile)
    if administrators == 1:
        found.warn(_("只有一位管理员：给人授权要另一位同意，或者运行 users confirm"))
    if unfit:
        words = _("这些人的角色在 {profile} 里不能由一个人当：{users}。用 users roles 改")
        (found.fail if profile.separates else found.warn)(
            words.format(profile=profile.name, users=", ".join(unfit))
        )
    if missing:
        found.warn(_("还没有人当：{roles}").format(roles=", ".join(missing)))
    for one in waiting:
        words = _("{username} 有件事等另一位管理员同意，到 {day} 为止")
        day = one.expires_at.astimezone(services.rules.zone).date()
        found.warn(words.format(username=one.username, day=day))


def check_tokens(found: Findings, services: ProgramServices, context: Context) -> None:
    """Count the tokens without an end, which a version that knew none issued beside this one."""
    _ = context.words
    with services.db.reading() as session:
        endless = tokens.count_endless(session)
    if endless:
        words = _("有 {n} 个程序用的令牌没有期限，见 tokens list；请收回，另发一个")
        found.warn(words.format(n=endless))
