"""Give out what is kept of one person, when that person asks for it."""

import json
from argparse import Namespace
from pathlib import Path
from typing import Any

from accounts.access.actor import SYSTEM
from cases.retention.person_export import export_person
from cases.vocabulary import MARKS_SHOWN
from cli.framework.context import Context, iso
from core.i18n import Translate


def add(commands: Any, translate: Translate) -> None:
    """Add `export`."""
    _ = translate
    does = _("导出一位反映人的全部内容（JSON），本人要的时候交给本人；导出了什么事项会记下来")
    parser = commands.add_parser("export", help=does, description=does)
    parser.add_argument("who", metavar="WHO", help=_("姓名、电话、电话的最后几位或事项编号"))
    parser.add_argument("--name", metavar="TEXT", help=_("一个电话、一件事有好几位时，是哪一位"))
    parser.add_argument("--village", metavar="CODE", help=_("按姓名找时只找这个村"))
    parser.add_argument("--out", type=Path, metavar="FILE", help=_("写入文件，只有自己能读"))
    parser.set_defaults(run=run)


def run(given: Namespace, context: Context) -> int:
    """Print it, or write it to a file, and note that it was given out."""
    _ = context.words
    services = context.services
    found = services.db.apply(
        lambda session: export_person(
            session,
            actor=SYSTEM,
            rules=services.rules,
            who=given.who,
            name=given.name,
            village=given.village,
            now=services.clock.now(),
        )
    )
    written = json.dumps(found, ensure_ascii=False, indent=2, default=iso)
    for mark, words in MARKS_SHOWN.items():
        written = written.replace(mark, _(words))
    if given.out is None:
        context.say(written)
    else:
        given.out.write_text(f"{written}\n", encoding="utf-8")
        context.inform(_("已写入 {place}").format(place=given.out))
    files = sum(len(matter.get("files", ())) for matter in found["matters"])
    if files:
        context.inform(_("另有 {files} 个附件，按列出的摘要在文件夹 files 里。").format(files=files))
    return 0
