"""What somebody signs in with changes only for whoever gives the password once more."""

import re
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from accounts.access.actor import SYSTEM
from accounts.models import ApiToken, User
from accounts.sign_in import second_factors, tokens
from accounts.sign_in.passkeys import Passkey
from accounts.sign_in.second_factors import SecondFactor
from accounts.sign_in.sign_ins import SignIn
from cases.configuration.case_rules import CountyRules
from core.persistence.db import Database
from tests.api.conftest import Clock
from tests.builders import PASSWORD, at
from tests.external import external_id
from tests.web.conftest import Browser
from tests.web.test_application_pages import is_left_from
from web.framework.request_context import EXTENSION

Open = Callable[..., Browser]
WHO, FRESH = "zuyuan", "山高水长路好走-2026"
#: The secret as the page shows it to be typed.
SECRET = re.compile(r'class="code">([A-Z2-7]{32})<')
#: Those that are about the sign-in itself, which the walk must not end.
ABOUT_THE_SIGN_IN = {"/sign-in", "/sign-in/code", "/sign-in/passkey", "/sign-out"}


def credentials(town: Database) -> list[tuple[object, ...]]:
    """Return everything by which somebody comes in."""
    columns = (
        select(User.id, User.password_hash).order_by(User.id),
        select(*SecondFactor.__table__.columns),
        select(ApiToken.id, ApiToken.user_id, ApiToken.may),  # taking one back asks for nothing
        select(Passkey.id, Passkey.user_id, Passkey.public_key),  # what it is called is nobody's way in
    )
    with town.reading() as session:
        return [tuple(row) for statement in columns for row in session.execute(statement)]


@pytest.fixture
def equipped(town: Database, rules: CountyRules, pages: Flask, browser: Open, clock: Clock) -> str:
    """Give the member a code in use, a token, a passkey, and a secret that waits in another sign-in."""
    person = browser(WHO)
    person.post("/me/second-factor/new", present=PASSWORD)
    seal = pages.extensions[EXTENSION].factors
    with town.transaction() as session:
        user = session.scalars(select(User).where(User.username == WHO)).one()
        mine = session.scalars(select(SignIn.id).where(SignIn.user_id == user.id)).one()
        here = {"user_id": user.id, "sign_in_id": mine, "seal": seal, "now": clock.moment}
        secret = second_factors.proposed(session, **here)
        tokens.issue(
            session, actor=SYSTEM, chain=rules.services.chain, user=user, label="手机", now=at("2026-03-02")
        )
        key = {"credential_id": b"a key", "public_key": b"of nobody", "sign_count": 0}
        session.add(Passkey(user_id=user.id, label="手机", created_at=clock.moment, **key))
    assert secret is not None
    assert person.post("/me/second-factor", code=pyotp.TOTP(secret).at(clock.moment)).status == 303
    with town.transaction() as session:
        return second_factors.propose(session, **{**here, "sign_in_id": mine + 100})


OF_A_ROW = re.compile(r"<row\((\w+)\)[^>]*>")


def walk(pages: Flask, person: Browser, **form: str) -> list[str]:
    """Send every form that is about nobody and nothing else, and give those that were taken."""
    known = pages.extensions[EXTENSION].rules
    rules = sorted(
        OF_A_ROW.sub(lambda found: str(external_id(known, found[1], 1)), rule.rule)
        for rule in pages.url_map.iter_rules()
        if "POST" in (rule.methods or set())
        and (not rule.arguments or rule.rule.startswith("/me/"))
        and rule.rule not in ABOUT_THE_SIGN_IN
    )
    assert len([rule for rule in rules if rule.startswith("/me/")]) >= 4
    return [rule for rule in rules if person.post(rule, **form).status == 303]


