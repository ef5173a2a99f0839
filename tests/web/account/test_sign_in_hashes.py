"""No password is hashed while a transaction is open, and no more than two at once: others go on working."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from accounts.registers import users
from accounts.sign_in import passwords
from accounts.sign_in.passwords import HASHES_AT_ONCE, hash_outside, hash_password, verify_password
from core.errors import Busy
from core.persistence.db import Database
from tests.builders import PASSWORD
from tests.patience import PATIENCE
from tests.web.conftest import Browser, Page
from wsgi.concurrency_limit import MOST_EACH, TURNED_AWAY, ConcurrencyLimit
from wsgi.dispatcher import ApplicationDispatcher

Open = Callable[..., Browser]
FRESH = "新渠修到了坡上-2027"


@contextmanager
def watching(db: Database) -> Iterator[list[int]]:
    """Note of each hash how many connections to the database are in use meanwhile."""
    noted: list[int] = []

    class Watched:
        def hash(self, password: str) -> str:
            noted.append(db.engine.pool.checkedout())  # type: ignore[attr-defined]
            return real.hash(password)

        def verify(self, stored: str, password: str) -> bool:
            noted.append(db.engine.pool.checkedout())  # type: ignore[attr-defined]
            return real.verify(stored, password)

    real = passwords._HASHER
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "_HASHER", Watched())
        yield noted


def test_every_page_that_takes_a_password_hashes_it_outside(browser: Open, town: Database) -> None:
    admin, member = browser("guanli"), browser("zuyuan")
    passwords.verify_password("", None)  # the hash of nobody is made once in a process
    person = {"username": "xinren", "name": "新人", "unit": "team", "roles": "member"}
    with watching(town) as noted:
        sendings: tuple[tuple[int, Callable[[], Page]], ...] = (
            (1, lambda: browser().sign_in("zuyuan")),
            (1, lambda: browser().sign_in("zuyuan", "wrong")),
            (1, lambda: browser().sign_in("nobody", "wrong")),
            (2, lambda: member.post("/me/password", present=PASSWORD, fresh=FRESH, again=FRESH)),
            (1, lambda: member.post("/me/password", present="wrong", fresh=FRESH, again=FRESH)),
            (1, lambda: admin.post("/people", password=FRESH, **person)),
            (1, lambda: admin.post("/people/zuzhang/password", password="")),
        )
        for hashes, sent in sendings:
            before = len(noted)
            assert sent().status in (200, 303, 422)
            assert len(noted) - before == hashes
    assert set(noted) == {0}


def test_a_made_password_that_is_shown_is_the_one_that_was_stored(browser: Open, town: Database) -> None:
    page = browser("guanli").post("/people/zuzhang/password", password="")
    with town.reading() as session:
        shown = [
            word for word in page.text.replace("<", " ").replace(">", " ").split() if word.count("-") == 3
        ]
        assert [users.authenticate(session, username="zuzhang", password=one) for one in shown] != [
            None
        ] * len(shown)


def test_a_hash_within_a_transaction_is_found(town: Database) -> None:
    with watching(town) as noted, town.reading() as session:
        users.authenticate(session, username="zuyuan", password=PASSWORD)
    assert noted == [1]


def test_what_changed_meanwhile_is_compared_anew() -> None:
    stored = [passwords.hash_password("the old password"), passwords.hash_password("the new password")]

    def change() -> bool:
        return verify_password("the old password", stored.pop(0) if len(stored) > 1 else stored[0])

    assert not hash_outside(change)


def test_no_more_than_two_hash_at_once_and_the_next_is_told_to_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(passwords, "PATIENCE", 0.01)
    taken = [passwords._TURNSTILE.acquire(timeout=PATIENCE) for _ in range(HASHES_AT_ONCE)]
    try:
        assert taken == [True, True]
        with pytest.raises(Busy):
            hash_outside(lambda: hash_password(PASSWORD))
    finally:
        for _ in taken:
            passwords._TURNSTILE.release()
    assert hash_outside(lambda: hash_password(PASSWORD)).startswith("$argon2id$")


@pytest.mark.parametrize("path", ["/sign-in", "/setup"])
def test_however_many_sign_in_at_once_two_of_the_places_are_taken(path: str) -> None:
    go_on, changed = threading.Event(), threading.Condition()
    under_way: list[str] = []
    refused: list[str] = []

    def held(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with changed:
            (refused if environ.get(TURNED_AWAY) else under_way).append(environ["REQUEST_METHOD"])
            changed.notify_all()
        assert environ.get(TURNED_AWAY) or go_on.wait(PATIENCE)
        return []

    joined = ApplicationDispatcher(programs=held, people=held, admission=ConcurrencyLimit(patience=PATIENCE))
    asked = [("POST", number) for number in range(6)] + [("GET", 100), ("GET", 101)]
    threads = [
        threading.Thread(
            target=joined,
            args=({"PATH_INFO": path, "REQUEST_METHOD": method, "REMOTE_ADDR": f"10.0.0.{number}"}, None),
        )
        for method, number in asked
    ]
    for one in threads:
        one.start()
    with changed:
        assert changed.wait_for(
            lambda: under_way.count("GET") == 2 and under_way.count("POST") == MOST_EACH, PATIENCE
        )
        assert under_way.count("POST") == MOST_EACH
    go_on.set()
    for one in threads:
        one.join(PATIENCE)
    assert (under_way.count("POST"), refused) == (6, [])
