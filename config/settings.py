"""Read the settings from the environment, in one table, and report every problem at once."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

PREFIX = "HUIYIN_"
HERE = Path(__file__).resolve().parent
LEAST_SECRET = 32


@dataclass(frozen=True)
class Setting:
    """One setting: its name without the prefix, its default and what it is for."""

    name: str
    default: str
    help: str
    secret: bool = False


def _(text: str) -> str:
    """Mark a text for translation; the door that shows it translates."""
    return text


SETTINGS = (
    Setting("DATABASE_URL", "", _("数据库；空着就是数据文件夹里的 huiyin.db")),
    Setting("SECRET_KEY", "", _("密钥，至少 32 个字符；第一次 run 时生成，serve 必须有"), True),
    Setting("SECRET_KEY_FALLBACKS", "", _("以前用过的密钥，用逗号分开"), True),
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
    Setting(
        "SMTP_URL",
        "",
        _("邮件服务器：smtp://、smtp+starttls:// 或 smtps://用户:密码@主机:端口"),
        secret=True,
    ),
    Setting("MAIL_FROM", "", _("发件人；设了 HUIYIN_SMTP_URL 就必须有")),
    Setting("PUBLIC_URL", "", _("大家在浏览器里打开的地址，写进邮件的链接")),
    Setting("LEAST_FREE_MB", "100", _("磁盘剩余低于多少 MB 时 /readyz 说不")),
)


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
    smtp_url: str = field(repr=False)
    mail_from: str
    public_url: str
    least_free_mb: int
    secret_key: str = field(repr=False)
    secret_key_fallbacks: tuple[str, ...] = field(repr=False)


class BadSettings(Exception):
    """Carry every problem of the settings, one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load(environ: Mapping[str, str]) -> Settings:
    """Read all settings; raise BadSettings with every problem when any is wrong.

    An empty secret key is no problem here: `run` makes one, `serve` refuses.
    """
    problems: list[str] = []
    known = {PREFIX + setting.name for setting in SETTINGS}
    problems += [
        f"{name} is not a setting"
        for name in sorted(environ)
        if name.startswith(PREFIX) and name not in known
    ]
    value = {setting.name: environ.get(PREFIX + setting.name, "") or setting.default for setting in SETTINGS}
    data_dir = Path(value["DATA_DIR"]).absolute()
    result = Settings(
        database_url=_database(value["DATABASE_URL"], data_dir, problems),
        data_dir=data_dir,
        config_dir=_folder(value["CONFIG_DIR"], problems),
        timezone=_zone(value["TIMEZONE"], problems),
        language=_one_of("LANGUAGE", value["LANGUAGE"], ("zh", "en"), problems),
        trusted_hosts=tuple(host.strip() for host in value["TRUSTED_HOSTS"].split(",") if host.strip()),
        proxy_hops=_number("PROXY_HOPS", value["PROXY_HOPS"], problems),
        smtp_url=_smtp(value["SMTP_URL"], value["MAIL_FROM"], problems),
        mail_from=value["MAIL_FROM"],
        public_url=value["PUBLIC_URL"].rstrip("/"),
        least_free_mb=_number("LEAST_FREE_MB", value["LEAST_FREE_MB"], problems),
        secret_key=_secret("SECRET_KEY", value["SECRET_KEY"], problems),
        secret_key_fallbacks=tuple(
            _secret("SECRET_KEY_FALLBACKS", key.strip(), problems)
            for key in value["SECRET_KEY_FALLBACKS"].split(",")
            if key.strip()
        ),
    )
    if problems:
        raise BadSettings(problems)
    return result


def secret_from(folder: Path, *, make: bool) -> str:
    """Give the secret key kept in the data folder; make one when asked to and there is none.

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


def _database(value: str, data_dir: Path, problems: list[str]) -> str:
    url = value or f"sqlite:///{data_dir.as_posix()}/huiyin.db"
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        problems.append("HUIYIN_DATABASE_URL: write sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME")
    return url


def _folder(value: str, problems: list[str]) -> Path:
    folder = Path(value).absolute()
    if not (folder / "workflow.toml").is_file():
        problems.append(f"HUIYIN_CONFIG_DIR: there is no workflow.toml in {folder}")
    return folder


def _zone(value: str, problems: list[str]) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        problems.append(f"HUIYIN_TIMEZONE: no zone is called {value!r}; write one like Asia/Shanghai")
        return ZoneInfo("Asia/Shanghai")


def _one_of(name: str, value: str, choices: tuple[str, ...], problems: list[str]) -> str:
    if value not in choices:
        problems.append(f"{PREFIX}{name}: write one of {', '.join(choices)}")
    return value


def _number(name: str, value: str, problems: list[str]) -> int:
    if not (value.isascii() and value.isdigit()):
        problems.append(f"{PREFIX}{name}: write a whole number, not {value!r}")
        return 0
    return int(value)


def _smtp(value: str, sender: str, problems: list[str]) -> str:
    if not value:
        return value
    parts = urlsplit(value)
    if parts.scheme not in ("smtp", "smtps", "smtp+starttls") or not parts.hostname:
        problems.append("HUIYIN_SMTP_URL: write smtp://HOST:PORT, smtp+starttls://… or smtps://…")
    if "@" not in sender:
        problems.append("HUIYIN_MAIL_FROM: write the sender's address; mails cannot be sent without it")
    return value


def _secret(name: str, value: str, problems: list[str]) -> str:
    if value and len(value) < LEAST_SECRET:
        problems.append(f"{PREFIX}{name}: a key has at least {LEAST_SECRET} characters")
    return value
