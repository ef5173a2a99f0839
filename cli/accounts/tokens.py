"""Manage the keys that programs use."""

from argparse import Namespace
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from accounts.access.actor import SYSTEM
from accounts.models import ApiToken
from accounts.registers import users
from accounts.sign_in import tokens
from cli.framework.context import Context, table
from core.errors import NotFound
from core.i18n import Translate
from core.persistence.row_ids import LARGEST_ID, RowIds, row_ids

LABEL = "cli"
TABLE = ApiToken.__tablename__


def add(commands: Any, translate: Translate) -> None:
    """Add `tokens issue`, `tokens revoke` and `tokens list`."""
    _ = translate
    title = _("程序用的令牌")
    inner = commands.add_parser("tokens", help=title, description=title).add_subparsers(required=True)
    does = _("为一个用户发一个令牌，只显示这一次")
    parser = inner.add_parser("issue", help=does, description=does)
    parser.add_argument("username", metavar="NAME", help=_("用户名"))
    parser.add_argument("--label", default=LABEL, metavar="TEXT", help=_("用途"))
    ends = _("几天后失效，不填是 {usual} 天，最多 {most} 天").format(
        usual=tokens.USUAL_DAYS, most=tokens.MOST_DAYS
    )
    parser.add_argument("--days", type=_days, default=tokens.USUAL_DAYS, metavar="N", help=ends)
    scopes = ", ".join(tokens.EVERYTHING)
    parser.add_argument(
        "--may",
        action="append",
        choices=tokens.EVERYTHING,
        metavar="WHAT",
        help=_("只能做什么，可以写几次，不填就都能做：{scopes}").format(scopes=scopes),
    )
    parser.set_defaults(run=issue)
    does = _("吊销一个令牌")
    parser = inner.add_parser("revoke", help=does, description=does)
    parser.add_argument("id", type=_id, metavar="ID", help=_("令牌编号，见 tokens list"))
    parser.set_defaults(run=revoke)
    does = _("列出令牌")
    parser = inner.add_parser("list", help=does, description=does)
    parser.add_argument("username", nargs="?", metavar="NAME", help=_("用户名"))
    parser.add_argument("--json", action="store_true", help=_("输出 JSON"))
    parser.set_defaults(run=list_tokens)


def issue(given: Namespace, context: Context) -> int:
    """Make a token and print it alone on standard output."""
    services, now = context.services, context.services.clock.now()

    def issue_token(session: Session) -> str:
        user = users.by_username(session, given.username)
        if user is None:
            raise NotFound(username=given.username)
        return tokens.issue(
            session,
            actor=SYSTEM,
            user=user,
            label=given.label,
            now=now,
            days=given.days,
            may=given.may or tokens.EVERYTHING,
            chain=services.rules.services.chain,
        )

    context.say(services.db.apply(issue_token))
    return 0


def revoke(given: Namespace, context: Context) -> int:
    """Take a token back; it stops at the next request."""
    _ = context.words
    services = context.services
    token_id = _ids(context).internal(TABLE, given.id)

    def revoke_token(session: Session) -> None:
        try:
            tokens.revoke(
                session,
                actor=SYSTEM,
                chain=services.rules.services.chain,
                token_id=token_id,
                now=services.clock.now(),
            )
        except NotFound:
            raise NotFound(token=given.id) from None

    services.db.apply(revoke_token)
    context.inform(_("已吊销令牌 {id}。").format(id=given.id))
    return 0


def list_tokens(given: Namespace, context: Context) -> int:
    """List tokens with what they are for; the tokens themselves are nowhere kept."""
    _ = context.words
    with context.services.db.reading() as session:
        lines = tokens.list_tokens(session, actor=SYSTEM, username=given.username)
    ids = _ids(context)
    lines = [replace(line, id=ids.external(TABLE, line.id)) for line in lines]
    if given.json:
        context.say_json([vars(line) for line in lines])
        return 0
    for text in table(
        (
            line.id,
            line.username,
            line.label,
            f"{line.created_at:%Y-%m-%d}",
            ",".join(line.may),
            _("已吊销") if line.revoked_at else _until(line, _),
        )
        for line in lines
    ):
        context.say(text)
    return 0


def _until(line: tokens.TokenLine, translate: Translate) -> str:
    _ = translate
    return f"→ {line.expires_at:%Y-%m-%d}" if line.expires_at else _("没有期限")


def _ids(context: Context) -> RowIds:
    """Return how this installation shows ids, so that a token has one number here and on the pages."""
    return row_ids(context.services.rules.services.receipt_keys)


def _id(text: str) -> int:
    number = int(text)
    if not 1 <= number <= LARGEST_ID:
        raise ValueError
    return number


def _days(text: str) -> int:
    number = int(text)
    if not 1 <= number <= tokens.MOST_DAYS:
        raise ValueError
    return number
