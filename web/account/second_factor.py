"""动态码: set up, change and give up the code of a telephone, each with the password once more."""

from flask import Response, redirect, url_for

from accounts.sign_in import second_factors
from accounts.sign_in.first_steps import is_factor_required
from core.errors import Forbidden
from web.account.password_again import mistakes_in_words, refuse_wrong_password
from web.framework.blueprint import FIRST_FACTOR, SIGNED_IN, Form, PageBlueprint, Typed
from web.framework.qr_code import qr_picture
from web.framework.rendering import page
from web.framework.request_context import PageRequest

second_factor_pages = PageBlueprint("second_factor", __name__)


def is_required(page_request: PageRequest) -> bool:
    """Return whether one of the person's roles must have a second factor."""
    return is_factor_required(page_request.actor.roles, page_request.services.entry_rules(page_request.now))


@second_factor_pages.get("/me/second-factor", enter=FIRST_FACTOR)
def second_factor(page_request: PageRequest) -> Response:
    """Show how to set the second factor up, or that it is set."""
    return render_factor(page_request, Typed())


def render_factor(page_request: PageRequest, typed: Typed) -> Response:
    """Show it, with what was wrong."""
    assert page_request.who is not None  # whoever may enter here is signed in
    secret = second_factors.proposed(
        page_request.session,
        user_id=page_request.actor.user_id or 0,
        sign_in_id=page_request.who.sign_in_id,
        seal=page_request.services.factors,
        now=page_request.now,
    )
    return page(
        "profile/second_factor.html",
        status=typed.refusal.status if typed.refusal else 200,
        is_set=second_factors.is_set(page_request.session, user_id=page_request.actor.user_id or 0),
        secret=secret or "",
        picture=qr_picture(second_factors.provisioning_uri(secret, page_request.actor.username))
        if secret
        else "",
        mistakes=mistakes_in_words(page_request, typed),
        required=is_required(page_request),
    )


@second_factor_pages.post("/me/second-factor/new", enter=FIRST_FACTOR, again=render_factor)
def propose(page_request: PageRequest, form: Form) -> Response:
    """Make a secret to be read by the telephone; one in use stays until the new one gave a code."""
    assert page_request.who is not None
    refusal = refuse_wrong_password(page_request, form)
    if refusal is not None:
        return render_factor(page_request, Typed(form, refusal))
    second_factors.propose(
        page_request.session,
        user_id=page_request.actor.user_id or 0,
        sign_in_id=page_request.who.sign_in_id,
        seal=page_request.services.factors,
        now=page_request.now,
    )
    return redirect(url_for("second_factor.second_factor"), code=303)  # type: ignore[return-value]


@second_factor_pages.post("/me/second-factor", enter=FIRST_FACTOR, again=render_factor)
def confirm(page_request: PageRequest, form: Form) -> Response:
    """Take it into use by its first code; the password was given for the secret, in this very sign-in."""
    assert page_request.who is not None
    second_factors.confirm(
        page_request.session,
        actor=page_request.actor,
        chain=page_request.rules.services.chain,
        sign_in_id=page_request.who.sign_in_id,
        code=form.get("code", ""),
        seal=page_request.services.factors,
        now=page_request.now,
    )
    return redirect(url_for("profile.overview", done="second_factor"), code=303)  # type: ignore[return-value]


@second_factor_pages.post("/me/second-factor/remove", enter=SIGNED_IN, again=render_factor)
def remove(page_request: PageRequest, form: Form) -> Response:
    """Give it up, where the role does not ask for one."""
    assert page_request.who is not None
    if is_required(page_request):
        raise Forbidden
    refusal = refuse_wrong_password(page_request, form)
    if refusal is not None:
        return render_factor(page_request, Typed(form, refusal))
    second_factors.remove(
        page_request.session,
        actor=page_request.actor,
        chain=page_request.rules.services.chain,
        user_id=page_request.actor.user_id or 0,
        now=page_request.now,
        stays=page_request.who.sign_in_id,
    )
    return redirect(url_for("profile.overview", done="second_factor_removed"), code=303)  # type: ignore[return-value]
