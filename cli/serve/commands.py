"""Start the program: everything on one machine, or the server alone."""

import functools
from argparse import Namespace
from contextlib import suppress
from typing import Any

from sqlalchemy import select

from accounts.installation import is_prepared
from accounts.models import Area
from accounts.registers import first_administrator
from accounts.vocabulary import InstallationKind
from cli.framework import arguments, error_messages
from cli.framework.context import Context, table
from cli.framework.services import ProgramServices
from cli.serve import processes
from cli.serve.database_setup import prepare_database
from cli.serve.sample_trial import find_missing_settings
from core import clock
from core.i18n import Translate
from core.persistence import sqlite_health
from demo import simulate
from jobs.schedule import build_scheduler
from jobs.tasks import SEALS_FOLDER

HOST, PORT = "127.0.0.1", 8000
PORTS = functools.partial(arguments.number, least=0, most=65535)
WORKERS = functools.partial(arguments.number, most=64)


def add(commands: Any, translate: Translate) -> None:
    """Add `run` and `serve`."""
    _ = translate
    for name, does, run in (
        ("run", _("在一台机器上运行全部：升级、网页、接口、定时任务"), run_all),
        ("serve", _("只运行网页和接口"), serve),
    ):
        parser = commands.add_parser(name, help=does, description=does)
        parser.add_argument("--host", default=HOST, help=_("监听的地址，默认 {host}").format(host=HOST))
        parser.add_argument(
            "--port", type=PORTS, default=PORT, metavar="N", help=_("端口，默认 {port}").format(port=PORT)
        )
        parser.set_defaults(run=run)
        if name == "run":
            parser.add_argument("--demo", action="store_true", help=_("数据库为空时先装入示例乡镇"))
        else:
            parser.add_argument("--workers", type=WORKERS, default=1, metavar="N", help=_("进程数"))


def run_all(given: Namespace, context: Context) -> int:
    """Migrate, load the sample township when asked to, then serve and run the schedule until told to end."""
    context.make_keys()
    sqlite_health.require_sound(context.composed.db)
    services = context.services
    kind = prepare_database(services, now=clock.now(), sample=given.demo and _is_new(services))
    if given.demo:
        _load_demo(context, kind)
    return processes.run(
        functools.partial(context.create_app, context.environ),
        host=given.host,
        port=given.port,
        scheduler=build_scheduler(services),
        announce=functools.partial(_announce, context, shows_code=True),
    )


def serve(given: Namespace, context: Context) -> int:
    """Serve pages and API with so many processes until told to end."""
    sqlite_health.require_sound(context.composed.db)
    return processes.serve(
        functools.partial(context.create_app, dict(context.environ)),
        host=given.host,
        port=given.port,
        workers=given.workers,
        announce=functools.partial(_announce, context, shows_code=False),
    )


def _is_new(services: ProgramServices) -> bool:
    """Return whether nobody has prepared the database yet, so that it may become a sample."""
    with suppress(*error_messages.DATABASE_ERRORS), services.db.reading() as session:
        return not is_prepared(session)
    return True  # it has no tables


def _load_demo(context: Context, kind: InstallationKind) -> None:
    """Tell the sample township into an empty sample and print its sign-ins, which are shown this once."""
    _ = context.words
    services = context.services
    if kind is not InstallationKind.SAMPLE:
        context.inform(_("这里已是正式的数据库，没有装入示例。要试用，请另用一个 HUIYIN_DATA_DIR。"))
        return
    with services.db.reading() as session:
        if session.scalars(select(Area.id).limit(1)).first() is not None:
            context.inform(_("数据库里已有数据，没有装入示例。"))
            return
    lacking = find_missing_settings(services, now=services.clock.now())
    for lack in lacking:
        context.inform(
            _("示例里少 {count} 件「{kind}」：要用到 {setting} 里的 {code}").format(
                count=lack.kind.count,
                kind=lack.kind.called(context.language),
                setting=lack.setting,
                code=lack.code,
            )
        )
    context.inform(_("正在装入示例乡镇……"))
    done = simulate.simulate(
        services.db,
        rules=services.rules,
        today=services.clock.today(services.rules.zone),
        seals_folder=services.settings.data_dir / SEALS_FOLDER,
        left_out=[lack.kind.name for lack in lacking],
    )
    if done.unfinished:
        kinds = sorted({story.kind.called(context.language) for story in done.unfinished})
        context.inform(
            _("按您的配置，示例里有 {count} 件事只走到一半：{kinds}").format(
                count=len(done.unfinished), kinds=_("、").join(kinds)
            )
        )
    context.say(_("示例用户和密码（只显示这一次）："))
    for line in table(done.passwords.items()):
        context.say(f"  {line}")


def _announce(context: Context, address: str, *, shows_code: bool) -> None:
    """Say where the program is, and while there is nobody, how the first administrator is made.

    What `serve` says is kept in the system's journal, which more people read than a terminal: it names the
    command instead of the code.
    """
    _ = context.words
    context.say(_("回音已在 {address} 运行，Ctrl-C 结束。").format(address=address))
    services = context.services
    with suppress(*error_messages.DATABASE_ERRORS), services.db.reading() as session:
        if first_administrator.is_open(session) and shows_code:
            code = first_administrator.setup_code(session, services.rules.services.receipt_key)
            context.say(
                _("还没有人。请打开 {address}/setup，用开户码 {code} 建第一个管理员。").format(
                    address=address, code=code
                )
            )
        elif first_administrator.is_open(session):
            context.say(_("还没有人。运行 users setup-code 看开户码，再打开 /setup 建第一个管理员。"))
    context.stdout.flush()
