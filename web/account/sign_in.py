"""Sign in with name and password, and a code where one is asked for."""

from flask import Response, redirect, request, url_for
from werkzeug.datastructures import MultiDict

from accounts.openid.identities import bind
from accounts.openid.proofs import identity_of
from accounts.openid.refusals import AnswerRefused
from accounts.registers import first_administrator, users
from accounts.security_log import shown
from accounts.sign_in import passkeys, rate_limits, second_factors, sessions
from accounts.sign_in.known_devices import ANYBODY_HERE, holder_of_user
from accounts.sign_in.rate_limits import Counted
from accounts.sign_in.sessions import Present
from accounts.sign_in.sign_ins import SignIn
from core.errors import Forbidden
from core.i18n import mark as _
from web.account.device_names import device_of
from web.account.kept_form import FIELD, KeptForm, seal, unseal
from web.account.passkeys import site
from web.framework import cookies
from web.framework.blueprint import ANYBODY, Form, PageBlueprint, Typed
from web.framework.cookies import cookie_name
from web.framework.rendering import local_path, page
from web.framework.request_context import PageRequest
from wsgi.guessing import throttles

sign_in = PageBlueprint("sign_in", __name__)

WRONG = _("名字或密码不对。忘了密码，请管理员重新设一个。")
WRONG_CODE = _("动态码不对，或者已经用过。请等手机上换一个再填。")
WRONG_PASSKEY = _("通行密钥没有成。请再来一次，或者填动态码。")
INTERRUPTED = _("登录过期了，您写的都还在。登录以后接着来。")
NOT_KEPT = _("登录过期了，请重新登录。刚才写的没能留下来。")


@sign_in.get("/sign-in", enter=ANYBODY)
def form(page_request: PageRequest) -> Response:
    """Show where one signs in; whoever is signed in already goes on."""
    onward = local_path(request.args.get("next", "")) or "/"
    if page_request.who is not None:
        return redirect(onward)  # type: ignore[return-value]
    if first_administrator.is_open(page_request.session):
        return redirect(url_for("first_administrator.code"))  # type: ignore[return-value]
    return render_form(onward=onward)


def form_again(page_request: PageRequest, typed: Typed) -> Response:
    """Show the form in another language or size; an interrupted form stays in it."""
    del page_request
    kept = typed.get(FIELD)
    return render_form(
        onward=next_path(typed.form),
        mistake=INTERRUPTED if kept else "",
        username=typed.get("username"),
        kept=kept,
    )


@sign_in.post("/sign-in", enter=ANYBODY, redisplay=form_again)
def enter(page_request: PageRequest, form: Form) -> Response:
    """Check name and password; a wrong one is counted, and says nothing about which of the two it was."""
    name, password = form.get("username", "").strip().lower(), form.get("password", "")
    shown.attempt("password", name=name)
    profile = page_request.services.settings.profile
    device = find_device(page_request, name)
    tries = throttles.sign_in_tries(username=name, device=device, profile=profile)
    rate_limits.refuse_when_any_spent(page_request.session, tries, now=page_request.now)
    actor = users.authenticate(page_request.session, username=name, password=password)
    if actor is None or actor.user_id is None:
        throttles.count(page_request.session, tries, now=page_request.now)
        return render_form(
            onward=next_path(form), mistake=WRONG, username=name, kept=form.get(FIELD, ""), status=422
        )
    if page_request.who is not None:
        end_present(page_request, page_request.who)
    has_passkey = bool(passkeys.list_own(page_request.session, user_id=actor.user_id))
    half = has_passkey or second_factors.is_set(page_request.session, user_id=actor.user_id)
    own_device = form.get("own_device") == "yes" and profile.own_devices
    secret = sessions.create(
        page_request.session,
        user_id=actor.user_id,
        device=device_of(request.headers.get("User-Agent", "")),
        own_device=own_device,
        half=half,
        profile=profile,
        now=page_request.now,
    )
    page_request.is_known = True
    if half:
        response = render_code_form(page_request, form, ask_again(page_request, secret))
    else:
        response = continue_to(page_request, actor.user_id, form)
        remember_device(page_request, response, name)
    set_session_cookie(response, secret, own_device=own_device)
    return response


