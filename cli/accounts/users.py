"""Manage who may sign in."""

from argparse import Namespace
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from accounts.access.actor import SYSTEM
from accounts.access.permissions import GRANTABLE
from accounts.registers import first_administrator, user_changes, user_list, users
from accounts.registers.administrators import proposals
from accounts.sign_in.passwords import generate_password
from cases.responsibility.able_people import count_depending_matters
from cli.accounts.factors import forget_code, postpone_code, release_openid
from cli.framework.context import Context, table
from core.errors import Conflict
from core.i18n import Translate
from notifications import second_administrator


def add(commands: Any, translate: Translate) -> None:
    """Add the commands that add users, change what opens their accounts, agree for them, and list them."""
    _ = translate
    title = _("用户")
    inner = commands.add_parser("users", help=title, description=title).add_subparsers(required=True)
    _add_add(inner, translate)
    for name, does, run in (
        ("password", _("从标准输入读一个新密码"), set_password),
        ("disable", _("停用一个用户，登录和令牌随即失效"), disable),
        ("forget-code", _("取消动态码，手机丢了时用；本人下次登录再设"), forget_code),
        ("release-openid", _("解开和统一身份认证的对应；本人下次从那里登录重新对上"), release_openid),
    ):
        parser = inner.add_parser(name, help=does, description=does)
        parser.add_argument("username", metavar="NAME", help=_("用户名"))
        parser.set_defaults(run=run)
        if run is set_password:
            kept = _("程序用的令牌留着；不写就一起失效")
            parser.add_argument("--keep-tokens", action="store_true", help=kept)
    does = _("角色必须用动态码、一时设不了的人，准他晚几天设；记在这个人的记录里")
    parser = inner.add_parser("postpone-code", help=does, description=does)
    parser.add_argument("username", metavar="NAME", help=_("用户名"))
    most = _("连今天在内几天，最多 {most} 天").format(most=user_changes.MOST_DAYS_POSTPONED)
    parser.add_argument("--days", type=int, required=True, metavar="N", help=most)
    parser.add_argument("--reason", required=True, metavar="TEXT", help=_("为什么"))
    parser.set_defaults(run=postpone_code)
    does = _("给一个用户别的角色，换掉现在的；按服务器记下")
    parser = inner.add_parser("roles", help=does, description=does)
    parser.add_argument("username", metavar="NAME", help=_("用户名"))
    roles = sorted(role.value for role in GRANTABLE)
    parser.add_argument(
        "--role", required=True, action="append", choices=roles, metavar="ROLE", help=", ".join(roles)
    )
    parser.set_defaults(run=set_roles)
    does = _("替另一位管理员同意等着的授权或者换密码；只有一位管理员时用")
    parser = inner.add_parser("confirm", help=does, description=does)
    parser.add_argument("username", metavar="NAME", help=_("用户名"))
    parser.set_defaults(run=confirm)
    does = _("显示开户码：还没有人时，凭它在网页上建第一个管理员")
    inner.add_parser("setup-code", help=does, description=does).set_defaults(run=setup_code)
    does = _("列出用户")
    parser = inner.add_parser("list", help=does, description=does)
    parser.add_argument("--json", action="store_true", help=_("输出 JSON"))
    parser.set_defaults(run=list_users)


def _add_add(inner: Any, translate: Translate) -> None:
    _ = translate
    does = _("添加一个用户；不给密码就生成一个，只显示这一次")
    parser = inner.add_parser("add", help=does, description=does)
    parser.add_argument("username", metavar="NAME", help=_("用户名"))
    parser.add_argument("--name", required=True, metavar="TEXT", help=_("姓名"))
    parser.add_argument("--unit", required=True, metavar="CODE", help=_("单位代码"))
    roles = sorted(role.value for role in GRANTABLE)
    parser.add_argument(
        "--role", required=True, action="append", choices=roles, metavar="ROLE", help=", ".join(roles)
    )
    parser.add_argument("--email", metavar="ADDRESS", help=_("邮箱"))
    parser.add_argument("--head", action="store_true", help=_("单位负责人"))
    secret = parser.add_mutually_exclusive_group()
    secret.add_argument("--password", action="store_true", help=_("从标准输入读密码"))
    without = _("不设密码：没有人用它登录，只给程序发令牌")
    secret.add_argument("--no-password", action="store_true", help=without)
    parser.set_defaults(run=add_user)


