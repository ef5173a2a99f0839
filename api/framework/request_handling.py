"""Let people in: who is asking, may they enter here, and has this very submission been answered before.

Each request has one session. Reading takes no lock; a POST is one writing transaction from the token to the
kept answer, so that effect and answer are committed together or not at all.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from flask import Request, Response, current_app, g, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import HTTPException, Unauthorized

from accounts.access import policy
from accounts.access.actor import NOBODY, Actor
from accounts.access.permissions import Permission
from accounts.sign_in import first_steps, tokens
from api.framework import strict_json
from api.framework.limits import WrongToken, count_wrong_guesses
from api.framework.parsing import read_upload
from api.framework.request_context import ApiServices, RequestContext, api_services
from cases.access.case_numbers import require_still_visible, visible_numbers
from cases.attachments import IncomingFile
from core.errors import Forbidden, Invalid, Unavailable
from wsgi import concurrency_limit, idempotency, uploads
from wsgi.files import check_upload, digest_of
from wsgi.guessing import code_gate
from wsgi.idempotency import StoredResponse
from wsgi.quotas import charging
from wsgi.uploads import Sending

View = Callable[..., Response]
#: What one must be permitted to enter; of several any one is enough.
Enter = Permission | tuple[Permission, ...]
LONGEST_KEY = 255
STORED_HEADERS = ("Content-Type", "ETag", "Location")


class BearerChallenge(WWWAuthenticate):
    """What a 401 asks for; the realm is in quotes, as RFC 7235 wants it, and the library leaves them out."""

    def to_header(self) -> str:
        """Return the value of the header."""
        return 'Bearer realm="huiyin"'


def reading(view: View, enter: Enter) -> View:
    """Run a view inside a session that only reads."""

    @wraps(view)
    def entered(**path: Any) -> Response:
        services, token = api_services(), bearer(request)
        with count_wrong_guesses(services), services.db.reading() as session:
            return view(admit(services, session, token, enter), **path)

    return entered


def writing(view: View, enter: Enter) -> View:
    """Run a view inside one writing transaction, or repeat the answer it gave before."""

    @wraps(view)
    def entered(**path: Any) -> Response:
        services, token, key = api_services(), bearer(request), idempotency_key(request)
        body = request.get_data(
            cache=True
        )  # read before the transaction: a slow sender must not hold the lock
        mark = idempotency.fingerprint(request.method, request.path, body)

        def answer(session: Session) -> Response:
            call = admit(services, session, token, enter)
            act = charged(services, call, lambda: view(call, **path))
            return answer_idempotently(services, call, key, mark, act)

        with count_wrong_guesses(services):
            return charging.apply(services, answer)

    return entered


def uploading(view: View, enter: Enter) -> View:
    """Run a view on one uploaded file; strangers are refused before anything is read.

    What was sent and answered before is told from what is new before a picture is written anew, and that is
    done before the transaction, for it takes its time.
    """

    @wraps(view)
    def entered(**path: Any) -> Response:
        services, token, key = api_services(), bearer(request), idempotency_key(request)
        with count_wrong_guesses(services), services.db.reading() as session:
            sender = admit(services, session, token, enter).actor.user_id
        upload = read_upload(request)
        mark = idempotency.fingerprint(request.method, request.path, digest_of(upload))
        sending = Sending(sender, key, mark)
        with count_wrong_guesses(services), uploads.limit_concurrent_uploads(sending):
            file = (
                check_upload(upload, services.rules)
                if uploads.is_new(services.db, sending, seal=services.seal, files=1, now=services.now())
                else None
            )

            def answer(session: Session) -> Response:
                call = admit(services, session, token, enter)
                act = charged(services, call, lambda: view(call, _require_upload(file), **path))
                return answer_idempotently(services, call, key, mark, act)

            return charging.apply(services, answer)

    return entered


def charged(
    services: ApiServices, call: RequestContext, act: Callable[[], Response]
) -> Callable[[], Response]:
    """Let whoever asks be charged for what an act does, where it does it."""

    def act_and_charge() -> Response:
        response = act()
        if response.status_code < 300:
            charging.charge(services, call.session, user_id=call.actor.user_id, now=call.now)
        return response

    return act_and_charge


def _require_upload(file: IncomingFile | None) -> IncomingFile:
    """Return the file that was looked at; raise Unavailable when its answer was dropped meanwhile."""
    if file is None:
        raise Unavailable
    return file


def villagers(view: View, *, writes: bool) -> View:
    """Run a view for whoever may hold a receipt code, as far as wrong ones leave it open (`code_gate`).

    There is no token here, so nothing is known of who asks.
    """

    @wraps(view)
    def entered(**path: Any) -> Response:
        services = api_services()
        request.get_data(cache=True)  # read before the transaction, as in `writing`
        now = services.now()
        if code := _receipt_code(request):
            # A program has no device that could be known again.
            code_gate.enter(services.db, rules=services.rules, code=code, kept="", now=now)

        def answer(session: Session) -> Response:
            return view(RequestContext(session=session, actor=NOBODY, rules=services.rules, now=now), **path)

        with count_wrong_guesses(services):
            if writes:
                return services.db.apply(answer)
            with services.db.reading() as session:
                return answer(session)

    return entered


def _receipt_code(asked: Request) -> str:
    """Return the code that a body holds; an empty text for a body that the view refuses as it is."""
    try:
        body = strict_json.read_json(asked)
    except HTTPException:
        return ""
    code = body.get("receipt_code") if isinstance(body, dict) else None
    return code if isinstance(code, str) else ""


def answer_idempotently(
    services: ApiServices, call: RequestContext, key: str | None, mark: str, act: Callable[[], Response]
) -> Response:
    """Act, unless this submission was answered before; keep a success for the next repetition."""
    user_id = call.actor.user_id
    if key is None or user_id is None:
        return act()
    kept = idempotency.claim(
        call.session, user_id=user_id, key=key, mark=mark, seal=services.seal, now=call.now
    )
    if kept is not None:
        return repeat(call, kept)
    response = act()
    if 200 <= response.status_code < 300:
        headers = {name: response.headers[name] for name in STORED_HEADERS if name in response.headers}
        first = StoredResponse(response.status_code, headers, response.get_data())
        first = first.about(visible_numbers(call.session, actor=_whole(call), told=first.text))
        idempotency.store(call.session, user_id=user_id, key=key, answer=first, seal=services.seal)
    return response


def _whole(call: RequestContext) -> Actor:
    """Return who is asking, with all that the person may do."""
    return replace(call.actor, limit=None)


def repeat(call: RequestContext, kept: StoredResponse) -> Response:
    """Return the first answer again, but not what the person may no longer see, whatever the token is for."""
    require_still_visible(call.session, actor=_whole(call), numbers=kept.case_numbers)
    response = current_app.response_class(kept.body, kept.status, dict(kept.headers))
    response.headers["Idempotency-Replayed"] = "true"
    return response


def admit(services: ApiServices, session: Session, token: str, enter: Enter) -> RequestContext:
    """Find out who is asking and refuse those who may not enter; one statement.

    Raises Forbidden for what neither the roles nor the token allow.
    """
    now = services.now()
    holder = tokens.find_holder(session, token, now)
    if holder is None:
        raise unauthenticated(WrongToken)
    actor = holder.actor
    g.user_id = actor.user_id
    concurrency_limit.count_as(request.environ, actor.user_id)
    missing = first_steps.missing_step(actor.roles, holder.facts, services.entry_rules(now))
    if missing is not None:  # what a page would ask for first
        raise Forbidden(reasons=[missing.value])
    wanted = enter if isinstance(enter, tuple) else (enter,)
    if not any(policy.permits(actor, permission) for permission in wanted):
        raise Forbidden(permission=wanted[0].value)
    return RequestContext(session=session, actor=actor, rules=services.rules, now=now)


def bearer(asked: Request) -> str:
    """Return the token of a request; raise the HTTP error 401 when there is none that could be one."""
    given = asked.authorization
    if given is None or given.type != "bearer" or not tokens.FORM.fullmatch(given.token or ""):
        raise unauthenticated()
    return given.token or ""


def unauthenticated(kind: type[Unauthorized] = Unauthorized) -> Unauthorized:
    """Make the HTTP error 401 that says how to come in."""
    return kind(www_authenticate=BearerChallenge("bearer"))


def idempotency_key(asked: Request) -> str | None:
    """Return the key under which a submission is sent; raise Invalid for one that cannot be kept."""
    key = asked.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Invalid({"Idempotency-Key": ["not_a_key"]})
    return key
