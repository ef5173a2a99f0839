"""Say what an application answers to each error: a table from kinds of errors to statuses, without any words.

A reader who cannot see a thing gets the answer of an unknown one. The words are added where they are told.
"""

import errno
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from flask import Flask, Response, g, request
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from accounts.security_log import shown
from core.errors import (
    Busy,
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    KeyReused,
    NotFound,
    Stale,
    TooLarge,
    TooMany,
    Unavailable,
    UnsupportedType,
)
from core.persistence.statement_limit import is_overtime
from wsgi.hosts import UnknownHost

LOG = logging.getLogger(__name__)
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
    Busy: 503,
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


@dataclass(frozen=True)
class ErrorResponse:
    """What is answered: a status, a code that programs decide by, and what a reader needs to know.

    `errors` maps fields to their reason codes and is None but for an input that is wrong.
    """

    status: int
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, list[str]] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def minutes(self) -> int:
        """Return how long to wait, in whole minutes; raise KeyError where nobody has to wait."""
        seconds: int = self.facts["retry_after"]
        return ceil(seconds / 60)


def code_of(status: int) -> str:
    """Return the code of a status that came without one."""
    return CODES.get(status, "internal" if status >= 500 else "malformed")


def error_response_of(error: Exception) -> ErrorResponse:
    """Return what is answered to an error, and note in the log what nobody foresaw.

    It shows nothing of what had been loaded; a form that is shown again notes anew what it shows.
    """
    shown.take_back()
    if isinstance(error, DomainError):
        return _of_domain(error)
    if isinstance(error, HTTPException):
        return _of_http(error)
    if isinstance(error, IntegrityError | StaleDataError):
        LOG.info("lost a race", extra={"fields": {"kind": type(error).__name__}})
        return ErrorResponse(409, "lost_race")
    if isinstance(error, DBAPIError) and is_overtime(error.orig):
        LOG.warning("a statement took too long at %s", request.endpoint if request else None)
        facts = {"reason": "took_too_long"}
        return ErrorResponse(503, "unavailable", facts, headers={"Retry-After": RETRY_AFTER_SECONDS})
    if _is_database_trouble(error):
        LOG.warning("database unavailable", exc_info=error)
        return ErrorResponse(503, "unavailable", headers={"Retry-After": RETRY_AFTER_SECONDS})
    LOG.error("request %s failed at %s", request_id(), request.endpoint, exc_info=error)
    return ErrorResponse(500, "internal", facts={"request_id": request_id()})


def request_id() -> str:
    """Return the number of the present request, as answered in `X-Request-Id`."""
    return str(g.get("request_id", ""))


def install(app: Flask, render: Callable[[ErrorResponse], Response]) -> None:
    """Let every error but those of HTTP be answered by an application in its own form."""

    def answer(error: Exception) -> Response:
        return render(error_response_of(error))

    app.register_error_handler(Exception, answer)


def _of_domain(error: DomainError) -> ErrorResponse:
    status = next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), 409)
    errors = error.errors if isinstance(error, Invalid) else None
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany | Busy) else {}
    if status == 503:
        headers.setdefault("Retry-After", RETRY_AFTER_SECONDS)
    return ErrorResponse(status, error.code, error.facts, errors, headers)


def _of_http(error: HTTPException) -> ErrorResponse:
    """Take over what Flask and werkzeug refuse; headers such as Allow and WWW-Authenticate stay."""
    original = getattr(error, "original_exception", None)
    if error.code == 500 and original is not None:
        return error_response_of(original)
    status = error.code or 500
    headers = {
        name: value
        for name, value in error.get_response().headers.items()
        if name.lower() not in ("content-type", "content-length")
    }
    if status == 503:
        headers.setdefault("Retry-After", RETRY_AFTER_SECONDS)
    facts = {"reason": "unknown_host"} if isinstance(error, UnknownHost) else {}
    return ErrorResponse(status, code_of(status), facts, headers=headers)


def _is_database_trouble(error: Exception) -> bool:
    """Return whether whoever asks again may succeed: the database is away or the disk is full or broken."""
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout):
        return True
    if isinstance(error, DBAPIError):
        return error.connection_invalidated
    return isinstance(error, OSError) and error.errno in DISK_TROUBLE
