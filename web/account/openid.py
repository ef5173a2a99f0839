"""统一身份认证: sign in by the provider, and prove there once more who one is (docs/decisions/0053).

Somebody always presses a button first, on a page of ours: no link of another site begins it. The provider
is no place of ours, and forms may lead to none (`form-action` of our policy), so a page leads on to it.
"""

import hmac
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Response, redirect, request, url_for

from accounts.openid import identities, proofs
from accounts.openid.client import OpenIdClient, ProviderIdentity
from accounts.openid.flow import Flow, begin, seal, unseal
from accounts.openid.refusals import AnswerRefused, ProviderSilent, Silence, Wrong
from accounts.security_log import shown
from accounts.sign_in import passkeys, rate_limits, second_factors, sessions
from accounts.sign_in.first_steps import FirstStep
from accounts.sign_in.known_devices import ANYBODY_HERE
from accounts.sign_in.rate_limits import Counted, Limit
from cases.configuration.case_rules import CountyRules
from core.errors import Forbidden, NotFound, TooMany
from core.i18n import mark as _
from web.account.arrivals import ArrivalBlueprint
from web.account.device_names import device_of
from web.account.kept_form import FIELD
from web.account.sign_in import (
    INTERRUPTED,
    ask_again,
    continue_to,
    end_present,
    remember_device,
    render_form,
    set_session_cookie,
)
from web.framework.blueprint import ANYBODY, Enter, Form
from web.framework.cookies import PROVIDER, cookie_name, find_device, forget_flow, remember_flow
from web.framework.rendering import local_path, page
from web.framework.request_context import PageRequest, PageServices, page_services
from wsgi.guessing import throttles

openid_pages = ArrivalBlueprint("openid", __name__)
log = logging.getLogger(__name__)

WAY = "openid"
#: A way to the provider and back lets in once; as long as any of them lasts, and longer.
ONE_ANSWER = Limit("provider_answer", 1, timedelta(minutes=30))
SILENT = _("{provider}现在连不上，没有登录。请用用户名和密码登录，或者过一会儿再试。")
WORDS: Mapping[Wrong, str] = {
    Wrong.CANCELLED: _("没有登录：您在{provider}那边取消了，或者它没有放行。"),
    Wrong.FLOW: _("这一次登录过期了，或者已经用过。请再按一次。"),
    Wrong.AGE: _("您在{provider}那边登录得太久了。请在那边退出，再登录一次。"),
    Wrong.NOBODY: _("{provider}认得您，可是这里没有您的用户，或者已经停用。请找管理员。"),
    Wrong.ANOTHER: _("这个用户名在{provider}那边换了人，没有放行。请管理员核对以后解开。"),
}
NOT_RIGHT = _("{provider}给的答复不对，没有放行。请再试一次；还不行，请告诉管理员。")


@dataclass(frozen=True)
class Arrived:
    """Who came back from the provider, on which way; or why nobody did."""

    flow: Flow | None = None
    identity: ProviderIdentity | None = None
    reason: Wrong | Silence = Wrong.FLOW


def client_of(services: PageServices) -> OpenIdClient:
    """Return the client of the provider; raise NotFound where none is set."""
    if services.openid is None:
        raise NotFound
    return services.openid


def find_provider(form: Form) -> None:
    """Ask where the provider is before any transaction is open; that it is silent is said afterwards."""
    del form
    services = page_services()
    if services.openid is not None:
        with suppress(ProviderSilent):
            services.openid.metadata(services.now())


@openid_pages.post("/openid", enter=Enter(anybody=True, gate=find_provider))
def lead(page_request: PageRequest, form: Form) -> Response:
    """Lead somebody who wants to come in to the provider."""
    onward = local_path(form.get("next", "")) or "/"
    return lead_away(page_request, begin(now=page_request.now, onward=onward))


@openid_pages.post("/openid/go-on", enter=ANYBODY)
def go_on(page_request: PageRequest, form: Form) -> Response:
    """Show somebody who signed in on another page meanwhile the form that was kept on this one."""
    if page_request.who is None:
        return render_form(onward="/", mistake=INTERRUPTED, kept=form.get(FIELD, ""), status=401)
    return continue_to(page_request, page_request.who.actor.user_id or 0, form)


@openid_pages.post("/me/openid", enter=Enter(step=FirstStep.SECOND_FACTOR, gate=find_provider))
def prove(page_request: PageRequest, form: Form) -> Response:
    """Lead somebody who came by the provider there once more, to sign in anew."""
    who = page_request.who
    if who is None or who.proved_at is None:
        raise Forbidden
    onward = local_path(form.get("next", "")) or url_for("profile.overview")
    return lead_away(page_request, begin(now=page_request.now, onward=onward, sign_in_id=who.sign_in_id))


def lead_away(page_request: PageRequest, flow: Flow) -> Response:
    """Show the page that leads on to the provider, or say that it cannot be reached."""
    client = client_of(page_request.services)
    metadata = client.ready(page_request.now)
    if metadata is None:
        return refuse(page_request, flow, Silence.UNREACHABLE)
    back = url_for("openid.answer", _external=True)
    address = client.authorization_address(metadata, flow, back=back)
    response = leading_page(address)
    remember_flow(response, seal(page_request.services.provider_seal, flow))
    return response


def leading_page(address: str, *, leaving: bool = False) -> Response:
    """Show a page that leads on to an address of the provider by itself, and by a link."""
    response = page("sign_in/provider.html", address=address, leaving=leaving)
    response.headers["Refresh"] = f"0; url={address}"
    return response


