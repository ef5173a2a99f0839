"""Answer every error as RFC 9457 problem details: one table from kinds of errors to statuses.

The words are added here; a reader who cannot see a thing gets the answer of an unknown one.
"""

import errno
import logging
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from api.idempotency import KeyReused
from api.language import language, translate
from api.words import PROBLEMS
from core.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    Stale,
    TooLarge,
    TooMany,
    Unavailable,
    UnsupportedType,
)

LOG = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = "2"
DISK_TROUBLE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})

STATUSES: Mapping[type[DomainError], int] = {
    NotFound: 404,
    Forbidden: 403,
    Conflict: 409,
    Stale: 412,
    Invalid: 422,
    KeyReused: 422,
    TooLarge: 413,
    UnsupportedType: 415,
    TooMany: 429,
    Unavailable: 503,
}
CODES: Mapping[int, str] = {
    400: "malformed",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    408: "malformed",
    409: "lost_race",
    412: "stale",
    413: "too_large",
    415: "unsupported_type",
    422: "invalid",
    429: "too_many",
    503: "unavailable",
}


def problem(
    status: int,
    code: str,
    *,
    facts: Mapping[str, Any] | None = None,
    errors: Mapping[str, list[str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Make the answer of an error in the reader's language."""
    words = PROBLEMS.get(code) or PROBLEMS[CODES.get(status, "internal")]
    say = translate()
    body: dict[str, Any] = {
        "type": f"urn:huiyin:problem:{code}",
        "title": say(words.title),
        "status": status,
        "detail": say(words.detail),
        "code": code,
        "facts": dict(facts or {}),
    }
    if errors is not None:
        body["errors"] = dict(errors)
    response = current_app.response_class(current_app.json.dumps(body), status, headers, mimetype=MEDIA_TYPE)
    response.headers["Content-Language"] = "zh-CN" if language() == "zh" else "en"
    if status == 503:
        response.headers.setdefault("Retry-After", RETRY_AFTER_SECONDS)
    return response


def of_http(error: HTTPException) -> Response:
    """Answer what Flask and werkzeug refuse; headers such as Allow and WWW-Authenticate stay."""
    status = error.code or 500
    original = getattr(error, "original_exception", None)
    if status == 500 and original is not None:
        return last_resort(original)
    if status < 400:
        return current_app.make_response(error.get_response())
    response = problem(status, CODES.get(status, "internal" if status >= 500 else "malformed"))
    for name, value in error.get_response().headers.items():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def of_domain(error: DomainError) -> Response:
    """Answer what the verbs refuse."""
    status = next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), 409)
    errors = error.errors if isinstance(error, Invalid) else None
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else None
    return problem(status, error.code, facts=error.facts, errors=errors, headers=headers)


def of_database(error: Exception) -> Response:
    """Answer a database that cannot be sure just now; whoever asks again may succeed."""
    LOG.warning("database unavailable", exc_info=error)
    return problem(503, "unavailable")


def of_race(error: Exception) -> Response:
    """Answer a submission that another one overtook: a unique value is taken, or the row has changed."""
    LOG.info("lost a race", extra={"fields": {"kind": type(error).__name__}})
    return problem(409, "lost_race")


def of_system(error: OSError) -> Response:
    """Answer a disk that is full or broken as unavailable, anything else as our own fault."""
    return of_database(error) if error.errno in DISK_TROUBLE else last_resort(error)


def of_driver(error: DBAPIError) -> Response:
    """Answer a connection that broke as unavailable, anything else as our own fault."""
    return of_database(error) if error.connection_invalidated else last_resort(error)


def last_resort(error: Exception) -> Response:
    """Answer what nobody foresaw: the reader gets a number to name, the log gets the rest."""
    LOG.error("request %s failed at %s", request_id(), request.endpoint, exc_info=error)
    return problem(500, "internal", facts={"request_id": request_id()})


def request_id() -> str:
    """Give the number of the present request, as answered in `X-Request-Id`."""
    return str(g.get("request_id", ""))


def install(app: Flask) -> None:
    """Let every error of the application be answered from here; those of HTTP go through the API object."""
    app.register_error_handler(DomainError, of_domain)
    app.register_error_handler(IntegrityError, of_race)
    app.register_error_handler(StaleDataError, of_race)
    for kind in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(kind, of_database)
    app.register_error_handler(DBAPIError, of_driver)
    app.register_error_handler(OSError, of_system)
    app.register_error_handler(Exception, last_resort)
