"""Turn what was refused into one clear sentence that says what to do."""

from collections.abc import Mapping

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from accounts.registers.user_validation import LONGEST_USERNAME
from accounts.sign_in import passwords
from cli.framework import table_errors
from config.marked_text import with_limits
from config.profiles import MLPS
from core.errors import DomainError, Forbidden, Invalid, NotFound, Unavailable
from core.i18n import Translate
from core.i18n import mark as _
from wsgi.error_messages import PROBLEMS, REGISTERS

BUSY = _("数据库正忙：另一个程序正在写入。请过一会儿再试；已经写入的内容不受影响。")
#: How PostgreSQL says that it waited in vain for another one who writes, or would have for ever.
BUSY_STATES = frozenset({"55P03", "40P01", "40001"})
BUSY_NAMES = ("SQLITE_BUSY", "SQLITE_LOCKED")

#: What can be refused to a command and says itself in a sentence of its own; braces hold facts of the error.
SENTENCES: Mapping[str, str] = {
    **REGISTERS,
    "zone_is_pinned": _("这个数据库按 {pinned} 计日，不能改成 {asked}。请把 HUIYIN_TIMEZONE 改回 {pinned}。"),
    "made_with_other_key": _(
        "这个数据库是用另一个密钥（{key_id}）建的。请放回原来的 secret.key，"
        "或把原来的密钥写进 HUIYIN_SECRET_KEY 或 HUIYIN_SECRET_KEY_FALLBACKS。"
    ),
    "installation_is_live": _("这里已是正式的数据库，不能再改成示例。请另用一个 HUIYIN_DATA_DIR。"),
    "clock_ran_ahead": _(
        "服务器的时钟比最新的记录（{day}）慢，什么也不能写入。时钟走到那时就恢复；"
        "时钟现在是准的，请运行 clock accept --reason。"
    ),
    "several_people": _(
        "可能不止一位，为了不把别人的交出去，没有导出。事项：{cases}。请给电话，或者加 --name 说明是哪一位。"
    ),
    "too_many_names": _(
        "姓名是封存的，一次最多打开 {most} 个，这里不止。请加 --village 说明是哪个村，或者给电话、事项编号。"
    ),
    "clock_is_right": _("没有比现在更晚的记录，时钟不用说明。"),
    "workflow_strands_cases": _("新流程没有这些状态，其中还有未办完的事项：{states}。请在流程里保留它们。"),
    "codes_in_use": _(
        "这些类别或期限已有事项在用，配置里不能没有：{codes}。请留着它们；只换叫法的，改名称，不改代码。"
    ),
    "workflow_version_reused": _("流程 {name} 第 {version} 版的内容变了。请把 workflow.toml 的版本号加一。"),
    "no_secret_key": _(
        "还没有密钥。新装请先运行 run 或 db upgrade；已有数据请放回 secret.key 或设置 HUIYIN_SECRET_KEY。"
    ),
    "no_personal_key": _(
        "还没有封存姓名和电话的密钥。新装和升级请先运行 run 或 db upgrade；"
        "已有数据请放回 personal.key 或设置 HUIYIN_PERSONAL_KEY。"
    ),
    "personal_key_not_here": _(
        "这个数据库里的姓名和电话是用密钥 {key_id} 封存的，它不在这里，打不开。请放回原来的 personal.key，"
        "或把它写进 HUIYIN_PERSONAL_KEY 或 HUIYIN_PERSONAL_KEY_FALLBACKS。"
    ),
    "personal_key_missing": _(
        "有的姓名或电话是用密钥 {key_id} 封存的，它不在这里。请放回 personal.key 或设置 HUIYIN_PERSONAL_KEY。"
    ),
    "personal_key_replaced": _(
        "这个进程封存姓名和电话用的密钥已经换下，什么也没有写入。请让它用上新的密钥，重新启动。"
    ),
    "personal_key_unknown": _(
        "这个数据库没有用过密钥 {key_id}，它是用 {known} 封存的。要换成新的，请运行 keys rotate；"
        "不换就把 {known} 放在最前面。"
    ),
    "no_new_personal_key": _(
        "全部都已用 HUIYIN_PERSONAL_KEY 封存。要换，先把新密钥写进 HUIYIN_PERSONAL_KEY，"
        "原来的写进 HUIYIN_PERSONAL_KEY_FALLBACKS，再运行一次。"
    ),
    "personal_values_broken": _(
        "这些地方打不开，被改过或者是别处的，没有换下旧密钥：{places}。请运行 verify。"
    ),
    "personal_values_left": _("还有 {rows} 行是别的进程刚用旧密钥封存的。请再运行一次 keys rotate。"),
    "copy_of_other_personal_key": _(
        "这份备份里的姓名和电话是用密钥 {key_id} 封存的，它不在这里，没有恢复任何内容。"
        "请先放回那时的 personal.key，或把它写进 HUIYIN_PERSONAL_KEY_FALLBACKS。"
    ),
    "database_damaged": _("数据库文件已损坏（{said}），请从备份恢复"),
    "cannot_write": _("{place} 不能写。请检查它的主人和权限，以及磁盘是不是只读。"),
    "cannot_listen": _("不能在 {host} 的端口 {port} 上监听：{detail}。请换一个 --port。"),
    "not_empty": _("数据库里已有数据。"),
    "target_not_empty": _("这里已经有数据：{place}。恢复只写入空的数据库和文件夹。"),
    "copy_damaged": _("这份备份不完整或被改动，没有恢复任何内容：{files}"),
    "copy_names_strange": _(
        "备份清单里有备份不该有的名称，没有恢复任何内容：{files}。这份清单不是本程序写的，请用另一份备份。"
    ),
    "copy_not_plain": _(
        "备份里这些是链接或设备，不是单独的文件，没有恢复任何内容：{files}。"
        "它们若是复制备份时产生的，请先用 cp -rL 复制整份备份，再从复制的那份恢复。"
    ),
    "copy_changed": _(
        "恢复时备份被改动：{files}。恢复没有完成，请清空数据库和文件夹，用没有人能改的备份再来。"
    ),
    "data_not_plain": _("{place} 是链接或设备，不是文件，没有备份。请把它换成文件或移走。"),
    "copy_not_found": _("{place} 里没有备份（manifest.json）。"),
    "copy_of_other_engine": _("这份备份来自 {engine}，请用同一种数据库恢复。"),
    "copy_of_other_key": _(
        "这份备份用的密钥 {key_id} 不在这里。请先放回 secret.key 或设置 HUIYIN_SECRET_KEY。"
    ),
    "folder_not_empty": _("{place} 不是空文件夹，备份请写到一个新文件夹。"),
    "program_not_found": _("找不到程序 {program}。请安装 PostgreSQL 客户端。"),
    "program_failed": _("{program} 没有成功：{said}"),
    "administrators_not_separate": _(
        "HUIYIN_PROFILE 是 mlps，管理员要分设，这些人的角色不能由一个人当：{users}。请先用 users roles 改。"
    ),
    "file_not_found": _("没有文件 {place}，请核对路径。"),
    "already_running": _("另一个导入正在进行，请等它结束后再运行；已经导入的行不会重复。"),
    "database_busy": BUSY,
    "channel_not_configured": _("没有配置渠道 {channel}，请先填写它的设置（见 check）。"),
}

