"""Look whether who complainants are is sealed everywhere, with keys that are here."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from cases.sealing import keys_in_use, resealing
from cases.vocabulary import FORGOTTEN
from cli.check.findings import Findings
from cli.framework import error_messages
from cli.framework.context import Context
from cli.framework.services import ProgramServices
from core.errors import Conflict
from core.sealing.sealed_columns import SEALED

CLEAR = "SELECT 1 FROM complainants WHERE substr(name, 1, 1) NOT IN (?, ?) LIMIT 1"


def check_keys(found: Findings, services: ProgramServices, context: Context) -> None:
    """Say which key is missing or strange, what it has not sealed, and which copies tell names to anybody."""
    _ = context.words
    keys = services.rules.services.personal_keys
    try:
        keys_in_use.require_keys(services.db, keys)
    except Conflict as error:
        found.fail(error_messages.sentence(error, _))
        return
    with services.db.reading() as session:
        left = resealing.count_other(session, keys)
    if left:
        words = _("有 {rows} 行姓名、电话或经过旁边的话不是用现在的密钥封存的，请运行 keys rotate")
        found.warn(words.format(rows=left))
    words = _("{place} 是升级前的备份，里面的姓名和电话没有封存；确认用不着了就删除它")
    for place in _clear_copies(services):
        found.warn(words.format(place=place))
    if not left:
        found.ok(_("姓名和电话已用密钥 {key} 封存").format(key=keys.present.id))


def _clear_copies(services: ProgramServices) -> Iterator[Path]:
    """Yield the copies that upgrades have left beside a SQLite database and that hold names in the clear."""
    if not services.db.is_sqlite:
        return
    database = Path(str(services.db.url.database)).absolute()
    for place in sorted(database.parent.glob(f"{database.name}.before-*")):
        with suppress(sqlite3.DatabaseError), closing(_opened(place)) as raw:
            if raw.execute(CLEAR, (SEALED, FORGOTTEN)).fetchone() is not None:
                yield place


def _opened(place: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{place.as_uri()}?mode=ro", uri=True)
