"""Note every request in the log: who by number, which route, how it ended, how long it took.

The route is noted as it was declared, never the address: addresses hold names that were searched for.
"""

import logging
import time

from flask import Flask, Response, g, request

from core import logs

log = logging.getLogger(__name__)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
#: Asked every few seconds by whoever watches the service.
QUIET = frozenset({"health.healthz", "health.readyz"})


def install(app: Flask) -> None:
    """Begin before everything else that looks at a request, and note it when the answer is made."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        logs.request_id.set(g.request_id)

    @app.after_request
    def note(response: Response) -> Response:
        quiet = request.endpoint in QUIET and response.status_code < 400
        log.log(logging.DEBUG if quiet else logging.INFO, "request", extra={"fields": _fields(response)})
        return response

    @app.teardown_request
    def end(error: BaseException | None) -> None:
        del error
        logs.request_id.set(None)


def _fields(response: Response) -> dict[str, object]:
    return {
        "user": g.get("user_id"),
        "method": request.method if request.method in METHODS else "other",
        "route": request.url_rule.rule if request.url_rule is not None else None,
        "status": response.status_code,
        "ms": round((time.perf_counter() - g.began) * 1000, 1) if "began" in g else None,
    }