def add_user(given: Namespace, context: Context) -> int:
    """Add a user; a made password is printed once, alone, on standard output."""
    _ = context.words
    services = context.services
    made = None if given.no_password else generate_password(given.username)
    password = context.secret(_("密码：")) if given.password else made
    services.db.apply(
        lambda session: users.add_user(
            session,
            actor=SYSTEM,
            chain=services.rules.services.chain,
            username=given.username,
            name=given.name,
            unit=given.unit,
            roles=given.role,
            password=password,
            email=given.email,
            head=given.head,
            profile=services.settings.profile,
            now=services.clock.now(),
        )
    )
    context.inform(_("已添加用户 {username}。").format(username=given.username))
    if made is not None and password is made:
        context.inform(_("初始密码只显示这一次，本人登录以后先换一个："))
        context.say(made)
    return 0


def set_password(given: Namespace, context: Context) -> int:
    """Set the password of a user, read from standard input; sign-ins and tokens end."""
    _ = context.words
    services = context.services
    password = context.secret(_("新密码："))
    services.db.apply(
        lambda session: users.set_password(
            session,
            actor=SYSTEM,
            chain=services.rules.services.chain,
            username=given.username,
            password=password,
            now=services.clock.now(),
            tokens_stay=given.keep_tokens,
            profile=services.settings.profile,
        )
    )
    context.inform(_("已更换 {username} 的密码。").format(username=given.username))
    return 0


def set_roles(given: Namespace, context: Context) -> int:
    """Give a user other roles in place of those of now; all else stays."""
    _ = context.words
    services = context.services

    def change(session: Session) -> None:
        one = user_list.find_person(session, actor=SYSTEM, username=given.username)
        user_changes.change_user(
            session,
            actor=SYSTEM,
            chain=services.rules.services.chain,
            username=one.username,
            name=one.name,
            unit=one.unit,
            roles=given.role,
            email=one.email,
            head=one.head,
            count_matters=partial(count_depending_matters, session, SYSTEM),
            profile=services.settings.profile,
            now=services.clock.now(),
        )

    services.db.apply(change)
    context.inform(
        _("{username} 现在的角色：{roles}").format(username=given.username, roles=", ".join(given.role))
    )
    return 0


def disable(given: Namespace, context: Context) -> int:
    """Let a user go, unless the unit still owes replies and nobody else is left in it."""
    _ = context.words
    services = context.services
    services.db.apply(
        lambda session: users.disable(
            session,
            actor=SYSTEM,
            chain=services.rules.services.chain,
            username=given.username,
            count_matters=partial(count_depending_matters, session, SYSTEM),
            now=services.clock.now(),
        )
    )
    context.inform(_("已停用 {username}。").format(username=given.username))
    return 0


def confirm(given: Namespace, context: Context) -> int:
    """Agree to what was proposed of a user, as whoever runs the server; a new password is printed."""
    _ = context.words
    services = context.services
    now, chain = services.clock.now(), services.rules.services.chain

    def agree(session: Session) -> list[str | None]:
        waiting = proposals.list_open(session, actor=SYSTEM, now=now, username=given.username)
        if not waiting:
            raise Conflict("proposal_over", username=given.username)
        done = [
            proposals.agree(
                session,
                actor=SYSTEM,
                chain=chain,
                username=given.username,
                act=one.act,
                seen=one.seen,
                profile=services.settings.profile,
                count_matters=partial(count_depending_matters, session, SYSTEM),
                now=now,
            )
            for one in waiting
        ]
        second_administrator.tell_agreed(session, actor=SYSTEM, username=given.username, now=now)
        return done

    for password in services.db.apply(agree):
        if password is None:
            context.inform(_("{username} 有了提请的角色。").format(username=given.username))
        else:
            context.inform(_("新密码只显示这一次，本人登录以后先换一个："))
            context.say(password)
    return 0


def setup_code(given: Namespace, context: Context) -> int:
    """Print the code with which the first administrator is made; there is none once there are people."""
    del given
    services = context.services
    with services.db.reading() as session:
        if not first_administrator.is_open(session):
            raise Conflict("set_up_already")
        context.say(first_administrator.setup_code(session, services.rules.services.receipt_key))
    return 0


def list_users(given: Namespace, context: Context) -> int:
    """List all users with unit and roles."""
    _ = context.words
    with context.services.db.reading() as session:
        lines = users.list_users(session, actor=SYSTEM)
    if given.json:
        context.say_json(
            [{name: said for name, said in vars(line).items() if name != "unit_name"} for line in lines]
        )
        return 0
    for text in table(
        (line.username, line.name, line.unit, ",".join(line.roles), "" if line.active else _("已停用"))
        for line in lines
    ):
        context.say(text)
    return 0
