"""Examine an installation: every problem at once, and what to do about each."""

import shutil
from argparse import Namespace
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from accounts.access.actor import SYSTEM
from accounts.fixed_settings import require_same_zone
from cases.configuration.definitions import is_adopted
from cases.intake.ladder_lengths import require_ladders
from cases.intake.read_definition import read_definition
from cases.responsibility.able_people import find_units_on_paper
from cli.backup.backup import BACKUP
from cli.check import (
    accounts,
    calendar,
    channels,
    configuration_changes,
    open_places,
    openid,
    personal_keys,
    quotas,
    scanner,
    security_log,
    ways_on,
)
from cli.check.findings import OK, WARNING, Findings
from cli.check.listed_settings import list_settings
from cli.check.slips import check_slips
from cli.framework import error_messages
from cli.framework.context import Context
from cli.framework.services import ProgramServices
from config import settings, tables
from config.setting_problems import BadSettings
from config.settings import PREFIX
from config.tables import BadTables
from core import clock
from core.errors import Conflict, DomainError, NotFound, Unavailable
from core.i18n import Translate
from core.persistence import revisions, sqlite_health, upgrading
from jobs.heartbeats import last_run
from workflow.definition.model import Definition
from workflow.definition.reader import BadDefinition, parse

JOBS_WITHIN = {
    "sweep": timedelta(hours=1),
    "deliver": timedelta(minutes=15),
    "verify": timedelta(days=2),
    BACKUP: timedelta(days=2),
}


def add(commands: Any, translate: Translate) -> None:
    """Add `check`."""
    _ = translate
    does = _("检查设置、流程、日历、数据库和通知渠道")
    parser = commands.add_parser("check", help=does, description=does)
    parser.add_argument(
        "--config", type=Path, metavar="DIR", help=_("改用这个配置文件夹会改变哪些未办完的事项")
    )
    parser.add_argument("--send", metavar="CHANNEL", help=_("用这个渠道发一封测试信"))
    parser.add_argument("--to", metavar="ADDRESS", help=_("测试信发给谁，默认是发件人自己"))
    parser.set_defaults(run=run)


def run(given: Namespace, context: Context) -> int:
    """Print every setting and every finding; 1 when something must be mended."""
    list_settings(context)
    found = Findings()
    sound = _check_settings(found, context)
    folder = Path(settings.value_of(context.environ, "CONFIG_DIR")).absolute()
    if folder.is_dir():
        _check_tables(found, folder, context)
    failed = found.failed
    other_is_right = given.config is not None and _check_folder(found, given.config, context)
    if sound is not None and not failed:
        _check_program(found, given, context, other_is_right=other_is_right)
    for level, line in found.lines:
        mark = {OK: "✓", WARNING: "!"}.get(level, "✗")
        (context.say if level != "problem" else context.inform)(f"{mark} {line}")
    return 1 if found.failed else 0


def _check_settings(found: Findings, context: Context) -> settings.Settings | None:
    _ = context.words
    try:
        sound = settings.load(context.environ)
    except BadSettings as error:
        for problem in error.problems:
            found.fail(problem.in_words(_))
        return None
    found.ok(_("设置"))
    return sound


def _check_folder(found: Findings, folder: Path, context: Context) -> bool:
    """Return whether the files of another configuration folder are right, whatever there is of a database."""
    if folder.is_dir():
        return _check_tables(found, folder, context)
    error = NotFound(place=str(folder))
    error.code = "file_not_found"
    found.fail(error_messages.sentence(error, context.words))
    return False


def _check_tables(found: Findings, folder: Path, context: Context) -> bool:
    """Return whether every file of a configuration is right; name what is wrong with its place."""
    _ = context.words
    try:
        decided = tables.read(folder)
        definition = parse(decided.workflow_text, decided.workflow_name)
        if not _is_adopted(definition, context):
            read_definition(decided.workflow_text, decided.workflow_name)
        require_ladders(decided, definition)
    except (BadTables, BadDefinition) as error:
        for problem in error.problems:
            found.fail(problem.in_words(_))
        return False
    found.ok(
        _("流程 {name} 第 {version} 版，{states} 个状态，{categories} 个类别").format(
            name=definition.name,
            version=definition.version,
            states=len(definition.states),
            categories=len(decided.categories),
        )
    )
    return True


def _is_adopted(definition: Definition, context: Context) -> bool:
    """Return whether the database, where there is one, has a life cycle already."""
    nowhere = suppress(BadSettings, DomainError, *error_messages.DATABASE_ERRORS)
    with nowhere, context.composed.db.reading() as session:
        return is_adopted(session, definition)
    return False


