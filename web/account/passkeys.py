"""通行密钥: register, name and give up the passkeys of one's devices, each with the password once more."""

from urllib.parse import urlsplit

from flask import Response, redirect, request, url_for

from accounts.registers import users
from accounts.sign_in import passkeys, second_factors, sessions
from accounts.sign_in.passkeys import Site
from accounts.sign_in.sign_ins import SignIn
from core.errors import Forbidden
from web.account.password_again import mistakes_in_words, refuse_wrong_password
from web.account.second_factor import is_required
from web.framework.blueprint import FIRST_FACTOR, SIGNED_IN, Form, PageBlueprint, Typed
from web.framework.rendering import page
from web.framework.request_context import PageRequest

passkey_pages = PageBlueprint("passkeys", __name__)


def site() -> Site | None:
    """Return this site as a browser knows it; None without TLS or a name, where browsers have no passkeys."""
    host = urlsplit(request.host_url).hostname or ""
    numbered = ":" in host or host.replace(".", "").isdigit()
    safe = request.is_secure or host == "localhost"
    return Site(host, request.host_url.rstrip("/")) if safe and not numbered else None


def here(page_request: PageRequest) -> SignIn:
    """Return the present sign-in as a row."""
    assert page_request.who is not None  # whoever may enter here is signed in
    return sessions.load(page_request.session, page_request.who.sign_in_id)


@passkey_pages.get("/me/passkeys", enter=FIRST_FACTOR)
def index(page_request: PageRequest) -> Response:
    """Show one's passkeys, and how to make another."""
    return render_passkeys(page_request, Typed())


def render_passkeys(page_request: PageRequest, typed: Typed, **_path: int) -> Response:
    """Show them, with what was wrong."""
    user = users.load_user(page_request.session, page_request.actor.user_id or 0)
    known, asked = site(), passkeys.question(here(page_request), page_request.now)
    options = (
        passkeys.creation_options(page_request.session, user=user, challenge=asked, site=known)
        if known is not None and asked is not None
        else ""
    )
    return page(
        "profile/passkeys.html",
        status=typed.refusal.status if typed.refusal else 200,
        mistakes=mistakes_in_words(page_request, typed),
        own=passkeys.list_own(page_request.session, user_id=user.id),
        options=options,
        possible=known is not None,
        device=here(page_request).device,
    )


@passkey_pages.post("/me/passkeys/new", enter=FIRST_FACTOR, again=render_passkeys)
def begin(page_request: PageRequest, form: Form) -> Response:
    """Ask the device a question, once the password was given."""
    refusal = refuse_wrong_password(page_request, form)
    if refusal is not None:
        return render_passkeys(page_request, Typed(form, refusal))
    passkeys.ask(page_request.session, sign_in=here(page_request), now=page_request.now)
    return redirect(url_for("passkeys.index"), code=303)  # type: ignore[return-value]


@passkey_pages.post("/me/passkeys", enter=FIRST_FACTOR, again=render_passkeys)
def finish(page_request: PageRequest, form: Form) -> Response:
    """Take the passkey into use that the device made; the password was given for the question."""
    known = site()
    if known is None:
        raise Forbidden
    passkeys.register(
        page_request.session,
        actor=page_request.actor,
        chain=page_request.rules.services.chain,
        sign_in=here(page_request),
        label=form.get("label", "").strip(),
        answer=form.get("passkey", ""),
        site=known,
        now=page_request.now,
    )
    return redirect(url_for("passkeys.index", done="passkey_added"), code=303)  # type: ignore[return-value]


@passkey_pages.post("/me/passkeys/<row(passkeys):passkey_id>/rename", enter=SIGNED_IN, again=render_passkeys)
def rename(page_request: PageRequest, form: Form, passkey_id: int) -> Response:
    """Call a passkey something else."""
    passkeys.rename(
        page_request.session,
        user_id=page_request.actor.user_id or 0,
        passkey_id=passkey_id,
        label=form.get("label", "").strip(),
    )
    return redirect(url_for("passkeys.index", done="saved"), code=303)  # type: ignore[return-value]


@passkey_pages.post("/me/passkeys/<row(passkeys):passkey_id>/remove", enter=SIGNED_IN, again=render_passkeys)
def remove(page_request: PageRequest, form: Form, passkey_id: int) -> Response:
    """Give a passkey up, unless it is the last second factor of somebody who must have one."""
    refusal = refuse_wrong_password(page_request, form)
    if refusal is not None:
        return render_passkeys(page_request, Typed(form, refusal))
    session, user_id = page_request.session, page_request.actor.user_id or 0
    others = len(passkeys.list_own(session, user_id=user_id)) > 1
    if is_required(page_request) and not others and not second_factors.is_set(session, user_id=user_id):
        raise Forbidden
    passkeys.remove(
        session,
        actor=page_request.actor,
        chain=page_request.rules.services.chain,
        passkey_id=passkey_id,
        now=page_request.now,
        stays=here(page_request).id,
    )
    return redirect(url_for("passkeys.index", done="passkey_removed"), code=303)  # type: ignore[return-value]