def signed_in(browser: Open, secret: str, clock: Clock, town: Database) -> Browser:
    """Return the member on a second device, which knows the password and the code but is left alone then."""
    del secret
    person = browser()
    with town.transaction() as session:
        session.scalars(select(SecondFactor)).one().since = None
        session.scalars(select(Passkey)).one().user_id += 1
    person.sign_in(WHO)
    with town.transaction() as session:
        session.scalars(select(SecondFactor)).one().since = clock.moment
        session.scalars(select(Passkey)).one().user_id -= 1
    return person


def test_no_form_changes_what_one_signs_in_with_without_the_password(
    pages: Flask, browser: Open, town: Database, equipped: str, clock: Clock
) -> None:
    left_alone = signed_in(browser, equipped, clock, town)
    before = credentials(town)
    code = pyotp.TOTP(equipped).at(clock.moment)
    walk(pages, left_alone, present="not it", fresh=FRESH, again=FRESH, code=code)
    walk(pages, left_alone, fresh=FRESH, again=FRESH, code=code)
    assert credentials(town) == before


@pytest.mark.parametrize(
    "module", ["web.account.passkeys", "web.account.profile", "web.account.second_factor"]
)
def test_a_form_that_forgets_to_ask_would_be_found(
    pages: Flask,
    browser: Open,
    town: Database,
    equipped: str,
    clock: Clock,
    module: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left_alone = signed_in(browser, equipped, clock, town)
    before = credentials(town)
    monkeypatch.setattr(f"{module}.refuse_wrong_password", lambda *_: None)
    walk(pages, left_alone, present="not it", fresh=FRESH, again=FRESH)
    assert credentials(town) != before


@pytest.mark.parametrize("path", ["/me/second-factor", "/me/second-factor/remove"])
def test_a_code_set_up_changed_or_given_up_ends_the_other_sign_ins(
    browser: Open, town: Database, equipped: str, clock: Clock, path: str
) -> None:
    here, there = (signed_in(browser, equipped, clock, town) for _ in range(2))
    clock.moment += timedelta(minutes=1)
    assert here.post("/me/second-factor/new", present=PASSWORD).status == 303
    (shown,) = SECRET.findall(here.get("/me/second-factor").text)
    assert SECRET.findall(there.get("/me/second-factor").text) == []
    answer = here.post(path, present=PASSWORD, code=pyotp.TOTP(shown).at(clock.moment))
    assert (answer.status, here.get("/me").status, there.get("/me").status) == (303, 200, 302)


def test_a_sign_in_that_waits_for_its_code_reaches_no_page_of_the_code(browser: Open, equipped: str) -> None:
    del equipped
    half = browser()
    assert "动态码" in half.sign_in(WHO).text
    assert is_left_from(half.get("/sign-in/code"))
    for answer in (half.get("/me/second-factor"), half.post("/me/second-factor/new", present=PASSWORD)):
        assert (answer.status, answer.headers["Location"]) == (302, "/sign-in/code")


@pytest.mark.parametrize(("stay", "left"), [("", 0), ("yes", 1)])
@pytest.mark.parametrize("by", ["oneself", "guanli"])
def test_with_a_password_its_tokens_end_unless_they_are_said_to_stay(
    browser: Open, town: Database, rules: CountyRules, by: str, stay: str, left: int
) -> None:
    person = browser(WHO if by == "oneself" else by)
    page, path = ("/me", "/me/password") if by == "oneself" else (f"/people/{WHO}",) * 2
    assert "令牌留着" not in person.get(page).text
    with town.transaction() as session:
        user = session.scalars(select(User).where(User.username == WHO)).one()
        tokens.issue(
            session, actor=SYSTEM, chain=rules.services.chain, user=user, label="手机", now=at("2026-03-02")
        )
    assert "令牌留着" in person.get(page).text
    path = "/me/password" if by == "oneself" else f"/people/{WHO}/password"
    form = {"present": PASSWORD, "fresh": FRESH, "again": FRESH, "password": FRESH, "tokens_stay": stay}
    assert person.post(path, **form).status == 303
    with town.reading() as session:
        assert len(session.scalars(select(ApiToken).where(ApiToken.revoked_at.is_(None))).all()) == left
