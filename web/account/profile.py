"""我的: notices, how the pages look, the password, the second factor, and where one is signed in."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, redirect, request, url_for

from accounts.access.permissions import Permission
from accounts.registers import users
from accounts.sign_in import passwords, rate_limits, second_factors, sessions
from accounts.sign_in.passwords import verify_password
from accounts.sign_in.rate_limits import Limit
from cases.access.visibility import numbers_hidden_from
from config.marked_text import with_limits
from core.errors import Invalid
from core.i18n import mark as _
from notifications import inbox
from notifications.kinds import PROVISIONAL_MARKS, Wording
from web.forms.field_labels import mistake
from web.framework.blueprint import ON_THE_WAY, SIGNED_IN, Form, PageBlueprint, Typed, requires
from web.framework.qr_code import qr_picture
from web.framework.rendering import page
from web.framework.request_context import PageRequest
from wsgi.error_responses import ErrorResponse
from wsgi.rate_limits import QUARTER

profile = PageBlueprint("profile", __name__)
NOTICES_SHOWN = 30
#: Guesses at the present password by whoever sits at a computer that somebody left signed in.
PASSWORD_TRIES = Limit("own_password", 10, QUARTER)
#: What a new password is refused for, beside what every text is.
WEAK = {
    "too_short": with_limits(_("至少 {least} 个字"), least=passwords.LEAST),
    "too_long": with_limits(_("最多 {most} 个字"), most=passwords.MOST),
    "contains_username": _("不要包含用户名"),
    "too_simple": _("字太单一，请换一个"),
    "too_common": _("太常见，容易被猜到"),
    "wrong_password": _("现在的密码不对"),
    "not_the_same": _("两次填的不一样"),
    "wrong_code": _("动态码不对，请等手机上换一个再填"),
}


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
        mistakes=_mistakes(page_request, typed),
        devices=sessions.list_devices(page_request.session, user_id=user_id, now=page_request.now),
        unread=inbox.unread(
            page_request.session,
            actor=page_request.actor,
            without=numbers_hidden_from(page_request.actor),
        )
        if page_request.may(Permission.INBOX_READ)
        else 0,
    )


@profile.get("/me/notices", enter=requires(Permission.INBOX_READ))
def notices(page_request: PageRequest) -> Response:
    """Show what one was told, newest first."""
    found = inbox.inbox(
        page_request.session,
        actor=page_request.actor,
        without=numbers_hidden_from(page_request.actor),
        limit=NOTICES_SHOWN,
        cursor=request.args.get("cursor") or None,
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
        next=found.next,
    )


@profile.post("/me/notices", enter=requires(Permission.INBOX_READ))
def read(page_request: PageRequest, form: Form) -> Response:
    """Mark the notices shown as read."""
    ids = [int(one) for one in form.getlist("id") if one.isascii() and one.isdigit() and len(one) < 10]
    inbox.mark_read(page_request.session, actor=page_request.actor, ids=ids, now=page_request.now)
    return redirect(url_for("profile.notices"), code=303)  # type: ignore[return-value]


@profile.post("/me/password", enter=SIGNED_IN, again=render_profile)
def password(page_request: PageRequest, form: Form) -> Response:
    """Change the password; every other sign-in ends."""
    fresh = form.get("fresh", "")
    user = users.load_user(page_request.session, page_request.actor.user_id or 0)
    subject = f"user:{user.id}"
    rate_limits.refuse_when_spent(
        page_request.session, limit=PASSWORD_TRIES, subject=subject, now=page_request.now
    )
    if not verify_password(form.get("present", ""), user.password_hash):
        # Answered, not raised: the count of a wrong guess must stay.
        rate_limits.spend(page_request.session, limit=PASSWORD_TRIES, subject=subject, now=page_request.now)
        return render_profile(
            page_request, Typed(form, ErrorResponse(422, "invalid", errors={"present": ["wrong_password"]}))
        )
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
        )
    except Invalid as error:
        raise Invalid({"fresh": error.errors["password"]}) from error
    return redirect(url_for("profile.overview", done="password"), code=303)  # type: ignore[return-value]


@profile.post("/me/devices/<int(max=2147483647):sign_in_id>/end", enter=SIGNED_IN)
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


@profile.get("/me/second-factor", enter=ON_THE_WAY)
def second_factor(page_request: PageRequest) -> Response:
    """Show how to set the second factor up, or that it is set."""
    return render_factor(page_request, Typed())


def render_factor(page_request: PageRequest, typed: Typed) -> Response:
    """Show it, with what was wrong."""
    assert page_request.who is not None  # whoever may enter here is signed in
    secret = second_factors.proposed(
        page_request.session, user_id=page_request.actor.user_id or 0, seal=page_request.services.factors
    )
    return page(
        "profile/second_factor.html",
        is_set=page_request.who.has_second_factor,
        secret=secret or "",
        picture=qr_picture(second_factors.provisioning_uri(secret, page_request.actor.username))
        if secret
        else "",
        mistakes=_mistakes(page_request, typed),
        required=bool(page_request.actor.roles & set(page_request.services.settings.second_factor_roles))
        and not page_request.services.is_sample(),
    )


@profile.post("/me/second-factor/new", enter=ON_THE_WAY)
def propose(page_request: PageRequest, form: Form) -> Response:
    """Make a secret to be read by the telephone."""
    del form
    second_factors.propose(
        page_request.session, user_id=page_request.actor.user_id or 0, seal=page_request.services.factors
    )
    return redirect(url_for("profile.second_factor"), code=303)  # type: ignore[return-value]


@profile.post("/me/second-factor", enter=ON_THE_WAY, again=render_factor)
def confirm(page_request: PageRequest, form: Form) -> Response:
    """Take it into use by its first code."""
    second_factors.confirm(
        page_request.session,
        actor=page_request.actor,
        chain=page_request.rules.services.chain,
        code=form.get("code", ""),
        seal=page_request.services.factors,
        now=page_request.now,
    )
    return redirect(url_for("profile.overview", done="second_factor"), code=303)  # type: ignore[return-value]


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


def _mistakes(page_request: PageRequest, typed: Typed) -> dict[str, str]:
    """Say what was wrong, by field."""
    errors = (typed.refusal.errors or {}) if typed.refusal else {}
    return {
        name: page_request.translate(
            WEAK.get(codes[0]) or mistake(codes[0], page_request.language) or codes[0]
        )
        for name, codes in errors.items()
    }
