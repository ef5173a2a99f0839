"""Say whether the process answers and whether it can do its work (`wsgi.readiness`)."""

from flask import Blueprint, Response

from api.framework.problems import problem
from api.framework.request_context import answer, api_services

health = Blueprint("health", __name__)


@health.get("/healthz")
def healthz() -> Response:
    """Say that the process answers."""
    return answer({"status": "ok"})


@health.get("/readyz")
def readyz() -> Response:
    """Say that the process can do its work, or why not."""
    services = api_services()
    reason = services.why_not_ready(services.now())
    if reason is not None:
        return problem(503, "unavailable", facts={"reason": reason})
    return answer({"status": "ready"})
