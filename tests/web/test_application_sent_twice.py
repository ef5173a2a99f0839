"""Every form of every page can be sent twice: the second sending does nothing and shows what the first did.

People press twice, and load a page again that a form has led to. Each address that takes a form has a sending
here that succeeds; a new one without is found, and so is a form that says no key where it needs one.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pyotp
import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.history import RegisterEntry
from accounts.models import ApiToken, User
from accounts.sign_in.passkeys import Passkey
from cases.configuration.case_rules import CountyRules
from cases.history.entries import Entry
from cases.models.case import Case, Complainant
from config.settings import Settings
from core.persistence.db import Database
from notifications.models import Notice
from tests.accounts.sign_in.authenticator import Authenticator
from tests.api.conftest import Clock
from tests.builders import PASSWORD, at
from tests.rules.sources import files, name
from tests.web.account.by_provider import SENT_FOR_THE_PROVIDER, Prepare
from tests.web.account.enrolling import PAGE_SITE, asked_question, begin_passkey, enrol, give_token
from tests.web.administration.test_first_administrator import FORM as FOUNDING
from tests.web.administration.test_first_administrator import code, fresh
from tests.web.conftest import Browser, assets
from tests.web.keyless_forms import WITHOUT_KEY
from tests.web.sendings import KEY, Sending, World
from tests.web.test_application_journeys import hidden
from web.application import attach_services

__all__ = ["code", "fresh"]

NEW_PASSWORD = "溪水长流到东海-2026"


def second_factor(world: World) -> tuple[Browser, pyotp.TOTP]:
    """Return a leader who has just read the secret of a second factor."""
    strict = replace(world.settings, second_factor_roles=("leader",))
    attach_services(
        world.pages, db=world.town, rules=world.rules, settings=strict, now=world.clock, assets=assets
    )
    leader = world.browser("lingdao")
    leader.post("/me/second-factor/new", present=PASSWORD)
    secret = re.findall(r'class="code">([A-Z2-7]{32})<', leader.get("/me/second-factor").text)[0]
    return leader, pyotp.TOTP(secret)


def token_revoked(world: World, who: str, path: str) -> Sending:
    give_token(world.town, world.rules, "zuyuan", world.clock.moment)
    return Sending(world.browser(who), world.first(path, ApiToken.__tablename__), {"once": KEY})


def passkey_made(world: World) -> Sending:
    person, answer = begin_passkey(world.browser, "zuyuan", Authenticator())
    return Sending(person, "/me/passkeys", {"passkey": answer, "label": "手机", "once": KEY})


def with_passkey(world: World, path: str, **form: str) -> Sending:
    person = enrol(world.browser, "zuyuan", Authenticator())
    return Sending(person, world.first(path, Passkey.__tablename__), {**form, "once": KEY})


def signed_in_by_passkey(world: World) -> Sending:
    device = Authenticator()
    enrol(world.browser, "zuyuan", device)
    other = world.browser()
    question = asked_question(other.sign_in("zuyuan"))
    return Sending(other, "/sign-in/passkey", {"passkey": device.sign(question, PAGE_SITE)})


def factor_confirmed(world: World) -> Sending:
    leader, totp = second_factor(world)
    return Sending(leader, "/me/second-factor", {"code": totp.at(world.clock.moment), "once": KEY})


def signed_in_by_code(world: World) -> Sending:
    leader, totp = second_factor(world)
    leader.post("/me/second-factor", code=totp.at(world.clock.moment))
    world.clock.moment += timedelta(minutes=1)
    other = world.browser()
    other.sign_in("lingdao")
    return Sending(other, "/sign-in/code", {"code": totp.at(world.clock.moment)})


def factor_forgotten(world: World) -> Sending:
    leader, totp = second_factor(world)
    leader.post("/me/second-factor", code=totp.at(world.clock.moment))
    return world.admin("/people/lingdao/forget-code")


def proposed(answer: str) -> Callable[[World], Sending]:
    """Answer what another administrator proposed."""

    def sending(world: World) -> Sending:
        with world.town.transaction() as session:
            other = session.scalars(select(User).where(User.username == "bumen")).one()
            other.roles = ["admin"]
        world.browser("bumen").post("/people/lingdao/propose-password", once="another-key")
        shown = hidden(world.browser("guanli").get("/people/lingdao"), "proposal")
        return world.admin(f"/people/lingdao/{answer}", act="password", proposal=shown)

    return sending


def enabled(world: World) -> Sending:
    world.browser("guanli").post("/people/bumen/disable", once="another-key")
    return world.admin("/people/bumen/enable")


def device_ended(world: World) -> Sending:
    person, other = world.browser("zuyuan"), world.browser("zuyuan")
    del other
    found = re.search(r'action="(/me/devices/\d+/end)"', person.get("/me").text)
    assert found is not None
    return Sending(person, found[1], {"once": KEY})


def joined(world: World) -> Sending:
    case = world.a_case("received")
    form = {"village": "SL", "own_words": "我家也是", "complainant.name": "覃某", "once": KEY}
    return Sending(world.browser("zuyuan"), f"/register/join/{case.number}", form)


def together(world: World) -> Sending:
    case = world.a_case("received")
    form = {"action": "assign", "chosen": [f"{case.number}:{case.version}"], "once": KEY}
    return Sending(world.browser("zuzhang"), "/cases/together", form)


def notices_read(world: World) -> Sending:
    world.a_case("assigned")
    person = world.browser("cunwei-sl")
    ids = re.findall(r'name="id" value="(\d+)"', person.get("/me/notices").text)
    assert ids
    return Sending(person, "/me/notices", {"id": ids, "once": KEY})


VILLAGE = {"village": "SL"}
REGISTRATION = {
    "village": "SL",
    "category": "irrigation",
    "kind": "problem",
    "urgency": "normal",
    "channel": "walk_in",
    "own_words": "水渠塌了一段，下田浇不上水。",
    "complainant.name": "田某",
    "once": KEY,
}
NOTICE = {
    "notice": "国办发明电〔2026〕9 号",
    "holidays": "2027-01-01 元旦",
    "working": "",
    "without": "2027-02-05 2027-02-08 2027-04-05 2027-06-09 2027-09-15 2027-10-01",
}
LIN = {"parent": "MA", "level": "village", "name": "林口村", "code": "LK"}
DESK = {
    "name": "水利站",
    "code": "water-station",
    "kind": "department",
    "area": "MA",
    "superior": "township-MA",
}
ZHOU = {"name": "周敏", "username": "zhou.min", "unit": "team", "roles": "member"}
OWN = {"present": PASSWORD, "fresh": NEW_PASSWORD, "again": NEW_PASSWORD, "once": KEY}
REPLY = {"action": "resolve", "outcome": "solved", "replies.0.channel": "door", "replies.0.text": "修好了。"}


#: A sending that succeeds, for each address that takes a form.
def for_provider(prepare: Prepare, world: World) -> Sending:
    return Sending(*prepare(world.browser, world.pages, world.town))


SENDINGS: dict[str, Callable[[World], Sending]] = {
    "/areas": lambda world: world.admin("/areas", **LIN),
    "/areas/<area>": lambda world: world.admin(
        "/areas/SL", "/areas/SL", name="杉岭", level="village", parent="MA"
    ),
    "/areas/<area>/rename": lambda world: world.admin(
        "/areas/SL/rename", new_name="新杉岭村", new_code="XS", on="2026-03-01"
    ),
    "/areas/<area>/merge": lambda world: world.admin("/areas/SL/merge", into="YY", on="2026-03-01"),
    "/units": lambda world: world.admin("/units", **DESK),
    "/units/<unit>": lambda world: world.admin(
        "/units/team", "/units/team", name="工作组", kind="team", area="MA", superior="leading-group"
    ),
    "/units/<unit>/close": lambda world: world.admin("/units/county-water/close"),
    "/calendar/<int(max=9999):year>": lambda world: world.admin("/calendar/2027", "/calendar/2027", **NOTICE),
    "/calendar/<int(max=9999):year>/look": lambda world: world.admin(
        "/calendar/2027/look", "/calendar/2027", **NOTICE
    ),
    "/people": lambda world: world.admin("/people", **ZHOU),
    "/people/<username>": lambda world: world.admin(
        "/people/zuyuan", "/people/zuyuan", name="周某", unit="team", roles="member"
    ),
    "/people/<username>/password": lambda world: world.admin("/people/zuyuan/password"),
    "/people/<username>/disable": lambda world: world.admin("/people/bumen/disable"),
    "/people/<username>/enable": enabled,
    "/people/<username>/forget-code": factor_forgotten,
    "/people/<username>/propose-password": lambda world: world.admin("/people/lingdao/propose-password"),
    "/people/<username>/agree": proposed("agree"),
    "/people/<username>/disagree": proposed("disagree"),
    "/people/<username>/postpone-code": lambda world: world.admin(
        "/people/lingdao/postpone-code", days="3", reason="手机在修"
    ),
    "/checking": lambda world: Sending(world.browser("jiandu"), "/checking", {"span": "day"}),
    "/cases/together": together,
    "/cases/<number:number>/actions": lambda world: world.on_case(
        "cunwei-sl", "assigned", "CASE/actions", **REPLY, **{"replies.0.complainant": "COMPLAINANT"}
    ),
    "/cases/<number:number>/revisit": lambda world: world.on_case(
        "zuyuan", "resolved", "CASE/revisit", complainant="COMPLAINANT", heard="yes", rating="satisfied"
    ),
    "/register": lambda world: Sending(world.browser("zuyuan"), "/register", REGISTRATION),
    "/register/join/<number:number>": joined,
    "/register/likely": lambda world: Sending(world.browser("zuyuan"), "/register/likely", VILLAGE),
    "/register/questions": lambda world: Sending(world.browser("zuyuan"), "/register/questions", VILLAGE),
    "/status": lambda world: world.by_code("assigned", "/status"),
    "/status/rating": lambda world: world.by_code(
        "resolved", "/status/rating", rating="dissatisfied", words="没修好", round="1"
    ),
    "/status/reopen": lambda world: world.by_code("closed", "/status/reopen", demand="水又断了", round="1"),
    "/status/words": lambda world: world.by_code("assigned", "/status/words", more="桥也坏了。"),
    "/look": lambda world: Sending(world.browser(), "/look", {"back": "/status", "look.size": "large"}),
    "/sign-in": lambda world: Sending(
        world.browser(), "/sign-in", {"username": "zuyuan", "password": PASSWORD}
    ),
    "/sign-in/code": signed_in_by_code,
    "/sign-out": lambda world: Sending(world.browser("zuyuan"), "/sign-out", {}),
    "/me/notices": notices_read,
    "/me/password": lambda world: Sending(world.browser("zuyuan"), "/me/password", OWN),
    "/me/devices/<row(sign_ins):sign_in_id>/end": device_ended,
    "/me/second-factor/new": lambda world: Sending(
        world.browser("zuyuan"), "/me/second-factor/new", {"present": PASSWORD, "once": KEY}
    ),
    "/me/second-factor": factor_confirmed,
    "/me/tokens/<row(api_tokens):token_id>/revoke": lambda world: token_revoked(
        world, "zuyuan", "/me/tokens/ID/revoke"
    ),
    "/people/<username>/tokens/<row(api_tokens):token_id>/revoke": lambda world: token_revoked(
        world, "guanli", "/people/zuyuan/tokens/ID/revoke"
    ),
    "/me/passkeys/new": lambda world: Sending(
        world.browser("zuyuan"), "/me/passkeys/new", {"present": PASSWORD, "once": KEY}
    ),
    "/me/passkeys": passkey_made,
    "/me/passkeys/<row(passkeys):passkey_id>/rename": lambda world: with_passkey(
        world, "/me/passkeys/ID/rename", label="办公室的电脑"
    ),
    "/me/passkeys/<row(passkeys):passkey_id>/remove": lambda world: with_passkey(
        world, "/me/passkeys/ID/remove", present=PASSWORD
    ),
    "/sign-in/passkey": signed_in_by_passkey,
    **{rule: partial(for_provider, prepare) for rule, prepare in SENT_FOR_THE_PROVIDER.items()},
    "/people/<username>/release-openid": lambda world: world.admin("/people/zuyuan/release-openid"),
    "/me/second-factor/remove": lambda world: Sending(
        world.browser("zuyuan"), "/me/second-factor/remove", {"present": PASSWORD, "once": KEY}
    ),
}
#: Those before there is anybody, which need an installation of their own.
FOUNDING_RULES = {"/setup/code", "/setup"}


@pytest.fixture
def world(
    browser: Callable[..., Browser],
    a_case: Callable[..., Case],
    town: Database,
    pages: Flask,
    rules: CountyRules,
    settings: Settings,
    clock: Clock,
) -> World:
    clock.moment = at("2026-03-03")
    return World(browser, a_case, town, pages, rules, settings, clock)


def done(session: Session) -> list[int]:
    """Count what anything leaves behind that is done."""
    return [
        session.scalars(select(func.count()).select_from(table)).one()
        for table in (Entry, RegisterEntry, Notice, Complainant)
    ]


def without_keys(text: str) -> str:
    """Return a page without the keys that its forms are given anew."""
    return re.sub(r'name="once" value="[^"]*"', "", text)


def takes_forms(pages: Flask) -> set[str]:
    """Return every address that takes a form."""
    return {rule.rule for rule in pages.url_map.iter_rules() if "POST" in (rule.methods or ())}


def keyless(text: str) -> list[str]:
    """Return the addresses of the forms of a template that say no key and have no reason for it."""
    return [
        endpoint
        for form in re.findall(r'<form[^>]*method="post".*?</form>', text, re.DOTALL)
        for endpoint in re.findall(r'action="\{\{ url_for\("([\w.]+)"', form)
        if endpoint not in WITHOUT_KEY and 'name="once"' not in form and "hidden(" not in form
    ]


@pytest.mark.parametrize("rule", sorted(SENDINGS))
def test_a_form_sent_twice_does_once_what_it_does_and_is_answered_alike(world: World, rule: str) -> None:
    sending = SENDINGS[rule](world)
    first = sending.send()
    assert first.status < 400, re.findall(r'class="mistake"[^>]*>.*?</p>', first.text)
    with world.town.reading() as session:
        after_first = done(session)
    second = sending.send()
    assert second.status < 400
    assert "<title>错误：" not in second.text
    with world.town.reading() as session:
        assert done(session) == after_first
    if "once" in sending.form:
        assert first.headers.get("Location") == second.headers.get("Location")
        assert without_keys(first.text) == without_keys(second.text) or first.status == 303


def test_the_first_administrator_s_forms_are_sent_twice(fresh: Callable[[], Browser], code: str) -> None:
    person = fresh()
    assert [person.post("/setup/code", code=code).status for _ in range(2)] == [200, 200]
    answers = [person.post("/setup", code=code, **FOUNDING) for _ in range(2)]
    assert [answer.status for answer in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]


def test_every_address_that_takes_a_form_has_a_sending(pages: Flask) -> None:
    assert takes_forms(pages) == SENDINGS.keys() | FOUNDING_RULES


def test_every_form_says_its_key_or_why_it_needs_none() -> None:
    templates = [place for place in files() if name(place).startswith("web/templates/")]
    assert [found for place in templates for found in keyless(place.read_text(encoding="utf-8"))] == []


def test_a_form_without_a_key_and_an_address_without_a_sending_are_found(pages: Flask) -> None:
    planted = '<form method="post" action="{{ url_for("units.close", unit=one.code) }}"><button></form>'
    assert keyless(planted) == ["units.close"]
    assert takes_forms(pages) - (SENDINGS.keys() - {"/units/<unit>/close"}) == {
        "/units/<unit>/close",
        *FOUNDING_RULES,
    }


def test_a_form_that_was_refused_is_judged_anew_under_its_key(world: World) -> None:
    person = world.browser("zuyuan")
    wrong = {**OWN, "present": "不是这个密码"}
    assert [person.post("/me/password", **wrong).status for _ in range(2)] == [422, 422]
    assert person.post("/me/password", **OWN).status == 303
