"""Tell where a form was sent from."""

from urllib.parse import urlsplit

from flask import request

from core.errors import Forbidden


def require_same_origin() -> None:
    """Refuse a form that another site let somebody send (threats.md T77); without tokens that expire."""
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    site = request.headers.get("Sec-Fetch-Site")
    said = origin not in (None, "null")  # an older browser says no site, a cautious one no origin
    foreign = said and urlsplit(origin).netloc != request.host
    if foreign or site not in (None, "same-origin") or (site is None and not said):
        raise Forbidden(reasons=["another_site"])
