"""Lead everybody to their first page, and keep how a device wants to see the pages."""

from flask import Response, redirect, request, url_for

from web.framework import display_preferences
from web.framework.blueprint import ANYBODY, SIGNED_IN, Form, PageBlueprint
from web.framework.navigation import landing
from web.framework.rendering import local_path
from web.framework.request_context import PageRequest

home = PageBlueprint("home", __name__)


@home.get("/", enter=SIGNED_IN)
def index(page_request: PageRequest) -> Response:
    """Lead somebody who is signed in to the first page of their role."""
    return redirect(url_for(landing(page_request)))  # type: ignore[return-value]  # a redirect is an answer


@home.post("/look", enter=ANYBODY)
def save_display(page_request: PageRequest, form: Form) -> Response:
    """Change how this device shows the pages, and go back."""
    response = redirect(local_path(form.get("back", "")) or "/", code=303)
    display_preferences.store(response, page_request.display.with_choices(form), secure=request.is_secure)  # type: ignore[arg-type]
    return response  # type: ignore[return-value]
