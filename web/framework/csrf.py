"""Tell where a form was sent from."""

from urllib.parse import urlsplit

from flask import request

from core.errors import Forbidden
from wsgi.hosts import normal_host

#: What goes without saying.
PORTS = {"http": 80, "https": 443}


def require_same_origin() -> None:
    """Refuse a form that another site let somebody send (threats.md T77); without tokens that expire."""
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    site = request.headers.get("Sec-Fetch-Site")
    said = origin not in (None, "null")  # an older browser says no site, a cautious one no origin
    foreign = said and origin_of(origin or "") != (request.scheme, request.host)
    if foreign or site not in (None, "same-origin") or (site is None and not said):
        raise Forbidden(reasons=["another_site"])


def origin_of(address: str) -> tuple[str, str] | None:
    """Return scheme and host of an address, without a port that goes without saying; None for none."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:  # brackets that do not close, a port that is no number
        return None
    host = normal_host(
        parts.netloc.removesuffix(f":{port}") if port == PORTS.get(parts.scheme) else parts.netloc
    )
    return None if host is None else (parts.scheme, host)
