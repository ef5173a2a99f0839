"""Copy everything to a folder, and bring it back from there."""

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from accounts.sign_in import sessions
from cases.intake import numbering
from cases.sealing import keys_in_use
from cli.backup import manifest, plain_files
from cli.framework.context import Context
from cli.framework.services import ProgramServices
from core import clock
from core.errors import Conflict
from core.files import store
from core.i18n import Translate
from core.persistence import database_backup
from core.persistence.checked_copy import OtherContent, write_copy
from jobs.heartbeats import record_run
from jobs.tasks import SEALS_FOLDER
from notifications import restore_guard

BACKUP = "backup"


def add(commands: Any, translate: Translate) -> None:
    """Add `backup` and `restore`."""
    _ = translate
    for name, does, run in (
        ("backup", _("把数据库和附件备份到一个新文件夹"), backup),
        ("restore", _("从备份恢复到空的数据库和文件夹"), restore),
    ):
        parser = commands.add_parser(name, help=does, description=does)
        parser.add_argument("folder", type=Path, metavar="DIR", help=_("备份所在的文件夹"))
        parser.set_defaults(run=run)


def backup(given: Namespace, context: Context) -> int:
    """Copy database, attachments and daily seals; keys are not among them, keep them elsewhere."""
    _ = context.words
    services, folder = context.services, given.folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict("folder_not_empty", place=str(folder))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Seals before the database and attachments after it: a seal has its row, and a row has its file, by then.
    _copy_tree(services.settings.data_dir / SEALS_FOLDER, folder / SEALS_FOLDER, context)
    with database_backup.snapshot(services.db, folder) as (_place, connection):
        content = {**manifest.describe(connection), manifest.KEYS: keys_in_use.ids_in_use(connection)}
    _copy_tree(services.rules.services.files.folder, folder / store.FOLDER, context)
    now = clock.now()
    manifest.write(
        folder, engine=_engine(services), content=content, chain=services.rules.services.chain, now=now
    )
    record_run(services.settings.data_dir, BACKUP, now)
    context.say(
        _("已备份到 {folder}：{cases} 件事项。").format(folder=folder, cases=content["counts"]["cases"])
    )
    context.inform(
        _(
            "备份里没有密钥。请另外保管 secret.key 和 personal.key（或 HUIYIN_SECRET_KEY 和 "
            "HUIYIN_PERSONAL_KEY），没有它们就无法恢复。这份备份里的姓名和电话要用密钥 {keys} 打开。"
        ).format(keys=_("、").join(content[manifest.KEYS]) or "—")
    )
    return 0


def restore(given: Namespace, context: Context) -> int:
    """Bring a backup back into an empty place, after checking all of it; then check the result."""
    _ = context.words
    services, folder = context.services, given.folder
    known = manifest.read(folder, chain=services.rules.services.chain)
    if known["engine"] != _engine(services):
        raise Conflict("copy_of_other_engine", engine=known["engine"])
    for key_id in known.get(manifest.KEYS, ()):
        if key_id not in services.rules.services.personal_keys.ids:
            raise Conflict("copy_of_other_personal_key", key_id=key_id)
    _require_empty(services)
    _bring_back(folder, known["files"], context)
    with services.db.engine.connect() as connection:
        found = manifest.describe(connection)
    wrong = [name for name in ("revision", "counts", "heads") if found[name] != known[name]]
    if wrong:
        raise Conflict("copy_damaged", files=wrong)
    dropped = _settle(services, known["made_at"])
    context.say(
        _("已恢复 {cases} 件事项。原来待发的 {dropped} 份通知不再发送。请运行 verify 核对。").format(
            cases=found["counts"]["cases"], dropped=dropped
        )
    )
    context.say(
        _(
            "备份以后发出的编号可能已在群众手里，所以各村的编号都跳过一段，从 {stride} 的下一个倍数接着编。"
        ).format(stride=numbering.STRIDE)
    )
    context.say(_("到恢复的这一刻为止该催该报的，原来的系统已经发过，只进站内收件箱，不再发邮件。"))
    return 0


def _settle(services: ProgramServices, copied_at: str) -> int:
    """Keep what left the house before from leaving it again, and record the restore; give what was dropped.

    What the original gave out after the copy was made is not in it: numbers of cases, and messages.
    """
    now = clock.now()
    years = range(datetime.fromisoformat(copied_at).year, now.astimezone(services.rules.zone).year + 1)
    with services.db.transaction() as session:
        dropped = restore_guard.drop_waiting(session, reason="restored")
        sessions.end_all_of_everybody(session, now=now)
        serials = numbering.advance_serials(session, years=years)
        restore_guard.record_restore(
            session,
            copied_at=copied_at,
            chain=services.rules.services.chain,
            now=now,
            facts={"dropped": dropped, "serials": serials},
        )
    return dropped


def _require_empty(services: ProgramServices) -> None:
    if not database_backup.is_empty(services.db):
        raise Conflict("target_not_empty", place=services.db.url.render_as_string(hide_password=True))
    for place in (services.rules.services.files.folder, services.settings.data_dir / SEALS_FOLDER):
        if place.exists() and any(place.iterdir()):
            raise Conflict("target_not_empty", place=str(place))


def _bring_back(folder: Path, files: dict[str, Any], context: Context) -> None:
    """Restore what the manifest names, the database first; what else lies in the folder stays there."""
    services = context.services
    targets = {
        store.FOLDER: services.rules.services.files.folder,
        SEALS_FOLDER: services.settings.data_dir / SEALS_FOLDER,
    }
    name = _copy_name(services)
    if name not in files:
        raise Conflict("copy_damaged", files=[name])
    with _unchanged(folder, name) as copy:
        database_backup.restore(services.db, copy, files[name]["sha256"])
    stored = [one for one in files if "/" in one]
    with context.progress(len(stored), store.FOLDER) as bar:
        for one in stored:
            first, _, below = one.partition("/")
            target = targets[first] / below
            target.parent.mkdir(parents=True, exist_ok=True)
            with _unchanged(folder, one) as source:
                write_copy(source, target, files[one]["sha256"])
            bar.update()


@contextmanager
def _unchanged(folder: Path, name: str) -> Iterator[BinaryIO]:
    """Open a file that was checked before; say so when it is another one by now."""
    try:
        with plain_files.open_plain(folder, name) as stored:
            yield stored
    except (plain_files.NotPlain, FileNotFoundError, OtherContent):
        raise Conflict("copy_changed", files=[name]) from None


def _copy_tree(source: Path, target: Path, context: Context) -> None:
    """Copy stored files and make them durable; files that are still coming in are left out."""
    try:
        names = list(plain_files.list_files(source))
    except plain_files.NotPlain as error:
        raise Conflict("data_not_plain", place=str(source / str(error))) from None
    found = [name for name in names if not Path(name).name.startswith("incoming-")]
    with context.progress(len(found), source.name) as bar:
        for name in found:
            copy = target / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            with (source / name).open("rb") as stored:
                write_copy(stored, copy)
            bar.update()


def _engine(services: ProgramServices) -> str:
    return services.db.engine.dialect.name


def _copy_name(services: ProgramServices) -> str:
    return database_backup.SQLITE_COPY if services.db.is_sqlite else database_backup.POSTGRES_COPY
