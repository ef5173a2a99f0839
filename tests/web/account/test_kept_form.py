"""What was sent at a lapsed sign-in goes through the next one for its owner, and for nobody else.

Every address that takes a form of somebody signed in is found by itself, and sent words that only their
writer may read again.
"""

import html
import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from accounts.models import User
from accounts.sign_in.sessions import OWN, RECOGNISED, SHARED
from cases.configuration.case_rules import CountyRules
from cases.models.case import Case
from core.encryption import Encryptor
from core.persistence.db import Database
from tests.api.conftest import Clock
from tests.web.conftest import Browser, Page
from tests.web.test_application_pages import filled, routes
from web.account.kept_form import MOST_KEPT, KeptForm, seal, unseal

Open = Callable[..., Browser]
WORDS = "村里的干部收了钱不办事"
ENCRYPTOR = Encryptor([b"k" * 32], "kept forms")
A_FORM = KeptForm(
    "/register", MultiDict([("own_words", WORDS), ("own_words", "\ud800"), ("kind", "problem")])
)


def kept_in(page: Page) -> str:
    """Return what a page carries along, as its reader's browser sends it."""
    found = re.search(r'name="kept" value="([^"]*)"', page.text)
    return html.unescape(found[1]) if found else ""


def addresses(pages: Flask, case: Case) -> Iterator[str]:
    """Yield every address that takes the form of somebody who is signed in."""
    for method, rule in routes(pages):
        if method == "POST":
            endpoint = next(
                one.endpoint
                for one in pages.url_map.iter_rules()
                if one.rule == rule and "POST" in (one.methods or ())
            )
            view: Any = pages.view_functions[endpoint]
            if not view.enter.anybody:
                yield filled(rule, case)


def lapsed(browser: Open, clock: Clock, username: str) -> Browser:
    """Return a browser that somebody left when the sign-in ran out."""
    left = browser(username)
    clock.moment += SHARED
    return left


def read_in(page: Page) -> bool:
    """Return whether the words can be read on a page, as they are or as JSON or base64 would write them."""
    text = html.unescape(page.text)
    written = (WORDS, json.dumps(WORDS)[1:-1], b64encode(WORDS.encode()).decode()[:16])
    return any(one in text for one in written)


def test_no_form_that_came_too_late_is_read_by_anybody_but_its_owner(
    browser: Open, pages: Flask, rules: CountyRules, a_case: Callable[..., Case], clock: Clock, town: Database
) -> None:
    case = a_case("assigned")
    left = lapsed(browser, clock, "zuyuan")
    with town.reading() as session:
        users = dict(session.execute(select(User.username, User.id)).all())
    encryptor = Encryptor(rules.services.receipt_keys, "kept forms")
    seen = 0
    for address in addresses(pages, case):
        asked = left.post(address, own_words=WORDS)
        assert (asked.status, read_in(asked), case.number in asked.text) == (401, False, False), address
        opened = {name: unseal(encryptor, owner=id_, sealed=kept_in(asked)) for name, id_ in users.items()}
        mine = opened.pop("zuyuan")
        assert (mine.path, mine.fields.get("own_words")) == (address, WORDS) if mine else False, address
        assert set(opened.values()) == {None}
        seen += 1
    assert seen > 20


def test_words_that_are_not_sealed_are_found(
    browser: Open, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def plain(_encryptor: Encryptor, *, owner: int, kept: KeptForm) -> str:
        return json.dumps([owner, *kept.fields.values()])

    monkeypatch.setattr("web.account.sign_in.seal", plain)
    assert read_in(lapsed(browser, clock, "zuyuan").post("/register", own_words=WORDS))


def test_the_next_one_who_signs_in_here_goes_on_as_if_nobody_had_been_there(
    browser: Open, clock: Clock
) -> None:
    asked = lapsed(browser, clock, "zuyuan").post("/register", own_words=WORDS)
    next_one = browser()
    there = next_one.sign_in("cunwei-sl", kept=kept_in(asked))
    assert (there.status, there.headers["Location"]) == (303, "/")
    assert WORDS in browser().sign_in("zuyuan", kept=kept_in(asked)).text


def test_a_wrong_password_and_another_language_carry_it_on(browser: Open, clock: Clock) -> None:
    left = lapsed(browser, clock, "zuyuan")
    kept = kept_in(left.post("/register", own_words=WORDS))
    mistyped = left.sign_in("zuyuan", "not the password", kept=kept)
    switched = left.post("/sign-in", username="zuyuan", kept=kept, **{"look.language": "en"})
    assert (kept_in(mistyped), kept_in(switched)) == (kept, kept)
    assert "still here" in switched.text


@pytest.mark.parametrize("leave", ["signed out", "never there"])
def test_what_came_with_no_sign_in_is_not_kept_and_the_page_says_so(browser: Open, leave: str) -> None:
    person = browser("zuyuan") if leave == "signed out" else browser()
    person.post("/sign-out")
    asked = person.post("/register", own_words=WORDS)
    assert (asked.status, kept_in(asked), read_in(asked)) == (401, "", False)
    assert "没能留下来" in asked.text


def test_a_device_of_one_s_own_is_known_a_day_after_its_sign_in_ran_out(browser: Open, clock: Clock) -> None:
    own = browser()
    own.sign_in("zuyuan", own_device="yes")
    clock.moment += OWN
    cookie = own.client.get_cookie("huiyin")
    assert cookie is not None
    assert cookie.max_age == (OWN + RECOGNISED).total_seconds()
    assert kept_in(own.post("/register", own_words=WORDS))


def test_it_opens_for_its_owner_as_it_was() -> None:
    assert unseal(ENCRYPTOR, owner=7, sealed=seal(ENCRYPTOR, owner=7, kept=A_FORM)) == A_FORM


@pytest.mark.parametrize("sealed", ["", "x", "字", "AAAA", '{"path": "/", "fields": []}', "=" * 50])
def test_what_was_not_sealed_here_opens_for_nobody(sealed: str) -> None:
    assert unseal(ENCRYPTOR, owner=7, sealed=sealed) is None


def test_a_form_that_no_page_could_take_back_is_not_kept() -> None:
    large = KeptForm("/", MultiDict([("own_words", "字" * MOST_KEPT)]))
    assert seal(ENCRYPTOR, owner=7, kept=large) == ""
