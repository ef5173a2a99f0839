"""Let somebody be bound anew at the provider by which people may come in."""

from functools import partial

from flask import Response

from accounts.registers import users
from core.errors import Forbidden
from web.administration.people.pages import ENTER, render_person, to_person
from web.framework.blueprint import Form, PageBlueprint
from web.framework.request_context import PageRequest

openid_bindings = PageBlueprint("openid_bindings", __name__)


@openid_bindings.post(
    "/people/<username>/release-openid", enter=ENTER, again=partial(render_person, tried="release")
)
def release(page_request: PageRequest, form: Form, username: str) -> Response:
    """Take away whom somebody is at the provider; the next sign-in there binds them anew."""
    del form
    if username == page_request.actor.username:
        raise Forbidden(reasons=["oneself"])
    users.release_openid(
        page_request.session,
        actor=page_request.actor,
        chain=page_request.rules.services.chain,
        username=username,
        now=page_request.now,
    )
    return to_person(username, "person_released")
