"""List the keys of names and telephones, and change the one that seals."""

from argparse import Namespace
from typing import Any

from accounts.fixed_settings import require_same_zone
from cases.sealing import keys_in_use, resealing
from cases.sealing.rotation import rotate as rotate_keys
from cli.framework.context import Context, table
from cli.framework.services import ProgramServices
from core import clock
from core.i18n import Translate


def add(commands: Any, translate: Translate) -> None:
    """Add `keys list` and `keys rotate`."""
    _ = translate
    title = _("封存姓名和电话的密钥")
    inner = commands.add_parser("keys", help=title, description=title).add_subparsers(required=True)
    for name, does, run in (
        ("list", _("列出用过的密钥、在不在这里、还有没有用到"), list_keys),
        ("rotate", _("换一个新密钥，把全部姓名、电话和经过旁边的话重新封存；可以边用边换"), rotate),
    ):
        parser = inner.add_parser(name, help=does, description=does)
        parser.set_defaults(run=run)


def list_keys(given: Namespace, context: Context) -> int:
    """Print the ids of all keys, the newest first, never a key itself."""
    del given
    _ = context.words
    services = _services(context)
    keys = services.rules.services.personal_keys
    with services.db.reading() as session:
        known = keys_in_use.load_keys(session)
        left = resealing.count_other(session, keys)
    rows = [[_("密钥"), _("开始使用"), _("在不在这里"), _("用处")]]
    for key in known:
        here = _("在") if key.id in keys.ids else _("不在")
        rows.append([key.id, f"{key.used_from.astimezone(services.rules.zone):%Y-%m-%d %H:%M}", here, ""])
        rows[-1][-1] = _("已换下，只有旧备份还要用") if key.replaced_at is not None else _("正在使用")
    entered = {key.id for key in known}
    rows += [[key_id, "", _("在"), _("还没有用过")] for key_id in keys.ids if key_id not in entered]
    for line in table(rows):
        context.say(line)
    if left:
        words = _("还有 {rows} 行不是用 {key} 封存的，请运行 keys rotate。")
        context.inform(words.format(rows=left, key=keys.present.id))
    return 0


def rotate(given: Namespace, context: Context) -> int:
    """Seal everything with a new key, and say which earlier ones are needed no more."""
    del given
    _ = context.words
    services = _services(context)
    keys = services.rules.services.personal_keys
    with services.db.reading() as session:
        total = resealing.count_sealed(session)
    with context.progress(total, "keys") as bar:
        done = rotate_keys(services.db, keys, now=clock.now(), progress=bar.update)
    context.say(_("已用密钥 {key} 重新封存 {rows} 行。").format(key=done.key_id, rows=done.rows))
    if done.waits:
        context.say(
            _("请让每一个服务进程都用上新的设置（重新启动），再运行一次 keys rotate，旧密钥才算换下。")
        )
    words = _("密钥 {key} 已换下，可以从这里拿走；用它封存的旧备份还在，就要另外留着它。")
    for key_id in done.replaced:
        context.say(words.format(key=key_id))
    if keys.place is not None:
        words = _("新密钥在 {place}。请马上另外抄存一份，不要和备份放在一起。")
        context.inform(words.format(place=keys.place))
    return 0


def _services(context: Context) -> ProgramServices:
    """Return the program also where the present key is not the one that the database is sealed with yet."""
    services = context.composed
    require_same_zone(services.db, services.settings.timezone, chain=services.rules.services.chain)
    return services
