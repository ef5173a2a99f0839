"""One user works in two of the places, whatever is sent at once; the others are for the others."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.api.conftest import Caller
from tests.patience import PATIENCE
from tests.web.conftest import Browser
from tests.web.conftest import built as built
from tests.web.conftest import pages as pages
from wsgi.addresses import forwarded_address
from wsgi.concurrency_limit import (
    MOST_EACH,
    PLACE,
    SLOTS,
    TURNED_AWAY,
    ConcurrencyLimit,
    OwnPlaces,
    RequestPlace,
    credential_of,
)
from wsgi.dispatcher import ApplicationDispatcher

pytestmark = pytest.mark.one_database

HERE, THERE = "10.0.0.1", "10.0.0.2"
Environ = dict[str, Any]


def shown(token: str, address: str = HERE) -> Environ:
    return {"PATH_INFO": "/cases", "REMOTE_ADDR": address, "HTTP_AUTHORIZATION": f"Bearer {token}"}


class Held:
    """An application that tells who asks by the token, and holds every request until it is let go."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.changed = threading.Condition()
        self.under_way: list[str] = []
        self.most: dict[str, int] = {}
        self.refused: list[str] = []

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        who = environ.get("HTTP_AUTHORIZATION", "nobody").removeprefix("Bearer ").partition("-")[0]
        with self.changed:
            if environ.get(TURNED_AWAY):
                self.refused.append(who)
                self.changed.notify_all()
                return [b"later"]
            self.under_way.append(who)
            self.most[who] = max(self.most.get(who, 0), self.under_way.count(who))
            self.changed.notify_all()
        assert self.go_on.wait(PATIENCE)
        with self.changed:
            self.under_way.remove(who)
        return [b"done"]


def send_all(held: Held, environs: list[Environ], *, until: Callable[[], bool], waiting: int = 3) -> None:
    """Send requests at once, wait until they stand as they will, and let them go."""
    own = OwnPlaces(waiting=waiting, patience=PATIENCE)
    joined = ApplicationDispatcher(
        programs=held, people=held, admission=ConcurrencyLimit(patience=PATIENCE), own=own
    )
    threads = [threading.Thread(target=joined, args=(one, None)) for one in environs]
    for one in threads:
        one.start()
    with held.changed:
        assert held.changed.wait_for(until, PATIENCE)
    held.go_on.set()
    for one in threads:
        one.join(PATIENCE)
    assert own.counts() == {}


def test_of_many_requests_at_once_two_are_worked_on_some_wait_and_the_rest_is_refused() -> None:
    held = Held()
    send_all(held, [shown("hu")] * 12, until=lambda: len(held.refused) == 12 - MOST_EACH - 3)
    assert held.most == {"hu": MOST_EACH}


def test_whatever_one_user_sends_the_others_find_their_places() -> None:
    held = Held()
    crowd = [shown("hu")] * 8 + [shown("tian", THERE)] * 2
    send_all(held, crowd, until=lambda: held.under_way.count("tian") == 2 and len(held.refused) == 3)
    assert held.most == {"hu": MOST_EACH, "tian": 2}
    assert set(held.refused) == {"hu"}


def test_strangers_at_one_address_have_two_places_together_and_those_elsewhere_their_own() -> None:
    held = Held()
    stranger = {"PATH_INFO": "/sign-in", "REMOTE_ADDR": HERE}
    cookies = [{**stranger, "HTTP_COOKIE": f"huiyin={number}"} for number in range(6)]
    elsewhere = [{"PATH_INFO": "/sign-in", "REMOTE_ADDR": THERE}]
    send_all(held, [*cookies, *elsewhere], until=lambda: len(held.refused) == 1 and len(held.under_way) == 3)
    assert held.most == {"nobody": MOST_EACH + 1}


def test_two_sign_ins_of_one_user_are_one_user_once_they_are_known() -> None:
    places = OwnPlaces(waiting=0)
    first, second = shown("one", HERE), shown("two", THERE)
    for environ in (first, second):
        place = places.enter(environ, environ["REMOTE_ADDR"])
        assert place is not None
        assert places.recount(place, "user:1")
        place.leave()
    taken = [places.enter(environ, environ["REMOTE_ADDR"]) for environ in (first, second, first, second)]
    assert [one is not None for one in taken] == [True, True, False, False]
    assert places.counts() == {"user:1": 2}
    third = places.enter(shown("three", HERE), HERE)
    assert third is not None, "nobody knows yet whose it is"
    assert not places.recount(third, "user:1")
    for one in (*taken, third):
        if one is not None:
            one.leave()
    assert places.counts() == {}


def test_a_crowd_without_own_places_would_take_them_all() -> None:
    """The fault that the others must find: where nobody is counted, one user fills every place."""
    held = Held()
    joined = ApplicationDispatcher(
        programs=held, people=held, admission=ConcurrencyLimit(patience=0), own=OwnPlaces(most=SLOTS)
    )
    threads = [threading.Thread(target=joined, args=(shown("hu"), None)) for _ in range(SLOTS)]
    for one in threads:
        one.start()
    with held.changed:
        assert held.changed.wait_for(lambda: len(held.under_way) == SLOTS, PATIENCE)
    joined(shown("tian", THERE), None)
    held.go_on.set()
    for one in threads:
        one.join(PATIENCE)
    assert (held.most, held.refused) == ({"hu": SLOTS}, ["tian"])


@pytest.mark.parametrize(
    ("hops", "said", "address"),
    [
        (0, "1.2.3.4", "10.0.0.1"),
        (1, "1.2.3.4", "1.2.3.4"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 5.5.5.5", "1.2.3.4"),
        (2, "1.2.3.4", "10.0.0.1"),
        (1, "2001:db8::1", "2001:db8::/64"),
        (1, "nonsense", "unknown"),
    ],
)
def test_an_address_is_told_by_as_many_proxies_as_there_are(hops: int, said: str, address: str) -> None:
    environ = {"REMOTE_ADDR": HERE, "HTTP_X_FORWARDED_FOR": said}
    assert forwarded_address(environ, hops) == address


def test_a_broken_cookie_is_no_credential() -> None:
    assert credential_of({"HTTP_COOKIE": "huiyin"}) == b""
    assert credential_of({}) == b""
    secret = credential_of({"HTTP_COOKIE": "look=a; __Host-huiyin=secret"})
    assert secret == credential_of({"HTTP_COOKIE": "huiyin=secret"}) != b""


def test_both_applications_say_who_it_was_and_refuse_a_third_request_in_words(
    app: Flask, pages: Flask, call: Callable[[str], Caller]
) -> None:
    browser = Browser(pages.test_client())
    browser.sign_in("zuyuan")
    headers = {"Authorization": f"Bearer {call('zuyuan').token}"}
    doors: tuple[tuple[FlaskClient, str, dict[str, str]], ...] = (
        (app.test_client(), "/api/v1/cases", headers),
        (browser.client, "/register", {}),
    )
    for client, path, given in doors:
        places = OwnPlaces()
        answers: list[TestResponse] = []
        taken: list[RequestPlace] = []
        for sign_in in ("one", "two", "three"):
            place = places.enter(shown(sign_in, f"10.0.1.{len(taken)}"), f"10.0.1.{len(taken)}")
            assert place is not None
            taken.append(place)
            answers.append(client.get(path, headers=given, environ_overrides={PLACE: place}, buffered=True))
        assert [one.status_code for one in answers] == [200, 200, 503]
        assert "您那里同时送来的太多" in answers[-1].text
        assert len({one.subject for one in taken}) == 1
        for one in taken:
            one.leave()
        assert places.counts() == {}
