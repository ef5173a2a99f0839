"""Send with every answer what keeps it from being cached, framed, sniffed or traced back."""

import re
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask, Response, g, request

from core.log_redaction import redact

REQUEST_ID_FORM = re.compile(r"[A-Za-z0-9._-]{8,64}")
A_YEAR = 31_536_000
#: So much is read of which languages somebody prefers: browsers send a tenth of it, and each one is compared.
LONGEST_LANGUAGES = 200

#: threats.md 3.10: what both doors send; each adds what its answers may do in a browser.
HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Content-Type-Options": "nosniff",
}


class SafeHeaders:
    """An application with headers that go with every answer, whichever part of it answers: built files too.

    What the application itself says of one of them holds. `subdomains` lets browsers keep to HTTPS for every
    name below ours as well.
    """

    def __init__(self, application: Any, own: Mapping[str, str], *, subdomains: bool) -> None:
        self._application = application
        self._always = {**HEADERS, **own}
        hsts = f"max-age={A_YEAR}{'; includeSubDomains' if subdomains else ''}"
        self._encrypted = {**self._always, "Strict-Transport-Security": hsts}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request, with the headers that its answer lacks."""
        environ["HTTP_ACCEPT_LANGUAGE"] = languages_of(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        always = self._encrypted if environ["wsgi.url_scheme"] == "https" else self._always

        def started(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            sent = {name.lower() for name, _ in headers}
            lacking = [(name, value) for name, value in always.items() if name.lower() not in sent]
            return start_response(status, [*headers, *lacking], *more)

        answered: Iterable[bytes] = self._application(environ, started)
        return answered


def languages_of(given: str) -> str:
    """Return the whole entries at the beginning of an `Accept-Language`, of which no more is read."""
    if len(given) <= LONGEST_LANGUAGES:
        return given
    return given[:LONGEST_LANGUAGES].rpartition(",")[0]


def install(app: Flask) -> None:
    """Number every request, and send the number with its answer."""

    @app.before_request
    def number() -> None:
        given = request.headers.get("X-Request-Id", "")
        fit = REQUEST_ID_FORM.fullmatch(given) and redact(given) == given  # it goes into the log
        g.request_id = given if fit else uuid.uuid4().hex

    @app.after_request
    def send(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        return response
