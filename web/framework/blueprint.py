"""Declare a page in one place: its address and who may enter, which a test asks of every page.

What is read takes no lock; a form is one transaction, its answer kept for the second click under its own key.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from flask import Blueprint, Response, current_app, g, request
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict

from accounts.access import policy
from accounts.access.permissions import Permission
from accounts.sign_in import sessions
from accounts.sign_in.first_steps import FirstStep, missing_step
from accounts.sign_in.passwords import hash_outside
from accounts.sign_in.sessions import Present
from cases.access.case_numbers import require_still_visible, visible_numbers
from cases.attachments import IncomingFile
from core.errors import DomainError, Forbidden, Invalid, Unavailable
from web.framework import display_preferences, uploads
from web.framework.cookies import cookie_name
from web.framework.csrf import require_same_origin
from web.framework.form_key import KEY_FIELD, fingerprint_of, key_of
from web.framework.request_context import PageRequest, PageServices, charged, page_services
from wsgi import concurrency_limit, error_responses, idempotency
from wsgi.error_responses import ErrorResponse
from wsgi.files import MOST_READ_BYTES, MOST_UPLOAD_BYTES
from wsgi.idempotency import StoredResponse
from wsgi.quotas import charging
from wsgi.uploads import Sending, is_new, limit_concurrent_uploads

View = Callable[..., Response]
Form = MultiDict[str, str]
#: What a form that led on is answered with again; kept are successes alone.
SEE_OTHER = 303
STORED_HEADERS = ("Content-Type", "Location", "Content-Security-Policy")
#: What a form may meet through nobody's fault; it is shown again with all that was typed.
RACES = (IntegrityError, StaleDataError)


@dataclass(frozen=True)
class Enter:
    """Who may enter: whoever has one of the permissions, everybody who is signed in, or anybody at all."""

    permissions: tuple[Permission, ...] = ()
    anybody: bool = False
    #: What is done here and nowhere else while it is missing; whoever has not given a code stays outside.
    step: FirstStep | None = None
    #: May refuse a form, or let it wait, before any transaction is open.
    gate: Callable[[MultiDict[str, str]], None] | None = None


ANYBODY = Enter(anybody=True)
SIGNED_IN = Enter()
FIRST_PASSWORD = Enter(step=FirstStep.PASSWORD)
FIRST_FACTOR = Enter(step=FirstStep.SECOND_FACTOR)


def requires(*permissions: Permission) -> Enter:
    """Let in whoever has one of the permissions."""
    return Enter(permissions)


class SignInFirst(Exception):
    """Say that nobody is signed in, or not far enough, where somebody has to be; and what is missing."""

    def __init__(self, who: Present | None, missing: FirstStep | None) -> None:
        super().__init__()
        self.who, self.missing = who, missing


@dataclass(frozen=True)
class Typed:
    """What was typed into a form that was not taken, and why it was not; empty for a fresh form."""

    form: Form = field(default_factory=MultiDict)
    refusal: ErrorResponse | None = None
    #: It is only shown in another language or size: whatever it is, it stays that.
    same: bool = False

    def get(self, name: str, default: str = "") -> str:
        """Return what was typed into a field."""
        return self.form.get(name, default)

    @property
    def key(self) -> str:
        """Return the key of a form that is to be sent once more just as it is, else an empty one.

        Whoever was told to come again later may have been heard all the same: the first of two clicks, or
        a commit of which no answer came back.
        """
        return self.get(KEY_FIELD) if self.same or (self.refusal and self.refusal.status == 503) else ""


class PageBlueprint(Blueprint):
    """The pages of one noun. A view is given its request, and who may enter has to be said."""

    def get(self, rule: str, *, enter: Enter) -> Callable[[View], View]:  # type: ignore[override]
        """Declare a page that is looked at."""

        def declared(view: View) -> View:
            @wraps(view)
            def entered(**path: Any) -> Response:
                with reading_request(enter) as found:
                    return view(found, **path)

            return self._declare("GET", rule, entered, enter)

        return declared

    def post(  # type: ignore[override]
        self, rule: str, *, enter: Enter, again: View | None = None, redisplay: View | None = None
    ) -> Callable[[View], View]:
        """Declare what a form does. `again` shows it once more with what was typed and what is wrong.

        `redisplay` shows it as it stands when another language or size is chosen; nothing is done then.
        """

        def declared(view: View) -> View:
            @wraps(view)
            def entered(**path: Any) -> Response:
                require_same_origin()
                form = form_of(enter, again)
                if redisplay is not None and display_preferences.chosen_preferences(form):
                    typed = Typed(form, same=True)
                    return in_chosen_display(enter, form, lambda found: redisplay(found, typed, **path))
                try:
                    require_fitting_size()
                    if enter.gate is not None:
                        enter.gate(form)
                    key = key_of(form)
                    mark = fingerprint_of(form) if key is not None else ""
                    with files_of(enter, key, mark) as files:
                        return answer_idempotently(
                            enter, key, mark, files, lambda found: charged(found, view(found, form, **path))
                        )
                except (DomainError, *RACES, OperationalError) as error:
                    if again is None:
                        raise
                    return render_again(enter, again, form, error_responses.error_response_of(error), path)

            return self._declare("POST", rule, entered, enter)

        return declared

    def preview(self, rule: str, *, enter: Enter) -> Callable[[View], View]:
        """Declare what a form asks about without changing anything: it takes no lock."""

        def declared(view: View) -> View:
            @wraps(view)
            def entered(**path: Any) -> Response:
                require_same_origin()
                form = request.form
                return in_chosen_display(enter, form, lambda found: view(found, form, **path))

            return self._declare("POST", rule, entered, enter)

        return declared

    def _declare(self, method: str, rule: str, view: View, enter: Enter) -> View:
        view.enter = enter  # type: ignore[attr-defined]  # what the walk of all pages looks for
        self.add_url_rule(rule, endpoint=view.__name__, view_func=view, methods=[method])
        return view


@contextmanager
def reading_request(enter: Enter) -> Iterator[PageRequest]:
    """Open a session that only reads, for somebody who may enter; note now and then that they are there."""
    known = page_services()
    with known.db.reading() as session:
        found = admit(known, session, enter)
        yield found
    if found.who is not None and sessions.is_seen_outdated(found.who, found.now):
        with known.db.transaction() as session:
            sessions.update_seen(session, found.who.sign_in_id, found.now)


def admit(known: PageServices, session: Session, enter: Enter) -> PageRequest:
    """Find out who is there and refuse those who may not enter; one statement, none without a cookie.

    Raises SignInFirst, and Forbidden for somebody who is signed in but has none of the permissions.
    """
    now = known.now()
    secret = request.cookies.get(cookie_name(), "")
    who = sessions.find_signed_in(session, secret, now, known.settings.profile) if secret else None
    g.page_request = found = PageRequest(known, session, now, display_preferences.of_request(request), who)
    found.is_known = who is not None
    missing = None
    if who is not None:
        missing = None if who.half else missing_step(who.actor.roles, who.facts, known.entry_rules(now))
        g.user_id = who.actor.user_id
        concurrency_limit.count_as(request.environ, who.actor.user_id)
    if enter.anybody:
        found.who = None if who is None or who.half or missing is not None else who
        return found
    if who is None or who.half or (missing is not None and enter.step is not missing):
        found.who = None
        raise SignInFirst(who, missing)
    if enter.permissions and not any(policy.permits(who.actor, one) for one in enter.permissions):
        raise Forbidden(permission=enter.permissions[0].value)
    return found


def form_of(enter: Enter, again: View | None) -> Form:
    """Read a form before the transaction: a slow sender must not hold the lock.

    One with too many bytes of photos is read when it can be shown again, for the sake of what was typed.
    """
    if again is not None and not enter.anybody:
        request.max_content_length = MOST_READ_BYTES
    return request.form


def require_fitting_size() -> None:
    """Raise Invalid for files that are too large together."""
    if (request.content_length or 0) > MOST_UPLOAD_BYTES:
        raise Invalid({"files": ["too_large_together"]})


@contextmanager
def files_of(enter: Enter, key: str | None, mark: str) -> Iterator[Sequence[IncomingFile] | None]:
    """Read the files of a form before the transaction; None stands for those of one answered before."""
    sent = uploads.chosen_files(request.files.getlist("files"))
    user_id = None
    if sent:
        with reading_request(enter) as found:
            user_id = found.who.actor.user_id if found.who else None
    if user_id is None:
        yield []
        return
    known, sending = page_services(), Sending(user_id, key, mark)
    with limit_concurrent_uploads(sending):
        new = is_new(known.db, sending, seal=known.answer_encryptor, files=len(sent), now=known.now())
        yield uploads.read_files(sent, known.rules) if new else None


def answer_idempotently(
    enter: Enter,
    key: str | None,
    mark: str,
    files: Sequence[IncomingFile] | None,
    act: Callable[[PageRequest], Response],
) -> Response:
    """Act and keep the answer, or answer as before; raise Unavailable where that answer is gone."""
    known = page_services()

    def answer(session: Session) -> Response:
        found = admit(known, session, enter)
        found.files = files or ()
        user_id = found.who.actor.user_id if found.who else None
        if user_id is None or key is None:
            return act(found)
        seal = known.answer_encryptor
        kept = idempotency.claim(session, user_id=user_id, key=key, mark=mark, seal=seal, now=found.now)
        if kept is not None:
            require_still_visible(session, actor=found.actor, numbers=kept.case_numbers)
            status = SEE_OTHER if "Location" in kept.headers else kept.status
            return current_app.response_class(kept.body, status, dict(kept.headers))
        if files is None:
            raise Unavailable
        response = act(found)
        if 200 <= response.status_code < 400:
            headers = {name: response.headers[name] for name in STORED_HEADERS if name in response.headers}
            kept = StoredResponse(200, headers, response.get_data())
            kept = kept.about(visible_numbers(session, actor=found.actor, told=kept.text))
            idempotency.store(session, user_id=user_id, key=key, answer=kept, seal=seal)
        else:
            idempotency.release(session, user_id=user_id, key=key)
        return response

    return hash_outside(lambda: charging.apply(known, answer))


def render_again(
    enter: Enter, again: View, form: Form, refusal: ErrorResponse, path: Mapping[str, Any]
) -> Response:
    """Show a form once more; nothing that was typed is lost."""
    with reading_request(enter) as found:
        response = again(found, Typed(form, refusal), **path)
    response.status_code = refusal.status
    response.headers.update(refusal.headers)
    return response


def in_chosen_display(enter: Enter, form: Form, show: Callable[[PageRequest], Response]) -> Response:
    """Answer a form that changes nothing, in the display that it chooses; the device keeps that display."""
    chosen = display_preferences.chosen_preferences(form)
    with reading_request(enter) as found:
        found.display = found.display.with_choices(chosen)
        response = show(found)
    if chosen:
        display_preferences.store(response, found.display, secure=request.is_secure)
    return response
