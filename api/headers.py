"""Send with every answer what keeps it from being cached, framed, sniffed or traced back."""

import re
import uuid
from collections.abc import Mapping

from flask import Flask, Response, g, request

from core.masks import masked

GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

#: trust.md 3.10, as far as it concerns answers that no browser renders.
HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def install(app: Flask) -> None:
    """Number every request and send the headers with every answer."""

    @app.before_request
    def number() -> None:
        given = request.headers.get("X-Request-Id", "")
        fit = GIVEN_ID.fullmatch(given) and masked(given) == given  # it goes into the log
        g.request_id = given if fit else uuid.uuid4().hex

    @app.after_request
    def send(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["X-Request-Id"] = g.get("request_id", "")
        if request.is_secure:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response