def ask_provider() -> Arrived:
    """Find out who came back, from the browser's own way and the provider alone; raises TooMany."""
    services = page_services()
    client, now, given = client_of(services), services.now(), request.args
    flow = unseal(services.provider_seal, request.cookies.get(cookie_name(PROVIDER), ""), now)
    if flow is None or flow.sign_in_id is None:
        shown.attempt(WAY)
    twice = any(len(values) > 1 for _name, values in given.lists())
    if flow is None or twice or not _is_same(given.get("state", ""), flow.state):
        return Arrived()
    if "error" in given:
        return Arrived(flow, reason=Wrong.CANCELLED)
    with services.db.reading() as session:
        rate_limits.refuse_when_any_spent(session, tries_of(services.rules, now), now=now)
    code, issuer, back = given.get("code", ""), given.get("iss"), url_for("openid.answer", _external=True)
    try:
        return Arrived(flow, client.redeem(flow, code=code, issuer=issuer, back=back, now=now))
    except (AnswerRefused, ProviderSilent) as refused:
        return Arrived(flow, reason=refused.reason)


def tries_of(rules: CountyRules, now: datetime) -> Counted:
    """Say of whom a wrong answer is counted, where the device is known of it alone."""
    return throttles.provider_tries(device=find_device(rules, ANYBODY_HERE, now))


def _is_same(given: str, drawn: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), drawn.encode("ascii"))


@openid_pages.arrive("/sign-in/openid", enter=ANYBODY, ask=ask_provider)
def answer(page_request: PageRequest, arrived: Arrived) -> Response:
    """Let somebody in whom the provider knows and the register too, or note that they proved it again."""
    flow, identity = arrived.flow, arrived.identity
    if flow is None or identity is None:
        return refuse(page_request, flow, arrived.reason)
    try:
        done = enter if flow.sign_in_id is None else note_proof
        response = done(page_request, flow, identity)
    except AnswerRefused as refused:
        return refuse(page_request, flow, refused.reason)
    forget_flow(response)
    return response


def enter(page_request: PageRequest, flow: Flow, identity: ProviderIdentity) -> Response:
    """Sign somebody in; one with a second factor here gives it, unless the provider asked for one."""
    session, services, now = page_request.session, page_request.services, page_request.now
    shown.attempt(WAY, name=identity.username)
    user = identities.find_user(session, identity)
    use_up(page_request, flow, user.id)
    has_passkey = bool(passkeys.list_own(session, user_id=user.id))
    has_factor = has_passkey or second_factors.is_set(session, user_id=user.id)
    half = has_factor and not identity.strong
    if not half:
        chain = page_request.rules.services.chain
        identities.bind(session, chain=chain, user_id=user.id, identity=identity, now=now)
    if page_request.who is not None:
        end_present(page_request, page_request.who)
    secret = sessions.create(
        session,
        user_id=user.id,
        device=device_of(request.headers.get("User-Agent", "")),
        own_device=False,
        half=half,
        profile=services.settings.profile,
        now=now,
        proof=proofs.prove(services.provider_seal, identity),
    )
    page_request.is_known = True
    if half:
        ask_again(page_request, secret)
        response = redirect(url_for("sign_in.code", next=flow.onward), code=303)
    else:
        response = redirect(flow.onward, code=303)
        remember_device(page_request, response, user.username)  # type: ignore[arg-type]
    set_session_cookie(response, secret, own_device=False)  # type: ignore[arg-type]
    return response  # type: ignore[return-value]


def note_proof(page_request: PageRequest, flow: Flow, identity: ProviderIdentity) -> Response:
    """Note that whoever is signed in proved it once more; raise AnswerRefused for anybody else."""
    session, now = page_request.session, page_request.now
    who = sessions.find_signed_in(
        session, request.cookies.get(cookie_name(), ""), now, page_request.services.settings.profile
    )
    if who is None or who.half or who.sign_in_id != flow.sign_in_id:
        raise AnswerRefused(Wrong.FLOW)
    user_id = who.actor.user_id or 0
    if not identities.is_bound_to(session, user_id=user_id, identity=identity):
        raise AnswerRefused(Wrong.ANOTHER)
    use_up(page_request, flow, user_id)
    proof = proofs.prove(page_request.services.provider_seal, identity)
    sessions.prove_again(session, who.sign_in_id, proof)
    return redirect(flow.onward, code=303)  # type: ignore[return-value]


def use_up(page_request: PageRequest, flow: Flow, user_id: int) -> None:
    """Use a way up, on all workers; raise AnswerRefused for one that was used before."""
    session, subject, now = page_request.session, f"user:{user_id} {flow.state}", page_request.now
    try:
        rate_limits.spend(session, limit=ONE_ANSWER, subject=subject, now=now)
    except TooMany as error:
        raise AnswerRefused(Wrong.FLOW) from error


def refuse(page_request: PageRequest, flow: Flow | None, reason: Wrong | Silence) -> Response:
    """Say why nobody was let in; what may be a guess is counted, and the reason stands in the log."""
    is_silent = isinstance(reason, Silence)
    if flow is not None and flow.sign_in_id is not None:
        shown.attempt(WAY)
    log.warning("nobody came in by the provider", extra={"fields": {"reason": reason.value}})
    if flow is not None and not is_silent and reason is not Wrong.CANCELLED:
        tries = tries_of(page_request.rules, page_request.now)
        throttles.count(page_request.session, tries, now=page_request.now)
    words = SILENT if isinstance(reason, Silence) else WORDS.get(reason, NOT_RIGHT)
    mistake = page_request.say(words, provider=page_request.provider_name)
    said: dict[str, Any] = {"mistake": mistake, "status": 503 if is_silent else 422}
    onward = flow.onward if flow is not None else "/"
    if flow is not None and flow.sign_in_id is not None:
        response = page("sign_in/not_proved.html", onward=onward, **said)
    else:
        response = render_form(onward=onward, **said)
    forget_flow(response)
    return response
