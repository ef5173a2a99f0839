"""Forget what has been kept long enough: words, names, phone numbers and files of matters that are over."""

from argparse import Namespace
from typing import Any

from cases.retention import forgetting
from cli.framework import arguments
from cli.framework.context import Context
from core.i18n import Translate
from wsgi import idempotency


def add(commands: Any, translate: Translate) -> None:
    """Add `forget`."""
    _ = translate
    does = _("删除办完已久的事项里的话、姓名、电话和附件；编号、日子、数字和记录链都留着，删了找不回来")
    parser = commands.add_parser("forget", help=does, description=does)
    parser.add_argument(
        "--before",
        type=arguments.day,
        required=True,
        metavar="DATE",
        help=_("最后一条记录在这一天以前的事项"),
    )
    parser.add_argument("--dry-run", action="store_true", help=_("只数一数，不删"))
    parser.add_argument("--json", action="store_true", help=_("输出 JSON"))
    parser.set_defaults(run=run)


def run(given: Namespace, context: Context) -> int:
    """Forget, or count, and say how many matters and what could not be forgotten."""
    _ = context.words
    services = context.services
    known: dict[str, Any] = {"rules": services.rules, "before": given.before, "now": services.clock.now()}
    due = forgetting.count_due(services.db, **known)
    if given.dry_run:
        if given.json:
            context.say_json({"due": due})
        else:
            context.say(_("到期该删的有 {due} 件；没有删。").format(due=due))
        return 0
    with context.progress(due, "forget") as bar:
        done = forgetting.forget(services.db, **known, clear=idempotency.delete_of_cases, progress=bar.update)
    if given.json:
        context.say_json(
            {"cases": done.cases, "entries": done.entries, "plain": done.plain, "files": done.files}
        )
        return 0
    context.say(
        _("删了 {cases} 件里的内容：{entries} 条经过里的话，{files} 个附件。").format(
            cases=done.cases, entries=done.entries, files=done.files
        )
    )
    if done.plain:
        context.say(_("早先版本写下的 {plain} 条经过，里面的话删不掉。").format(plain=done.plain))
    return 0
