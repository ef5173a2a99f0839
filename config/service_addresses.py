"""Read the addresses of the services that the program speaks to where they are set: mail and scanner."""

from urllib.parse import urlsplit

from config.marked_text import mark as _
from config.setting_problems import Problems, SettingProblem


def smtp_address(value: str, sender: str, problems: Problems) -> str:
    """Return the address of the mail server, and note what is wrong with it or with the sender's."""
    if not value:
        return value
    parts = urlsplit(value)
    if parts.scheme not in ("smtp", "smtps", "smtp+starttls") or not parts.hostname:
        problems.append(
            SettingProblem(_("HUIYIN_SMTP_URL：写成 smtp://主机:端口、smtp+starttls://… 或 smtps://…"))
        )
    if "@" not in sender:
        problems.append(SettingProblem(_("HUIYIN_MAIL_FROM：写发件人的邮箱，没有它不能发信")))
    return value


def scanner_address(value: str, problems: Problems) -> str:
    """Return the address of the scanner for viruses, and note what is wrong with it."""
    if value and not _is_scanner_address(value):
        problems.append(SettingProblem(_("HUIYIN_SCANNER：写成 unix:///路径 或 tcp://主机:端口")))
    return value


def _is_scanner_address(address: str) -> bool:
    """Return whether an address is `unix:///PATH` or `tcp://HOST:PORT`."""
    try:
        parts = urlsplit(address)
        named = parts.port is not None and bool(parts.hostname)
    except ValueError:
        return False
    return (parts.scheme == "tcp" and named and not parts.path) or (
        parts.scheme == "unix" and not parts.netloc and len(parts.path) > 1
    )
