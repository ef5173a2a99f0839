"""Answer every error as RFC 9457 problem details, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, current_app
from werkzeug.exceptions import HTTPException

from api.framework.language import language, translate
from wsgi import error_responses
from wsgi.error_messages import PROBLEMS, detail_of
from wsgi.error_responses import RETRY_AFTER_SECONDS, ErrorResponse, code_of, error_response_of
from wsgi.quotas.words import sentence
from wsgi.schemas.external import refusal_facts

MEDIA_TYPE = "application/problem+json"


def problem(
    status: int,
    code: str,
    *,
    facts: Mapping[str, Any] | None = None,
    errors: Mapping[str, list[str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Make the answer of an error in the reader's language."""
    words = PROBLEMS.get(code) or PROBLEMS[code_of(status)]
    say = translate()
    said = sentence(facts or {}, str((facts or {}).get("again_on")))
    body: dict[str, Any] = {
        "type": f"urn:huiyin:problem:{code}",
        "title": say(words.title),
        "status": status,
        "detail": said.in_words(say) if said else say(detail_of(code, facts or {}) or words.detail),
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


def problem_response(refusal: ErrorResponse) -> Response:
    """Answer a refusal as a problem."""
    response = problem(
        refusal.status, refusal.code, facts=refusal_facts(refusal.facts), errors=refusal.errors
    )
    response.headers.update(refusal.headers)
    return response


def of_http(error: HTTPException) -> Response:
    """Answer what Flask and werkzeug refuse."""
    if error.code is not None and error.code < 400:
        return current_app.make_response(error.get_response())
    return problem_response(error_response_of(error))


def install(app: Flask) -> None:
    """Let every error of the application be answered from here; those of HTTP go through the API object."""
    error_responses.install(app, problem_response)
