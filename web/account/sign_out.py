"""Sign out: here at once, and at the provider by which somebody came, which is led on to."""

from flask import Response, redirect, request, url_for

from accounts.openid.proofs import identity_of
from accounts.security_log import shown
from accounts.sign_in import sessions
from web.account.openid import leading_page
from web.framework.blueprint import ANYBODY, Form, PageBlueprint
from web.framework.cookies import cookie_name
from web.framework.request_context import PageRequest

sign_out = PageBlueprint("sign_out", __name__)


@sign_out.post("/sign-out", enter=ANYBODY)
def leave(page_request: PageRequest, form: Form) -> Response:
    """End this sign-in on the server, and let the browser forget what it kept of the pages."""
    del form
    proof = sessions.end_held(page_request.session, request.cookies.get(cookie_name(), ""), page_request.now)
    if page_request.who is not None:
        shown.note_leaving()
    services, back = page_request.services, url_for("sign_in.form", _external=True)
    proved = identity_of(services.provider_seal, proof) if proof is not None else None
    address = None
    if proved is not None and services.openid is not None:
        address = services.openid.sign_out_address(proved, back=back)
    response = leading_page(address, leaving=True) if address else redirect(url_for("sign_in.form"), code=303)
    response.delete_cookie(cookie_name(), secure=request.is_secure, httponly=True, samesite="Lax")
    # Never "storage": it would erase what a telephone has written down and not sent yet (threats.md 3.10).
    response.headers["Clear-Site-Data"] = '"cache"'
    return response  # type: ignore[return-value]
