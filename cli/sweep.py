"""Look now for what is late."""

from argparse import Namespace
from typing import Any

from cli.framework import arguments
from cli.framework.context import Context
from core.i18n import Translate
from jobs import schedule


def add(commands: Any, translate: Translate) -> None:
    """Add `sweep`."""
    _ = translate
    does = _("标出超期事项，按阶梯催办")
    parser = commands.add_parser("sweep", help=does, description=does)
    parser.add_argument(
        "--today",
        type=arguments.day,
        metavar="DATE",
        help=_("按这一天 {time} 运行；不是今天的只演练，不写入").format(time=f"{schedule.NINE:%H:%M}"),
    )
    parser.add_argument("--json", action="store_true", help=_("输出 JSON"))
    parser.set_defaults(run=run)


def run(given: Namespace, context: Context) -> int:
    """Sweep once and print what was flagged, fired, skipped and raised."""
    _ = context.words
    result = schedule.run_once("sweep", context.services, given.today)
    for number in result.get("failed", []):
        context.inform(_("没有看成：{number}，下次再看").format(number=number))
    if given.json:
        context.say_json(result)
    else:
        _print(result, context)
    return 1 if result.get("failed") else 0


def _print(result: dict[str, Any], context: Context) -> None:
    _ = context.words
    if result["rehearsal"]:
        context.say(_("这是演练，什么都没有写入。到那一天会这样："))
    context.say(
        _("{today}：标出 {flagged} 件超期，提醒 {fired} 次，跳过 {skipped} 次，提级 {raised} 件。").format(
            today=result["today"],
            flagged=len(result["flagged"]),
            fired=len(result["fired"]),
            skipped=len(result["skipped"]),
            raised=len(result["raised"]),
        )
    )
    for number in result["flagged"]:
        context.say(_("超期：{number}").format(number=number))
    for number in result["raised"]:
        context.say(_("提级：{number}").format(number=number))