def _check_program(found: Findings, given: Namespace, context: Context, *, other_is_right: bool) -> None:
    """Compose the program and look at what it holds; what stands in the way is a finding as well."""
    try:
        services = context.composed
        open_places.check_places(found, services, context)
        if _check_database(found, services, context):
            _check_owners(found, services, context)
            ways_on.check_register(found, services, context)
            calendar.check_calendar(found, services, context)
            check_slips(found, services, context)
            scanner.check_scanner(found, services, context)
            openid.check_openid(found, services, context)
            security_log.check_security_log(found, services, context)
            accounts.check_tokens(found, services, context)
            quotas.check_quotas(found, services, context)
            accounts.check_administrators(found, services, context)
            personal_keys.check_keys(found, services, context)
            _check_heartbeats(found, services, context)
            if given.config is None:
                configuration_changes.check_start(found, services, services.settings.config_dir, context)
            elif other_is_right:
                _check_other(found, given.config, services, context)
        channels.check_channels(found, services, given, context)
    except DomainError as error:
        found.fail(error_messages.sentence(error, context.words))
    except BadSettings as error:
        for problem in error.problems:
            found.fail(problem.in_words(context.words))
    except error_messages.DATABASE_ERRORS as error:
        found.fail(error_messages.of_database(error, context.words))


def _check_database(found: Findings, services: ProgramServices, context: Context) -> bool:
    """Return whether the database can be asked about the rest."""
    _ = context.words
    with services.db.reading() as session:
        session.execute(text("SELECT 1"))  # a database that does not answer is not an empty one
        revision = revisions.head(session)
    if revision is None:
        found.warn(_("数据库还是空的，第一次 run 或 db upgrade 时建立"))
        return False
    newer = revisions.is_newer(revision)
    if newer:
        found.warn(_("数据库已由更新的版本升级到 {revision}，本版本照常可用").format(revision=revision))
    elif revision != revisions.newest():
        found.fail(_("数据库不是最新版本，请运行 db upgrade"))
        return False
    said = sqlite_health.find_damage(services.db) if services.db.is_sqlite else None
    if said is not None:
        found.fail(error_messages.sentence(Unavailable(reason="database_damaged", said=said), _))
        return False
    if not newer:  # what a newer version added is no fault
        for difference in upgrading.differences(services.db):
            found.fail(_("数据库与程序不一致：{difference}").format(difference=difference))
    try:
        require_same_zone(services.db, services.settings.timezone, chain=services.rules.services.chain)
    except Conflict as error:
        found.fail(error_messages.sentence(error, _))
    place = services.settings.data_dir if services.settings.data_dir.exists() else Path.cwd()
    free = shutil.disk_usage(place).free // 2**20
    if free < services.settings.least_free_mb:
        found.fail(_("磁盘只剩 {free} MB").format(free=free))
    found.ok(
        _("数据库 {name}，版本 {revision}").format(name=services.db.engine.dialect.name, revision=revision)
    )
    if services.clock.is_sample():
        found.ok(_("这是示例，不是正式的数据。"))
    return True


def _check_owners(found: Findings, services: ProgramServices, context: Context) -> None:
    """Name the units that have open matters and nobody who may act on them."""
    _ = context.words
    with services.db.reading() as session:
        units = find_units_on_paper(session, actor=SYSTEM)
    for unit in units:
        found.fail(
            _("{name}（{code}）有 {n} 件没办完的事，那里没有能办的人").format(
                name=unit.name, code=unit.code, n=unit.matters
            )
        )


def _check_heartbeats(found: Findings, services: ProgramServices, context: Context) -> None:
    """Say when schedule and backup last ran, for nothing else tells when they stop (interfaces.md)."""
    _ = context.words
    now = clock.now()
    for name, within in JOBS_WITHIN.items():
        last = last_run(services.settings.data_dir, name)
        if last is None:
            found.warn(_("{name} 还没有运行过").format(name=name))
        elif now - last > within:
            found.warn(_("{name} 上次运行是 {at}").format(name=name, at=_local(last, services)))
        else:
            found.ok(_("{name} 上次运行是 {at}").format(name=name, at=_local(last, services)))


def _check_other(found: Findings, folder: Path, services: ProgramServices, context: Context) -> None:
    """Say what a start with another configuration folder changes for open cases, or why it is refused."""
    other = context.assemble({**context.environ, f"{PREFIX}CONFIG_DIR": str(folder.absolute())})
    try:
        configuration_changes.check_start(found, other, folder, context)
        if other.rules.definition.hash != services.rules.definition.hash:
            ways_on.check_register(found, other, context)
    finally:
        other.db.dispose()


def _local(moment: datetime, services: ProgramServices) -> str:
    return f"{moment.astimezone(services.rules.zone):%Y-%m-%d %H:%M}"
