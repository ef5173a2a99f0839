"""Read the settings of OpenID Connect: by which provider people may come, and what of it counts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from config.marked_text import mark as _
from config.setting_problems import Problems, SettingProblem

#: Hosts that lead back to the machine itself, where nobody listens on the way.
OWN_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
CLAIM = re.compile(r"[A-Za-z0-9_.:/-]{1,100}")
LONGEST_NAME = 40


@dataclass(frozen=True)
class OpenIdSettings:
    """One provider: its issuer, as whom we ask it, and which claim holds the user name of the register.

    `name` is how pages call it; empty for the common word. `strong` are the values of `acr` or `amr` that say
    that a second factor was asked for there.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    claim: str
    name: str
    strong: tuple[str, ...]


def read(value: Mapping[str, str], problems: Problems) -> OpenIdSettings | None:
    """Return the settings, of the values by their names without the prefix; None without an issuer."""
    issuer = value["OIDC_ISSUER"]
    if not issuer:
        return None
    if not is_issuer(issuer):
        problems.append(
            SettingProblem(_("HUIYIN_OIDC_ISSUER：写成 https://主机/路径，不带 ? 和 #；只有本机可以是 http"))
        )
    for name in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"):
        if not value[name]:
            facts = {"name": f"HUIYIN_{name}"}
            problems.append(SettingProblem(_("{name}：设了 HUIYIN_OIDC_ISSUER 就必须有"), facts))
    if not CLAIM.fullmatch(value["OIDC_CLAIM"]):
        problems.append(
            SettingProblem(_("HUIYIN_OIDC_CLAIM：写声明的名字，例如 preferred_username，不带空格"))
        )
    if len(value["OIDC_NAME"]) > LONGEST_NAME or not value["OIDC_NAME"].isprintable():
        facts = {"most": str(LONGEST_NAME)}
        problems.append(SettingProblem(_("HUIYIN_OIDC_NAME：写一个最多 {most} 个字的名字"), facts))
    return OpenIdSettings(
        issuer=issuer,
        client_id=value["OIDC_CLIENT_ID"],
        client_secret=value["OIDC_CLIENT_SECRET"],
        claim=value["OIDC_CLAIM"],
        name=value["OIDC_NAME"].strip(),
        strong=tuple(one.strip() for one in value["OIDC_STRONG"].split(",") if one.strip()),
    )


def is_issuer(address: str) -> bool:
    """Return whether an address may name a provider: over TLS, or on this machine, with nothing behind."""
    return is_protected(address) and not set("?#@") & set(address)


def is_protected(address: str) -> bool:
    """Return whether nobody on the way reads or changes what is said to an address."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or "" if parts.port != 0 else ""
    except ValueError:  # brackets that do not close, a port that is no number
        return False
    plain = address.isascii() and address.isprintable() and " " not in address
    return (
        plain and bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in OWN_HOSTS))
    )
