"""Lead everybody to their first page, and keep how a device wants to see the pages."""

from flask import Response, redirect, request, url_for

from web import looks
from web.call import PageRequest
from web.entry import ANYBODY, SIGNED_IN, Form, Pages
from web.navigation import landing
from web.rendering import own_path

start = Pages("start", __name__)


@start.shows("/", enter=SIGNED_IN)
def index(page_request: PageRequest) -> Response:
    """Lead somebody who is signed in to the first page of their role."""
    return redirect(url_for(landing(page_request)))  # type: ignore[return-value]  # a redirect is an answer


@start.does("/look", enter=ANYBODY)
def look(page_request: PageRequest, form: Form) -> Response:
    """Change how this device shows the pages, and go back."""
    response = redirect(own_path(form.get("back", "")) or "/", code=303)
    looks.keep(response, page_request.look.with_choices(form), secure=request.is_secure)  # type: ignore[arg-type]
    return response  # type: ignore[return-value]
