"""我的: notices, how the pages look, the password, and where one is signed in."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, redirect, request, url_for

from accounts.access.permissions import Permission
from accounts.registers import users
from accounts.sign_in import sessions, tokens
from cases.access.visibility import numbers_hidden_from
from core.errors import Forbidden, Invalid
from notifications import inbox
from notifications.kinds import PROVISIONAL_MARKS, Wording
from notifications.models import Notice
from web.account.password_again import mistakes_in_words, refuse_wrong_password
from web.forms.controls import YES
from web.framework.blueprint import FIRST_PASSWORD, SIGNED_IN, Form, PageBlueprint, Typed, requires
from web.framework.rendering import page
from web.framework.request_context import PageRequest
from wsgi.schemas.external import external_forms, internal_id
from wsgi.schemas.request_schemas import InboxList
from wsgi.schemas.validation_errors import load_strictly

profile = PageBlueprint("profile", __name__)
NOTICES_SHOWN = 30
PLACE = InboxList(only=("cursor",))


@profile.get("/me", enter=SIGNED_IN)
def overview(page_request: PageRequest) -> Response:
    """Show what there is of one's own."""
    return render_profile(page_request, Typed())


def render_profile(page_request: PageRequest, typed: Typed) -> Response:
    """Show it, with what was typed and not taken."""
    user_id = page_request.actor.user_id or 0
    return page(
        "profile/profile.html",
        status=typed.refusal.status if typed.refusal else 200,
        mistakes=mistakes_in_words(page_request, typed),
        has_password=has_password(page_request),
        devices=sessions.list_devices(page_request.session, user_id=user_id, now=page_request.now),
        tokens=tokens.list_own(page_request.session, user_id=user_id, now=page_request.now),
        unread=inbox.unread(
            page_request.session,
            actor=page_request.actor,
            without=numbers_hidden_from(page_request.actor),
        )
        if page_request.may(Permission.INBOX_READ)
        else 0,
    )


def has_password(page_request: PageRequest) -> bool:
    """Return whether somebody has a password here; whoever has none comes by the provider alone."""
    user_id = page_request.actor.user_id or 0
    return users.load_user(page_request.session, user_id).password_hash is not None


@profile.get("/me/notices", enter=requires(Permission.INBOX_READ))
def notices(page_request: PageRequest) -> Response:
    """Show what one was told, newest first."""
    asked = load_strictly(PLACE, {name: value for name, value in request.args.items() if value})
    found = inbox.inbox(
        page_request.session,
        actor=page_request.actor,
        without=numbers_hidden_from(page_request.actor),
        limit=NOTICES_SHOWN,
        cursor=asked.get("cursor"),
    )
    names = {
        code: row.zh if page_request.language == "zh" else row.en
        for code, row in page_request.rules.categories.items()
    }
    wording = Wording(page_request.translate, names)
    return page(
        "profile/notices.html",
        notices=[
            {
                **item,
                "title": wording.title(item["kind"], item["facts"]),
                "sentence": wording.sentence(item["kind"], _with_days(page_request, item["facts"])),
            }
            for item in found.items
        ],
        next=external_forms().seal(found.next),
    )


@profile.post("/me/notices", enter=requires(Permission.INBOX_READ))
def read(page_request: PageRequest, form: Form) -> Response:
    """Mark the notices shown as read."""
    ids = [one for one in map(_notice_id, form.getlist("id")) if one is not None]
    inbox.mark_read(page_request.session, actor=page_request.actor, ids=ids, now=page_request.now)
    return redirect(url_for("profile.notices"), code=303)  # type: ignore[return-value]


def _notice_id(written: str) -> int | None:
    return internal_id(Notice.__tablename__, written)


@profile.get("/me/password", enter=FIRST_PASSWORD)
def first_password(page_request: PageRequest) -> Response:
    """Ask whoever comes with a password that somebody else chose for one of their own."""
    return render_password(page_request, Typed())


def render_password(page_request: PageRequest, typed: Typed) -> Response:
    """Show the form for a new password, alone while nothing else may be done."""
    if typed.refusal is not None and page_request.who and not page_request.must_change_password:
        return render_profile(page_request, typed)
    return page(
        "profile/password.html",
        status=typed.refusal.status if typed.refusal else 200,
        mistakes=mistakes_in_words(page_request, typed),
    )


@profile.post("/me/password", enter=FIRST_PASSWORD, again=render_password)
def password(page_request: PageRequest, form: Form) -> Response:
    """Change the password; every other sign-in ends, and the tokens too unless they are said to stay."""
    fresh = form.get("fresh", "")
    if not has_password(page_request):
        raise Forbidden
    refusal = refuse_wrong_password(page_request, form)
    if refusal is not None:
        return render_password(page_request, Typed(form, refusal))
    if fresh == form.get("present", ""):
        raise Invalid({"fresh": ["same_as_before"]})
    if fresh != form.get("again", ""):
        raise Invalid({"again": ["not_the_same"]})
    try:
        users.set_password(
            page_request.session,
            actor=page_request.actor,
            chain=page_request.rules.services.chain,
            username=page_request.actor.username,
            password=fresh,
            now=page_request.now,
            stays=page_request.who.sign_in_id if page_request.who else None,
            profile=page_request.services.settings.profile,
            tokens_stay=form.get("tokens_stay") == YES,
        )
    except Invalid as error:
        raise Invalid({"fresh": error.errors["password"]}) from error
    return redirect(url_for("profile.overview", done="password"), code=303)  # type: ignore[return-value]


@profile.post("/me/tokens/<row(api_tokens):token_id>/revoke", enter=SIGNED_IN)
def revoke_token(page_request: PageRequest, form: Form, token_id: int) -> Response:
    """Take one of one's own tokens back."""
    del form
    tokens.revoke_own(
        page_request.session,
        actor=page_request.actor,
        chain=page_request.rules.services.chain,
        token_id=token_id,
        now=page_request.now,
    )
    return redirect(url_for("profile.overview", done="token_revoked"), code=303)  # type: ignore[return-value]


@profile.post("/me/devices/<row(sign_ins):sign_in_id>/end", enter=SIGNED_IN)
def end_device(page_request: PageRequest, form: Form, sign_in_id: int) -> Response:
    """End one's own sign-in on another device."""
    del form
    sessions.end(
        page_request.session,
        user_id=page_request.actor.user_id or 0,
        sign_in_id=sign_in_id,
        now=page_request.now,
    )
    return redirect(url_for("profile.overview", done="device"), code=303)  # type: ignore[return-value]


def _with_days(page_request: PageRequest, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Write the dates of a notice as all other pages do; a mail, read anywhere and later, keeps the year.

    Whether one may still move is said as the calendar stands now, not as it stood when the notice was made.
    """
    dates = {
        name: page_request.deadline(date.fromisoformat(facts[name]))
        for name in PROVISIONAL_MARKS
        if facts.get(name)
    }
    return {**facts, **dates, **dict.fromkeys(PROVISIONAL_MARKS.values(), False)}
