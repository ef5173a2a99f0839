"""What of a person's account waits for a second administrator: proposed, agreed to, or taken back."""

from functools import partial

from flask import Response

from accounts.registers.administrators import proposals
from cases.responsibility.able_people import count_depending_matters
from notifications import second_administrator
from web.administration.people.pages import ENTER, password_shown, render_person, to_person
from web.framework.blueprint import Form, PageBlueprint
from web.framework.request_context import PageRequest

second_administrator_pages = PageBlueprint("second_administrator", __name__)
SHOWN = partial(render_person, tried="second")


@second_administrator_pages.post("/people/<username>/propose-password", enter=ENTER, again=SHOWN)
def propose_password(page_request: PageRequest, form: Form, username: str) -> Response:
    """Propose another password for somebody at whose account no administrator gets alone."""
    del form
    proposals.propose_password(
        page_request.session,
        actor=page_request.actor,
        chain=page_request.rules.services.chain,
        username=username,
        now=page_request.now,
    )
    second_administrator.tell_waiting(page_request.session, username=username, now=page_request.now)
    return to_person(username, "person_proposed")


@second_administrator_pages.post("/people/<username>/agree", enter=ENTER, again=SHOWN)
def agree(page_request: PageRequest, form: Form, username: str) -> Response:
    """Agree to what another administrator proposed, which does it; a new password is shown this once."""
    password = proposals.agree(
        page_request.session,
        actor=page_request.actor,
        chain=page_request.rules.services.chain,
        username=username,
        act=form.get("act", ""),
        seen=form.get("proposal", ""),
        count_matters=partial(count_depending_matters, page_request.session, page_request.actor),
        profile=page_request.services.settings.profile,
        now=page_request.now,
    )
    second_administrator.tell_agreed(
        page_request.session, actor=page_request.actor, username=username, now=page_request.now
    )
    if password is None:
        return to_person(username, "person_agreed")
    return password_shown(page_request, username, password)


@second_administrator_pages.post("/people/<username>/disagree", enter=ENTER, again=SHOWN)
def disagree(page_request: PageRequest, form: Form, username: str) -> Response:
    """Do not agree, or take back what one proposed oneself."""
    proposals.disagree(
        page_request.session,
        actor=page_request.actor,
        chain=page_request.rules.services.chain,
        username=username,
        act=form.get("act", ""),
        seen=form.get("proposal", ""),
        now=page_request.now,
    )
    return to_person(username, "person_disagreed")
