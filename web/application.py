"""Build the application of the pages from its parts; nothing here asks the environment or the clock."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask import Flask, Response
from werkzeug.middleware.proxy_fix import ProxyFix

from accounts.installation import never, no_roles
from accounts.openid.client import OpenIdClient
from cases.configuration.case_rules import CountyRules
from config.settings import Settings
from core.encryption import Encryptor
from core.persistence.db import Database
from web import error_pages
from web.account.home import home
from web.account.openid import openid_pages
from web.account.passkeys import passkey_pages
from web.account.profile import profile
from web.account.second_factor import second_factor_pages
from web.account.sign_in import sign_in
from web.account.sign_out import sign_out
from web.administration.blueprints import ADMINISTRATION
from web.cases.actions import case_actions
from web.cases.attachments import attachments
from web.cases.bulk_actions import bulk_actions
from web.cases.case_page import case
from web.cases.complainants import complainants
from web.cases.exports import exports
from web.cases.list import cases
from web.cases.registration import register
from web.cases.return_visits import return_visits
from web.cases.worklist import worklist_pages
from web.figures.dashboard import dashboard
from web.figures.villages import villages
from web.framework import rendering
from web.framework.assets import addresses, serving
from web.framework.request_context import EXTENSION, PageServices
from web.public.case_status import case_status
from wsgi import access_log, concurrency_limit, headers, hosts, security_log
from wsgi.addresses import NumberConverter
from wsgi.files import MOST_UPLOAD_BYTES
from wsgi.headers import SafeHeaders
from wsgi.schemas import external

NOUNS = (
    home,
    sign_in,
    sign_out,
    openid_pages,
    profile,
    second_factor_pages,
    passkey_pages,
    dashboard,
    villages,
    complainants,
    worklist_pages,
    bulk_actions,
    exports,
    cases,
    case,
    case_actions,
    return_visits,
    register,
    attachments,
    case_status,
    *ADMINISTRATION,
)
MOST_TEXT = 1_000_000
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
    ),
    # Not `no-referrer`: browsers would then send forms without saying where from, and CSRF could not be told.
    "Referrer-Policy": "same-origin",
}


def create(
    *,
    db: Database,
    rules: CountyRules,
    settings: Settings,
    now: Callable[[], datetime],
    assets: Callable[[str], str] | None = None,
    is_sample: Callable[[], bool] = never,
    factor_roles: Callable[[], Sequence[str]] = no_roles,
) -> Flask:
    """Make the WSGI application of the pages.

    `assets` tells the addresses of built files, by default those that lie beside this module; `is_sample`
    whether the installation is a sample, which every page says.
    """
    app = Flask("huiyin_pages", root_path=rendering.FOLDER, static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=MOST_UPLOAD_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_TEXT,
        MAX_FORM_PARTS=500,
    )
    app.url_map.converters["number"] = NumberConverter
    app.url_map.converters["row"] = external.RowIdConverter
    app.url_map.merge_slashes = False
    attach_services(
        app,
        db=db,
        rules=rules,
        settings=settings,
        now=now,
        assets=assets or addresses(),
        is_sample=is_sample,
        factor_roles=factor_roles,
    )
    headers.install(app)
    access_log.install(app)
    security_log.install(app)
    hosts.install(app, settings.trusted_hosts)
    concurrency_limit.install(app)
    error_pages.install(app)
    rendering.install(app)
    for noun in NOUNS:
        app.register_blueprint(noun)
    app.after_request(vary)
    served: Any = SafeHeaders(serving(app.wsgi_app), HEADERS, subdomains=settings.hsts_subdomains)
    hops = settings.proxy_hops
    app.wsgi_app = ProxyFix(served, x_for=hops, x_proto=hops, x_host=hops) if hops else served  # type: ignore[method-assign]
    return app


def vary(response: Response) -> Response:
    """Say that a page is another one for whoever has another cookie; built files are the same for all."""
    response.headers.setdefault("Vary", "Cookie")
    return response


def attach_services(
    app: Flask,
    *,
    db: Database,
    rules: CountyRules,
    settings: Settings,
    now: Callable[[], datetime],
    assets: Callable[[str], str],
    is_sample: Callable[[], bool] = never,
    factor_roles: Callable[[], Sequence[str]] = no_roles,
) -> None:
    """Hand the application what it works with; the pages stay as they are."""
    security_log.attach(app, settings=settings, keys=rules.services.receipt_keys, now=now)
    external.attach(app, rules.services.receipt_keys)
    app.extensions[EXTENSION] = PageServices(
        db=db,
        rules=rules,
        settings=settings,
        now=now,
        answer_encryptor=Encryptor(rules.services.receipt_keys, "kept pages"),
        factors=Encryptor(rules.services.receipt_keys, "second factors"),
        kept_forms=Encryptor(rules.services.receipt_keys, "kept forms"),
        provider_seal=Encryptor(rules.services.receipt_keys, "provider"),
        openid=OpenIdClient(settings.openid) if settings.openid is not None else None,
        assets=assets,
        is_sample=is_sample,
        factor_roles=factor_roles,
    )