#: The fields and reasons that can come back from managing accounts, registers and files.
REASONS: Mapping[str, str] = {
    "required": _("必须填写"),
    "not_a_username": with_limits(
        _("只用小写字母、数字、点、横线和下划线，最多 {most} 个字符"), most=LONGEST_USERNAME
    ),
    "unknown_role": _("角色须是所列的一种或几种"),
    "unknown_unit": _("没有这个单位，或者它已停用"),
    "unknown_user": _("没有这个用户"),
    "disabled_user": _("这个用户已停用"),
    "not_an_address": _("不是邮箱地址"),
    "in_the_past": _("须在今天以后"),
    "in_the_future": _("还没有到"),
    "too_short": with_limits(_("至少 {least} 个字符"), least=passwords.LEAST),
    "too_long": _("太长"),
    "contains_username": _("不要包含用户名"),
    "too_simple": _("字符太单一"),
    "too_common": _("太常见，容易被猜到"),
    "too_few_kinds": with_limits(_("小写、大写、数字、符号，至少要有 {n} 种"), n=MLPS.least_kinds),
    "used_before": _("最近用过，请换一个"),
    "roles_not_together": _("这几个角色不能给同一个人；管理员分设时，系统、安全、审计各是各的人"),
    "not_a_table": _("须是 TOML 的一张表"),
    "before_from": _("结束日早于开始日"),
    "control_character": _("有看不见的控制字符"),
    "invisible_character": _("有看不见的字符"),
    "more_than_one_line": _("须写成一行"),
    "unknown": _("没有这一项"),
    "wrong_type": _("写法不对"),
    "not_a_map": _("不是合法的 TOML 文件"),
    "unknown_village": _("没有这个村"),
}


