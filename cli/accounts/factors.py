"""Change what lets users in beside their password: one-time codes, and the provider of single sign-on."""

from argparse import Namespace
from collections.abc import Callable

from accounts.access.actor import SYSTEM
from accounts.registers import user_changes, users
from cli.framework.context import Context


def forget_code(given: Namespace, context: Context) -> int:
    """Take a user's second factor away, as when the telephone is lost; every sign-in of the user ends."""
    _ = context.words
    _change(users.forget_code, given.username, context)
    context.inform(_("已取消 {username} 的动态码。").format(username=given.username))
    return 0


def release_openid(given: Namespace, context: Context) -> int:
    """Let a user be bound anew at the provider of single sign-on; every sign-in of the user ends."""
    _ = context.words
    _change(users.release_openid, given.username, context)
    context.inform(_("已解开 {username} 和统一身份认证的对应。").format(username=given.username))
    return 0


def postpone_code(given: Namespace, context: Context) -> int:
    """Let a user go without a required one-time code for some days."""
    _ = context.words
    services = context.services
    until = services.db.apply(
        lambda session: user_changes.postpone_factor(
            session,
            actor=SYSTEM,
            chain=services.rules.services.chain,
            username=given.username,
            days=given.days,
            reason=given.reason,
            today=services.clock.today(services.rules.zone),
            now=services.clock.now(),
        )
    )
    context.inform(_("{username} 到 {day} 为止可以不用动态码。").format(username=given.username, day=until))
    return 0


def _change(change: Callable[..., None], username: str, context: Context) -> None:
    """Change something about one user, as whoever runs the server."""
    services = context.services
    services.db.apply(
        lambda session: change(
            session,
            actor=SYSTEM,
            chain=services.rules.services.chain,
            username=username,
            now=services.clock.now(),
        )
    )
