"""Print figures."""

import json
from argparse import Namespace
from pathlib import Path
from typing import Any

from accounts.access.actor import SYSTEM
from cli.framework import arguments
from cli.framework.context import Context, table
from core.i18n import Translate
from core.tables.writer import write_rows
from reports.rate_table import rows, uncounted
from reports.rates import count_rates


def add(commands: Any, translate: Translate) -> None:
    """Add `report rates`."""
    _ = translate
    title = _("数字和报表")
    inner = commands.add_parser("report", help=title, description=title).add_subparsers(required=True)
    does = _("各项比率：答复率、按时答复率、办结率……")
    parser = inner.add_parser("rates", help=does, description=does)
    parser.add_argument("--area", metavar="CODE", help=_("地区代码，不填则为全部"))
    parser.add_argument(
        "--from", dest="start", type=arguments.day, metavar="DATE", help=_("受理日，从这一天")
    )
    parser.add_argument("--to", dest="end", type=arguments.day, metavar="DATE", help=_("受理日，到这一天"))
    parser.add_argument("--json", action="store_true", help=_("输出 JSON"))
    parser.add_argument(
        "--out", type=arguments.table_file, metavar="FILE", help=_("写入文件：.xlsx、.csv 或 .json")
    )
    parser.set_defaults(run=run)


def run(given: Namespace, context: Context) -> int:
    """Count the rates and print them, or write them to a file."""
    services = context.services
    with services.db.reading() as session:
        result = count_rates(
            session,
            actor=SYSTEM,
            rules=services.rules,
            area=given.area,
            start=given.start,
            end=given.end,
            now=services.clock.now(),
        )
    if given.out is not None:
        _write(given.out, result, context)
    elif given.json:
        context.say_json(result)
    else:
        _print(result, context)
    return 0


def _print(result: dict[str, Any], context: Context) -> None:
    _ = context.county_words
    title = _sample_mark(context)
    if title:
        context.say(title)
    context.say(
        _("地区 {area}，受理日 {start} 至 {end}").format(
            area=result["area"] or _("全部"), start=result["from"] or "…", end=result["to"] or "…"
        )
    )
    shown = [(label, f"{met} / {of}", part) for label, code, met, of, part in rows(result, _)]
    for line in table(shown):
        context.say(line)
    apart = _("，").join(f"{label} {count}" for label, count in uncounted(result, _))
    context.say(_("不计入以上各项：{apart}").format(apart=apart))


def _write(place: Path, result: dict[str, Any], context: Context) -> None:
    _ = context.county_words
    if place.suffix.lower() == ".json":
        text = json.dumps(result, ensure_ascii=False, indent=2, default=str)
        place.write_text(text + "\n", encoding="utf-8")
    else:
        header = (_("项目"), _("代码"), _("分子"), _("分母"), _("比率"))
        write_rows(place, header, rows(result, _), title=_sample_mark(context))
    context.inform(_("已写入 {place}").format(place=place))


def _sample_mark(context: Context) -> str:
    """Return what every paper of a sample says, and nothing in a live installation."""
    _ = context.words
    return _("示例，不是真事") if context.services.clock.is_sample() else ""
