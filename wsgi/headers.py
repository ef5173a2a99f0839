"""Send with every answer what keeps it from being cached, framed, sniffed or traced back."""

import re
import uuid
from collections.abc import Mapping

from flask import Flask, Response, g, request

from core.log_redaction import redact

REQUEST_ID_FORM = re.compile(r"[A-Za-z0-9._-]{8,64}")

#: threats.md 3.10: what both doors send; each adds what its answers may do in a browser.
HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Content-Type-Options": "nosniff",
}


def install(app: Flask, own: Mapping[str, str]) -> None:
    """Number every request and send the headers, and those of the application itself, with every answer."""
    always = {**HEADERS, **own}

    @app.before_request
    def number() -> None:
        given = request.headers.get("X-Request-Id", "")
        fit = REQUEST_ID_FORM.fullmatch(given) and redact(given) == given  # it goes into the log
        g.request_id = given if fit else uuid.uuid4().hex

    @app.after_request
    def send(response: Response) -> Response:
        sent = {name.lower() for name, _ in response.headers}
        response.headers.extend([(name, value) for name, value in always.items() if name.lower() not in sent])
        response.headers["X-Request-Id"] = g.get("request_id", "")
        if request.is_secure:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response
