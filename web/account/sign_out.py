"""Sign out: here at once, and at the provider by which somebody came, if they want to."""

from urllib.parse import urlsplit

from flask import Response, redirect, request, url_for

from accounts.openid.client import ProviderIdentity
from accounts.openid.proofs import identity_of
from accounts.security_log import shown
from accounts.sign_in import sessions
from web.framework.blueprint import ANYBODY, Form, PageBlueprint
from web.framework.cookies import cookie_name
from web.framework.rendering import CONTENT_POLICY, page
from web.framework.request_context import PageRequest

sign_out = PageBlueprint("sign_out", __name__)


@sign_out.post("/sign-out", enter=ANYBODY)
def leave(page_request: PageRequest, form: Form) -> Response:
    """End this sign-in on the server, and let the browser forget what it kept of the pages."""
    del form
    proof = sessions.end_held(page_request.session, request.cookies.get(cookie_name(), ""), page_request.now)
    if page_request.who is not None:
        shown.note_leaving()
    seal = page_request.services.provider_seal
    proved = identity_of(seal, proof) if proof is not None else None
    response = (
        leave_there_too(page_request, proved)
        if proved is not None and proved.leaves_at is not None and page_request.provider_name
        else redirect(url_for("sign_in.form"), code=303)
    )
    response.delete_cookie(cookie_name(), secure=request.is_secure, httponly=True, samesite="Lax")
    # Never "storage": it would erase what a telephone has written down and not sent yet (threats.md 3.10).
    response.headers["Clear-Site-Data"] = '"cache"'
    return response  # type: ignore[return-value]


def leave_there_too(page_request: PageRequest, proved: ProviderIdentity) -> Response:
    """Show the form that signs somebody out at the provider (RP-Initiated Logout 1.0).

    It is a form, because the token that says who leaves names the person: it may stand in no address.
    """
    settings = page_request.services.settings.openid
    client_id = settings.client_id if settings is not None else ""
    response = page("sign_in/left.html", leaves_at=proved.leaves_at, token=proved.raw, client_id=client_id)
    there = urlsplit(proved.leaves_at or "")
    forms = f"'self' {there.scheme}://{there.netloc}"
    response.headers["Content-Security-Policy"] = CONTENT_POLICY.format(forms=forms)
    return response
