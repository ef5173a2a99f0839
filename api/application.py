"""Build the application from its parts; nothing here asks the environment or the computer's clock."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import datetime
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from accounts.installation import never, no_roles
from api.actions import actions
from api.attachments import attachments
from api.cases import cases
from api.framework import problems, strict_json
from api.framework.json_provider import Json
from api.framework.request_context import EXTENSION, ApiServices
from api.framework.specification import (
    PREFIX,
    SPEC_OPTIONS,
    TITLE,
    VERSION,
    Api,
    describe_actions,
    describe_health,
)
from api.health import health
from api.households import households
from api.inbox import inbox
from api.rates import rates
from api.villagers import villagers
from cases.configuration.case_rules import CountyRules
from config.settings import Settings
from core.encryption import Encryptor
from core.persistence.db import Database
from wsgi import access_log, concurrency_limit, headers, hosts, security_log
from wsgi.addresses import NumberConverter
from wsgi.headers import SafeHeaders
from wsgi.readiness import readiness
from wsgi.schemas import external

NOUNS = (cases, actions, attachments, households, rates, inbox, villagers)
ADDRESS = PREFIX + "v1"
#: No browser renders what this application answers.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
    "Referrer-Policy": "no-referrer",
}


def create(
    *,
    db: Database,
    rules: CountyRules,
    settings: Settings,
    now: Callable[[], datetime],
    is_sample: Callable[[], bool] = never,
    factor_roles: Callable[[], Sequence[str]] = no_roles,
) -> Flask:
    """Make the WSGI application for programs; `is_sample` says whether the installation is a sample."""
    app = Flask("huiyin", static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=strict_json.MOST_BYTES,
        API_TITLE=TITLE,
        API_VERSION=VERSION,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=ADDRESS,
        # A copy, for the library writes the schemas of the application that it describes into it.
        API_SPEC_OPTIONS=deepcopy(SPEC_OPTIONS),
    )
    app.json = Json(app, rules.zone)
    app.url_map.converters["number"] = NumberConverter
    app.url_map.converters["row"] = external.RowIdConverter
    app.url_map.merge_slashes = False
    attach_services(
        app, db=db, rules=rules, settings=settings, now=now, is_sample=is_sample, factor_roles=factor_roles
    )
    headers.install(app)
    access_log.install(app)
    security_log.install(app)
    hosts.install(app, settings.trusted_hosts)
    concurrency_limit.install(app)
    problems.install(app)
    app.register_blueprint(health)
    _describe(app, rules)
    served: Any = SafeHeaders(app.wsgi_app, HEADERS, subdomains=settings.hsts_subdomains)
    hops = settings.proxy_hops
    app.wsgi_app = ProxyFix(served, x_for=hops, x_proto=hops, x_host=hops) if hops else served  # type: ignore[method-assign]
    return app


def attach_services(
    app: Flask,
    *,
    db: Database,
    rules: CountyRules,
    settings: Settings,
    now: Callable[[], datetime],
    is_sample: Callable[[], bool] = never,
    factor_roles: Callable[[], Sequence[str]] = no_roles,
) -> None:
    """Hand the application what it works with; routes and description stay as they are."""
    security_log.attach(app, settings=settings, keys=rules.services.receipt_keys, now=now)
    external.attach(app, rules.services.receipt_keys)
    app.extensions[EXTENSION] = ApiServices(
        db=db,
        rules=rules,
        settings=settings,
        now=now,
        seal=Encryptor(rules.services.receipt_keys, "kept answers"),
        why_not_ready=readiness(db, settings),
        is_sample=is_sample,
        factor_roles=factor_roles,
    )


def _describe(app: Flask, rules: CountyRules) -> None:
    """Register the routes together with their description."""
    api = Api(app)
    for noun in NOUNS:
        api.register_blueprint(noun, url_prefix=ADDRESS)
    describe_actions(api, rules)
    describe_health(api, app)
