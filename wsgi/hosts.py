"""Answer to the names of this installation alone, however they are written (threats.md T83).

A name that is not ours is put aside before the application sees it, so that the refusal is a whole answer,
with every header, and nothing of the foreign name is in it.
"""

from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, request
from werkzeug.exceptions import BadRequest
from werkzeug.sansio.utils import host_is_trusted

CONFIG = "KNOWN_HOSTS"
UNKNOWN = "huiyin.unknown_host"
#: Where even the installation says no name.
NOWHERE = "localhost"


class UnknownHost(BadRequest):
    """Say that a request was sent to a name that this server does not answer to."""


def normal_host(written: str) -> str | None:
    """Return a `Host` in one form, `name` or `name:port`; None for what is no host.

    Names are in small letters; an address of the newer kind is written as short as it can be.
    """
    if not host_is_trusted(written):
        return None
    try:
        parts = urlsplit(f"//{written}")
        name, port = parts.hostname or "", parts.port
        if ":" in name:
            name = f"[{ip_address(name).compressed}]"
    except ValueError:
        return None
    return name if port is None else f"{name}:{port}"


def is_known(host: str, known: Iterable[str]) -> bool:
    """Return whether a host in its one form is one of those that are known; the port is anybody's.

    A known name that begins with a dot stands for itself and all below it.
    """
    name = _without_port(host)
    for written in known:
        wanted = _without_port(normal_host(written.removeprefix(".")) or "")
        if wanted and (name == wanted or (written.startswith(".") and name.endswith(f".{wanted}"))):
            return True
    return False


def install(app: Flask, known: Iterable[str]) -> None:
    """Let an application refuse what was sent to a name that is none of ours, with status 400."""
    app.config[CONFIG] = list(known)
    inner: Any = app.wsgi_app

    def recognise(environ: dict[str, Any], start_response: Any) -> Any:
        host = normal_host(environ.get("HTTP_HOST", ""))
        if host is None or not is_known(host, app.config[CONFIG]):
            environ[UNKNOWN] = True
            host = next(iter(app.config[CONFIG]), NOWHERE).removeprefix(".")
        environ["HTTP_HOST"] = host
        return inner(environ, start_response)

    app.wsgi_app = recognise  # type: ignore[method-assign]

    @app.before_request
    def refuse() -> None:
        if request.environ.get(UNKNOWN):
            raise UnknownHost


def _without_port(host: str) -> str:
    return host[: host.index("]") + 1] if host.startswith("[") else host.partition(":")[0]
