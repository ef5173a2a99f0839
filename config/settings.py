"""Read the settings from the environment, in one table, and report every problem at once."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from config import openid
from config.marked_text import mark as _
from config.marked_text import with_limits
from config.openid import OpenIdSettings
from config.profiles import ORDINARY, PROFILES, SEPARATE, SecurityProfile
from config.quotas import QuotaLimits
from config.quotas import read as read_quotas
from config.service_addresses import scanner_address, smtp_address
from config.setting_problems import BadSettings, Problems, SettingProblem

PREFIX = "HUIYIN_"
HERE = Path(__file__).resolve().parent
LEAST_SECRET = 32
#: The roles that people can hold (domain.md section 1); a test compares them with the table of permissions.
ROLES = (
    *("member", "team_leader", "committee", "coordinator", "department"),
    *("leader", "auditor", "admin", "guest", *sorted(SEPARATE)),
)


#: What is written where no role must have a second factor.
NOBODY = "none"


@dataclass(frozen=True)
class Setting:
    """One setting: its name without the prefix, its default and what it is for."""

    name: str
    default: str
    help: str
    secret: bool = False


SETTINGS = (
    Setting("DATABASE_URL", "", _("数据库；空着就是数据文件夹里的 huiyin.db")),
    Setting(
        "SECRET_KEY",
        "",
        with_limits(_("密钥，至少 {least} 个字符；第一次 run 时生成，serve 必须有"), least=LEAST_SECRET),
        True,
    ),
    Setting("SECRET_KEY_FALLBACKS", "", _("以前用过的密钥，用逗号分开"), True),
    Setting(
        "PERSONAL_KEY",
        "",
        _("封存姓名和电话的密钥，和 SECRET_KEY 不同；空着就用数据文件夹里的 personal.key"),
        True,
    ),
    Setting("PERSONAL_KEY_FALLBACKS", "", _("别的能打开姓名和电话的密钥，用逗号分开"), True),
    Setting("DATA_DIR", "var", _("放数据库文件、附件、每日封存和密钥的文件夹")),
    Setting(
        "TIMEZONE",
        "Asia/Shanghai",
        _("本县的时区，期限按它的日子算；第一次升级数据库时定下"),
    ),
    Setting("CONFIG_DIR", str(HERE), _("放 workflow.toml 的文件夹")),
    Setting("LANGUAGE", "zh", _("邮件和命令的语言：zh 或 en")),
    Setting("TRUSTED_HOSTS", "localhost,127.0.0.1,[::1]", _("服务器认的主机名，用逗号分开")),
    Setting("PROXY_HOPS", "0", _("前面有几层反向代理；只有这样才信转发头")),
    Setting("PLACES_EACH", "2", _("一个用户同时最多占一个进程的几个位置；只在测速时改大")),
    Setting("PROFILE", ORDINARY.name, _("账号管得多严：ordinary，或者按等级保护的 mlps")),
    Setting("QUOTAS", "", _("每人每天的上限；空着用出厂的，或写 名称=数，用逗号分开；测速时写 off")),
    Setting("HSTS_SUBDOMAINS", "no", _("浏览器是不是连子域名也只用 https：no 或 yes")),
    Setting(
        "SCANNER",
        "",
        _("查病毒的 clamd：unix:///run/clamav/clamd.ctl 或 tcp://主机:端口；空着就不查，文件旁边会写明"),
    ),
    Setting(
        "SMTP_URL",
        "",
        _("邮件服务器：smtp://、smtp+starttls:// 或 smtps://用户:密码@主机:端口"),
        secret=True,
    ),
    Setting("MAIL_FROM", "", _("发件人；设了 HUIYIN_SMTP_URL 就必须有")),
    Setting("PUBLIC_URL", "", _("大家在浏览器里打开的地址，写进邮件的链接")),
    Setting(
        "SECOND_FACTOR_ROLES",
        "",
        _("必须用动态码登录的角色，用逗号分开；none 是都不用；不填，新安装是 leader,admin，以前装的都不用"),
    ),
    Setting("OIDC_ISSUER", "", _("统一身份认证（OpenID Connect）的签发者；空着就只用密码登录")),
    Setting("OIDC_CLIENT_ID", "", _("在那里登记的客户端名")),
    Setting("OIDC_CLIENT_SECRET", "", _("客户端的密钥"), secret=True),
    Setting("OIDC_CLAIM", "preferred_username", _("哪一个声明是这里的用户名；那里的人自己不能改的才行")),
    Setting("OIDC_NAME", "", _("登录页上怎么称呼它；空着就叫统一身份认证")),
    Setting("OIDC_STRONG", "", _("acr 或 amr 里哪些值算用过动态码，用逗号分开；空着就总问这里的")),
    Setting("LEAST_FREE_MB", "100", _("磁盘剩余低于多少 MB 时 /readyz 说不")),
)


DEFAULTS = {setting.name: setting.default for setting in SETTINGS}


@dataclass(frozen=True)
class Settings:
    """What the program was started with, checked and typed."""

    database_url: str
    data_dir: Path
    config_dir: Path
    timezone: ZoneInfo
    language: str
    trusted_hosts: tuple[str, ...]
    proxy_hops: int
    places_each: int
    profile: SecurityProfile
    quotas: QuotaLimits
    hsts_subdomains: bool
    scanner: str
    smtp_url: str = field(repr=False)
    mail_from: str
    public_url: str
    openid: OpenIdSettings | None
    least_free_mb: int
    #: None where the installation is left to what it was founded with.
    second_factor_roles: tuple[str, ...] | None
    secret_key: str = field(repr=False)
    secret_key_fallbacks: tuple[str, ...] = field(repr=False)
    #: The one that seals first; none where they are kept in a file.
    personal_keys: tuple[str, ...] = field(repr=False)


def load(environ: Mapping[str, str]) -> Settings:
    """Read all settings; raise BadSettings with every problem when any is wrong.

    An empty secret key is no problem here: `run` makes one, `serve` refuses.
    """
    problems: Problems = []
    known = {PREFIX + setting.name for setting in SETTINGS}
    problems += [
        SettingProblem(_("没有 {name} 这个设置"), {"name": name})
        for name in sorted(environ)
        if name.startswith(PREFIX) and name not in known
    ]
    value = {setting.name: value_of(environ, setting.name) for setting in SETTINGS}
    data_dir = Path(value["DATA_DIR"]).absolute()
    result = Settings(
        database_url=_database(value["DATABASE_URL"], data_dir, problems),
        data_dir=data_dir,
        config_dir=_folder(value["CONFIG_DIR"], problems),
        timezone=_zone(value["TIMEZONE"], problems),
        language=_one_of("LANGUAGE", value["LANGUAGE"], ("zh", "en"), problems),
        trusted_hosts=tuple(host.strip() for host in value["TRUSTED_HOSTS"].split(",") if host.strip()),
        proxy_hops=_number("PROXY_HOPS", value["PROXY_HOPS"], problems),
        places_each=max(1, _number("PLACES_EACH", value["PLACES_EACH"], problems)),
        profile=PROFILES.get(_one_of("PROFILE", value["PROFILE"], tuple(PROFILES), problems), ORDINARY),
        quotas=_quotas(value["QUOTAS"], problems),
        hsts_subdomains=_one_of("HSTS_SUBDOMAINS", value["HSTS_SUBDOMAINS"], ("no", "yes"), problems)
        == "yes",
        scanner=scanner_address(value["SCANNER"], problems),
        smtp_url=smtp_address(value["SMTP_URL"], value["MAIL_FROM"], problems),
        mail_from=value["MAIL_FROM"],
        public_url=value["PUBLIC_URL"].rstrip("/"),
        openid=openid.read(value, problems),
        second_factor_roles=_roles(value["SECOND_FACTOR_ROLES"], problems),
        least_free_mb=_number("LEAST_FREE_MB", value["LEAST_FREE_MB"], problems),
        secret_key=_secret("SECRET_KEY", value["SECRET_KEY"], problems),
        secret_key_fallbacks=_secrets("SECRET_KEY_FALLBACKS", value, problems),
        personal_keys=_personal_keys(value, problems),
    )
    if problems:
        raise BadSettings(problems)
    return result


def value_of(environ: Mapping[str, str], name: str) -> str:
    """Return the value of a setting, or its default; it need not be right. Raises KeyError for no setting."""
    return environ.get(PREFIX + name, "") or DEFAULTS[name]


def secret_from(folder: Path, *, make: bool) -> str:
    """Return the secret key kept in the data folder; make one when asked to and there is none.

    The file is created with mode 600 in one step, so that it is at no moment readable by others, and two
    processes that start at once agree on the key of the first. Gives an empty text when there is no key.
    """
    place = folder / "secret.key"
    if not place.exists() and make:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return place.read_text(encoding="ascii").strip()
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(secrets.token_urlsafe(48) + "\n")
    return place.read_text(encoding="ascii").strip() if place.exists() else ""


def _database(value: str, data_dir: Path, problems: Problems) -> str:
    url = value or f"sqlite:///{data_dir.as_posix()}/huiyin.db"
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        problems.append(
            SettingProblem(_("HUIYIN_DATABASE_URL：写成 sqlite:///路径 或 postgresql://用户:密码@主机/库名"))
        )
    return url


def _folder(value: str, problems: Problems) -> Path:
    folder = Path(value).absolute()
    if not (folder / "workflow.toml").is_file():
        problems.append(
            SettingProblem(_("HUIYIN_CONFIG_DIR：{folder} 里没有 workflow.toml"), {"folder": str(folder)})
        )
    return folder


def _zone(value: str, problems: Problems) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        problems.append(
            SettingProblem(
                _("HUIYIN_TIMEZONE：没有叫「{value}」的时区，写成 Asia/Shanghai 这样"), {"value": value}
            )
        )
        return ZoneInfo("Asia/Shanghai")


def _one_of(name: str, value: str, choices: tuple[str, ...], problems: Problems) -> str:
    if value not in choices:
        facts = {"name": PREFIX + name, "choices": ", ".join(choices)}
        problems.append(SettingProblem(_("{name}：写其中一个：{choices}"), facts))
    return value


def _roles(value: str, problems: Problems) -> tuple[str, ...] | None:
    if value.strip() in ("", NOBODY):
        return () if value else None
    roles = tuple(role.strip() for role in value.split(",") if role.strip())
    for role in roles:
        if role not in ROLES:
            facts = {"value": role, "choices": ", ".join(ROLES)}
            problems.append(
                SettingProblem(_("HUIYIN_SECOND_FACTOR_ROLES：没有「{value}」，写其中几个：{choices}"), facts)
            )
    return roles


def _number(name: str, value: str, problems: Problems) -> int:
    if not (value.isascii() and value.isdigit()):
        facts = {"name": PREFIX + name, "value": value}
        problems.append(SettingProblem(_("{name}：写一个整数，不是「{value}」"), facts))
        return 0
    return int(value)


def _quotas(value: str, problems: Problems) -> QuotaLimits:
    limits, found = read_quotas(value)
    problems += found
    return limits


def _personal_keys(value: Mapping[str, str], problems: Problems) -> tuple[str, ...]:
    first = _secrets("PERSONAL_KEY", value, problems)
    others = _secrets("PERSONAL_KEY_FALLBACKS", value, problems)
    if others and not first:
        problems.append(SettingProblem(_("有 HUIYIN_PERSONAL_KEY 才能设 HUIYIN_PERSONAL_KEY_FALLBACKS")))
    return (*first, *others)


def _secrets(name: str, value: Mapping[str, str], problems: Problems) -> tuple[str, ...]:
    return tuple(_secret(name, key.strip(), problems) for key in value[name].split(",") if key.strip())


def _secret(name: str, value: str, problems: Problems) -> str:
    if value and len(value) < LEAST_SECRET:
        facts = {"name": PREFIX + name, "least": str(LEAST_SECRET)}
        problems.append(SettingProblem(_("{name}：密钥至少 {least} 个字符"), facts))
    return value