@sign_in.get("/sign-in/code", enter=ANYBODY)
def code(page_request: PageRequest) -> Response:
    """Ask for the second factor."""
    onward = MultiDict({"next": request.args.get("next", "")})
    return render_code_form(page_request, onward, waiting_sign_in(page_request))


def code_again(page_request: PageRequest, typed: Typed) -> Response:
    """Ask for the second factor in another language or size."""
    return render_code_form(page_request, typed.form, waiting_sign_in(page_request))


@sign_in.post("/sign-in/code", enter=ANYBODY, redisplay=code_again)
def check_code(page_request: PageRequest, form: Form) -> Response:
    """Let somebody whose password was right all the way in, by a code that is right and new."""
    half = waiting_sign_in(page_request)
    if half is None:
        return redirect(url_for("sign_in.form"), code=303)  # type: ignore[return-value]
    shown.attempt("code", user_id=half.user_id)
    tries = factor_tries(page_request, half)
    rate_limits.refuse_when_any_spent(page_request.session, tries, now=page_request.now)
    right = second_factors.accept(
        page_request.session,
        user_id=half.user_id,
        code=form.get("code", ""),
        seal=page_request.services.factors,
        now=page_request.now,
    )
    if not right:
        throttles.count(page_request.session, tries, now=page_request.now)
        return render_code_form(page_request, form, half, mistake=WRONG_CODE, status=422)
    return let_in(page_request, form, half)


@sign_in.post("/sign-in/passkey", enter=ANYBODY)
def check_passkey(page_request: PageRequest, form: Form) -> Response:
    """Let somebody whose password was right all the way in, by a passkey that signed the question."""
    half, known = waiting_sign_in(page_request), site()
    if half is None or known is None:
        return redirect(url_for("sign_in.form"), code=303)  # type: ignore[return-value]
    session, now = page_request.session, page_request.now
    shown.attempt("passkey", user_id=half.user_id)
    tries = factor_tries(page_request, half)
    rate_limits.refuse_when_any_spent(session, tries, now=now)
    if not passkeys.accept(session, sign_in=half, answer=form.get("passkey", ""), site=known, now=now):
        throttles.count(session, tries, now=now)
        passkeys.ask(session, sign_in=half, now=now)
        return render_code_form(page_request, form, half, mistake=WRONG_PASSKEY, status=422)
    return let_in(page_request, form, half)


def waiting_sign_in(page_request: PageRequest) -> SignIn | None:
    """Return the sign-in of this browser that waits for its second factor, or None."""
    return sessions.half_of(page_request.session, request.cookies.get(cookie_name(), ""), page_request.now)


def ask_again(page_request: PageRequest, secret: str) -> SignIn | None:
    """Ask the passkeys of somebody whose password was right a question, and give the sign-in that waits."""
    half = sessions.half_of(page_request.session, secret, page_request.now)
    if half is not None:
        passkeys.ask(page_request.session, sign_in=half, now=page_request.now)
    return half


def let_in(page_request: PageRequest, form: Form, half: SignIn) -> Response:
    """Sign somebody in whose second factor was right; who came by the provider is bound to it now."""
    proof = sessions.proof_of(half)
    proved = identity_of(page_request.services.provider_seal, proof) if proof is not None else None
    if proved is not None:
        session, chain, now = page_request.session, page_request.rules.services.chain, page_request.now
        try:
            bind(session, chain=chain, user_id=half.user_id, identity=proved, now=now)
        except AnswerRefused as error:  # another became this user while the code was asked for
            raise Forbidden from error
    secret = sessions.complete(
        page_request.session, half, page_request.now, page_request.services.settings.profile
    )
    page_request.is_known = True
    response = continue_to(page_request, half.user_id, form)
    remember_device(page_request, response, username_of(page_request, half))
    set_session_cookie(response, secret, own_device=half.own_device)
    return response


def factor_tries(page_request: PageRequest, half: SignIn) -> Counted:
    """Return what is counted when somebody whose password was right gives a wrong second factor."""
    device = find_device(page_request, username_of(page_request, half))
    return throttles.factor_tries(user_id=half.user_id, device=device)