def sentence(error: DomainError, translate: Translate) -> str:
    """Say in one sentence, or one line for each field, what was refused and what to do."""
    if isinstance(error, Invalid):
        return "\n".join(_field(field, reasons, error, translate) for field, reasons in error.errors.items())
    code = str(error.facts.get("reason", "")) if isinstance(error, Unavailable) else error.code
    if code not in SENTENCES:
        code = error.code
    if code in SENTENCES:
        facts = {name: _plain(value, translate) for name, value in error.facts.items()}
        return translate(SENTENCES[code]).format_map(_Facts(facts))
    if isinstance(error, NotFound):
        named = translate(_("、")).join(f"{name} {value}" for name, value in error.facts.items())
        return translate(_("没有找到 {named}，请核对后再试。")).format(named=named)
    known = PROBLEMS.get(error.code)
    words = translate(known.detail) if known else error.code
    if isinstance(error, Forbidden) or not error.facts:
        return words
    return (
        f"{words} ({', '.join(f'{name}: {_plain(value, translate)}' for name, value in error.facts.items())})"
    )


def of_database(error: Exception, translate: Translate) -> str:
    """Say what is the matter with the database, without its password or statement."""
    if isinstance(error, IntegrityError):
        return translate(PROBLEMS["lost_race"].detail)
    said = str(getattr(error, "orig", None) or error).splitlines()[0] if str(error) else ""
    if isinstance(error, OperationalError | ProgrammingError) and _lacks_tables(said):
        return translate(_("数据库还没有建好或不是最新的。请先运行 db upgrade。"))
    if _is_busy(error):
        return translate(BUSY)
    return translate(_("数据库现在用不了：{said}。请检查 HUIYIN_DATABASE_URL 和数据库是否在运行。")).format(
        said=said
    )


def of_file(error: OSError, translate: Translate) -> str:
    """Say which file or folder cannot be used, and why."""
    return translate(_("{place} 用不了：{said}。请核对路径、权限和磁盘空间。")).format(
        place=error.filename, said=error.strerror
    )


#: What the database may raise through any verb.
DATABASE_ERRORS = (DBAPIError, PoolTimeout)


def _is_busy(error: Exception) -> bool:
    orig = getattr(error, "orig", None)
    name = getattr(orig, "sqlite_errorname", "")
    return getattr(orig, "sqlstate", None) in BUSY_STATES or name.startswith(BUSY_NAMES)


def _lacks_tables(said: str) -> bool:
    return any(part in said for part in ("no such table", "no such column", "does not exist"))


def _field(field: str, reasons: list[str], error: Invalid, translate: Translate) -> str:
    if field in table_errors.FIELDS and reasons[0] in table_errors.SENTENCES:
        words = table_errors.sentence(reasons[0], error.facts, translate)
        return translate(_("{where}：{reason}")).format(where=field, reason=words)
    told = (translate(REASONS[reason]) if reason in REASONS else reason for reason in reasons)
    words = translate(_("，")).join(told)
    facts = ", ".join(_plain(value, translate) for value in error.facts.values())
    said = translate(_("{where}：{reason}")).format(where=field, reason=words)
    return said + (f" ({facts})" if facts else "")


def _plain(value: object, translate: Translate) -> str:
    if isinstance(value, list | tuple):
        return translate(_("、")).join(str(one) for one in value)
    return str(value)


class _Facts(dict[str, str]):
    """Leave a fact that is not there as a dash instead of failing while an error is being told."""

    def __missing__(self, key: str) -> str:
        return "—"
