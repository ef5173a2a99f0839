"""Give people tokens and passkeys, and read the question that a page has for a passkey."""

import json
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from webauthn import base64url_to_bytes

from accounts.access.actor import SYSTEM
from accounts.models import User
from accounts.sign_in import tokens
from accounts.sign_in.passkeys import Site
from cases.configuration.case_rules import CountyRules
from core.persistence.db import Database
from tests.accounts.sign_in.authenticator import Authenticator
from tests.builders import PASSWORD
from tests.markup import HTML
from tests.web.conftest import Browser, Page

Open = Callable[..., Browser]
#: The site as the browsers of tests know it.
PAGE_SITE = Site("localhost", "http://localhost")


def give_token(town: Database, rules: CountyRules, username: str, now: datetime) -> None:
    """Issue a token for somebody."""
    with town.transaction() as session:
        user = session.scalars(select(User).where(User.username == username)).one()
        chain = rules.services.chain
        tokens.issue(session, actor=SYSTEM, chain=chain, user=user, label="手机", now=now)


def asked_question(page: Page) -> bytes:
    """Return the question on a page, which has exactly one."""
    (form,) = (one for one in page.tree.iter(f"{HTML}form") if one.get("data-options"))
    return base64url_to_bytes(json.loads(form.get("data-options"))["challenge"])


def begin_passkey(browser: Open, username: str, device: Authenticator) -> tuple[Browser, str]:
    """Sign somebody in and let the device make a passkey; give what it answered, not sent yet."""
    person = browser(username)
    assert person.post("/me/passkeys/new", present=PASSWORD).status == 303
    return person, device.create(asked_question(person.get("/me/passkeys")), PAGE_SITE)


def enrol(browser: Open, username: str, device: Authenticator) -> Browser:
    """Sign somebody in and register a device of theirs."""
    person, answer = begin_passkey(browser, username, device)
    assert person.post("/me/passkeys", passkey=answer, label="我的手机").status == 303
    return person