def username_of(page_request: PageRequest, half: SignIn) -> str:
    """Return the name of the user whose sign-in it is."""
    return users.load_user(page_request.session, half.user_id).username


def find_device(page_request: PageRequest, username: str) -> str | None:
    """Return the name of the device that asks, where the user was let in on it before; else None."""
    if not cookies.known_by():
        return None
    holder = holder_of_user(page_request.session, username=username)
    return cookies.find_device(page_request.rules, holder, page_request.now)


def remember_device(page_request: PageRequest, response: Response, username: str) -> None:
    """Let the device that asks be known from now on as one on which the user was let in.

    Who comes back from a provider is not known before the answer is opened: so it is known for anybody too.
    """
    holder = holder_of_user(page_request.session, username=username)
    cookies.remember_device(response, page_request.rules, [ANYBODY_HERE, holder], page_request.now)


def end_present(page_request: PageRequest, who: Present) -> None:
    """End the sign-in that this browser holds: what it was known by opens nothing any more."""
    sessions.end(
        page_request.session, user_id=who.actor.user_id or 0, sign_in_id=who.sign_in_id, now=page_request.now
    )


def render_sign_in_again(page_request: PageRequest, kept: KeptForm) -> Response:
    """Ask somebody whose sign-in is over to sign in again, and keep the form that was sent meanwhile.

    It is kept for the user whose sign-in it came with. Where that is nobody, somebody left or closed the
    browser since, and whoever asks now may be another: then nothing is kept, and the page says so.
    """
    owner = sessions.find_last_holder(page_request.session, request.cookies.get(cookie_name(), ""))
    sealed = seal(page_request.services.kept_forms, owner=owner, kept=kept) if owner is not None else ""
    return render_form(onward="/", mistake=INTERRUPTED if sealed else NOT_KEPT, kept=sealed, status=401)


def render_form(
    *,
    onward: str,
    mistake: str = "",
    username: str = "",
    kept: str = "",
    status: int = 200,
) -> Response:
    """Show the form for name and password."""
    return page(
        "sign_in/form.html",
        status=status,
        onward=onward,
        mistake=mistake,
        username=username,
        kept=kept,
    )


def render_code_form(
    page_request: PageRequest, form: Form, half: SignIn | None, *, mistake: str = "", status: int = 200
) -> Response:
    """Ask for the code or the passkey, carrying along where to go on to."""
    session, asked, known = page_request.session, passkeys.question(half, page_request.now), site()
    options = ""
    has_passkey = half is not None and bool(passkeys.list_own(session, user_id=half.user_id))
    if half is not None and has_passkey and asked is not None and known is not None:
        options = passkeys.request_options(session, user_id=half.user_id, challenge=asked, site=known)
    return page(
        "sign_in/code.html",
        status=status,
        options=options,
        by_code=half is None or second_factors.is_set(session, user_id=half.user_id),
        onward=next_path(form),
        kept=form.get(FIELD, ""),
        mistake=mistake,
    )


def continue_to(page_request: PageRequest, user_id: int, form: Form) -> Response:
    """Lead on to where somebody wanted to go, or show their own interrupted form, to be sent now.

    Of the form of another, who sat here before, they learn nothing.
    """
    kept = unseal(page_request.services.kept_forms, owner=user_id, sealed=form.get(FIELD, ""))
    if kept is not None:
        onward = local_path(kept.path) or "/"
        return page("sign_in/go_on.html", onward=onward, carried=kept.fields)
    return redirect(next_path(form), code=303)  # type: ignore[return-value]


def next_path(form: Form) -> str:
    """Return where to go on to: a path of this very site."""
    return local_path(form.get("next", "")) or "/"


def set_session_cookie(response: Response, secret: str, *, own_device: bool) -> None:
    """Let the browser keep the secret: on one's own device for the whole time, else until it is closed.

    A day longer than it lets in, so that a form which came too late is known as its owner's.
    """
    lasts = sessions.OWN + sessions.RECOGNISED
    response.set_cookie(
        cookie_name(),
        secret,
        max_age=int(lasts.total_seconds()) if own_device else None,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
