"""Bring the database to the newest schema, compare it with the models, and count its cases anew."""

from argparse import Namespace
from typing import Any

from accounts.vocabulary import InstallationKind
from cases.statistics import tallies
from cli.framework.context import Context
from cli.serve.database_setup import prepare_database
from core import clock
from core.i18n import Translate
from core.persistence import revisions, upgrading


def add(commands: Any, translate: Translate) -> None:
    """Add `db upgrade`, `db check` and `db recount`."""
    _ = translate
    title = _("数据库")
    inner = commands.add_parser("db", help=title, description=title).add_subparsers(required=True)
    for name, does, run in (
        ("upgrade", _("把数据库升级到最新版本"), upgrade),
        ("check", _("比较数据库和程序的数据模型"), check),
        ("recount", _("重新汇总全部事项"), recount),
    ):
        parser = inner.add_parser(name, help=does, description=does)
        parser.set_defaults(run=run)
        if name == "upgrade":
            parser.add_argument("--sample", action="store_true", help=_("新装成示例，用来试用和培训"))


def upgrade(given: Namespace, context: Context) -> int:
    """Migrate, and enter what every installation needs: its zone, its calendar, its life cycle."""
    _ = context.words
    context.make_keys()
    kind = prepare_database(context.services, now=clock.now(), sample=given.sample)
    with context.services.db.reading() as session:
        context.say(_("数据库已是最新版本 {revision}。").format(revision=revisions.head(session)))
    if kind is InstallationKind.SAMPLE:
        context.say(_("这是示例，不是正式的数据。"))
    return 0


def check(given: Namespace, context: Context) -> int:
    """Print every difference between models and database; 1 when there is one."""
    del given
    _ = context.words
    differences = upgrading.differences(context.services.db)
    for difference in differences:
        context.inform(_("数据库与程序不一致：{difference}").format(difference=difference))
    if not differences:
        context.say(_("数据库与程序一致。"))
    return 1 if differences else 0


def recount(given: Namespace, context: Context) -> int:
    """Count every case anew, to mend sums that `verify` finds wrong; people may work meanwhile."""
    del given
    _ = context.words
    cases = tallies.recount(context.services.db, zone=context.services.rules.zone)
    context.say(_("已重新汇总 {number} 件事项。").format(number=cases))
    return 0
