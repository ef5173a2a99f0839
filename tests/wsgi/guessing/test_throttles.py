"""Of whom a wrong password or code is counted; nobody else's tries keep out whoever was let in before."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select

from accounts.models import User
from accounts.registers import users
from accounts.sign_in import known_devices, second_factors
from accounts.sign_in.rate_limits import Attempt, Counted
from accounts.sign_in.second_factors import SecondFactor
from cases.configuration.case_rules import CountyRules
from core.encryption import Encryptor
from core.persistence.db import Database
from notifications.models import Notice
from tests.api.conftest import Clock, clock, settings
from tests.builders import actor_named, at
from tests.web.conftest import Browser, Page, a_code, browser, built, pages
from wsgi.guessing import throttles
from wsgi.rate_limits import (
    FACTOR_DEVICE,
    FACTOR_HERE,
    FACTOR_USER,
    SIGN_IN_ADDRESS,
    SIGN_IN_ALL,
    SIGN_IN_DEVICE,
    SIGN_IN_HERE,
    SIGN_IN_NAME,
    TOLD_OF,
)

__all__ = ["a_code", "browser", "built", "clock", "pages", "settings"]

Open = Callable[..., Browser]
NOW = at("2026-03-03", 9)
KEYS = (b"k" * 32,)
APP = Flask("somewhere")
ADDRESSES = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).map(str)
OWN = known_devices.remember(KEYS, "", holder="user 7 hash", now=NOW)


def counted(address: str, *, username: str = "zuzhang", device: str | None = None) -> Counted:
    """Say of whom a try with a name from an address is counted."""
    with APP.test_request_context("/", environ_base={"REMOTE_ADDR": address}):
        return throttles.sign_in_tries(username=username, device=device)


def named(tries: Counted) -> list[tuple[str, int, float, str]]:
    return [
        (limit.name, limit.most, limit.within / timedelta(minutes=1), subject) for limit, subject in tries
    ]


def test_a_stranger_is_counted_by_name_here_by_name_by_address_and_with_all() -> None:
    name = "name:" + counted("192.0.2.7")[1][1].removeprefix("name:")
    assert named(counted("192.0.2.7")) == [
        ("sign_in_here", 10, 15, f"{name}@192.0.2.7"),
        ("sign_in_name", 100, 60, name),
        ("sign_in_address", 200, 15, "192.0.2.7"),
        ("sign_in_all", 2000, 60, "all"),
    ]
    assert named(counted("2001:db8:1:2:3::4")) == [
        ("sign_in_here", 10, 15, f"{name}@2001:db8:1:2::/64"),
        ("sign_in_name", 100, 60, name),
        ("sign_in_address", 200, 15, "2001:db8:1:2::/64"),
        ("sign_in_address_wide", 800, 15, "2001:db8:1::/48"),
        ("sign_in_all", 2000, 60, "all"),
    ]
    assert named(counted("192.0.2.7", device="x")) == [("sign_in_device", 10, 15, "device:x")]


def test_a_code_of_a_second_factor_is_counted_by_user_here_and_by_user() -> None:
    with APP.test_request_context("/", environ_base={"REMOTE_ADDR": "192.0.2.7"}):
        assert named(throttles.factor_tries(user_id=7, device=None)) == [
            ("factor_here", 5, 15, "user:7@192.0.2.7"),
            ("factor_user", 20, 60, "user:7"),
        ]
        assert named(throttles.factor_tries(user_id=7, device="x")) == [("factor_device", 5, 15, "device:x")]


def shuts_out(cookies: list[str], addresses: list[str], here: str) -> bool:
    """Return whether what attackers count, from any addresses with any cookies, is counted of the owner."""
    spent: set[tuple[str, str]] = set()
    for kept, address in zip(cookies, addresses, strict=False):
        for holder, username in (("user 7 hash", "zuzhang"), ("user 8 hash", "zuyuan")):
            device = known_devices.find(KEYS, kept, holder=holder, now=NOW)
            spent |= {(limit.name, of) for limit, of in counted(address, username=username, device=device)}
    own = counted(here, device=known_devices.find(KEYS, OWN, holder="user 7 hash", now=NOW))
    return bool(spent & {(limit.name, of) for limit, of in own})


def bent(position: int, sign: str) -> str:
    """Return the owner's cookie with one sign replaced."""
    return OWN[:position] + sign + OWN[position + 1 :]


COOKIES = st.one_of(
    st.text(max_size=80),
    st.integers(0, 90).map(
        lambda number: known_devices.remember(KEYS, "", holder=f"user {number + 8} x", now=NOW)
    ),
    st.builds(bent, st.integers(0, len(OWN) - 1), st.sampled_from("AZaz09.~-_")).filter(
        lambda one: one != OWN
    ),
)


@given(st.lists(COOKIES, max_size=3), st.lists(ADDRESSES, max_size=3), ADDRESSES)
def test_no_attacker_from_any_addresses_keeps_the_owner_of_a_known_device_out(
    cookies: list[str], addresses: list[str], here: str
) -> None:
    assert not shuts_out(cookies, [*addresses, here], here)


def test_a_device_that_is_not_known_again_would_be_kept_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_devices, "find", lambda *_args, **_more: None)
    assert shuts_out([""], ["192.0.2.7"], "192.0.2.7")


@pytest.fixture
def at_work(town: Database, clock: Clock) -> Callable[[], None]:
    """Let attackers have used up all that is not the owner's: name, address, all together, codes."""

    def spend() -> None:
        with town.transaction() as session:
            user_id = session.scalars(select(User.id).where(User.username == "zuzhang")).one()
            session.execute(delete(Attempt))
            with APP.test_request_context("/", environ_base={"REMOTE_ADDR": "127.0.0.1"}):
                tries = [
                    *throttles.sign_in_tries(username="zuzhang", device=None),
                    *throttles.factor_tries(user_id=user_id, device=None),
                ]
            for limit, subject in tries:
                session.add(Attempt(limit=limit.name, subject=subject, since=clock.moment, count=limit.most))

    return spend


def left_before(browser: Open) -> Browser:
    """Return a browser on which somebody was let in, and left."""
    person = browser("zuzhang")
    person.post("/sign-out")
    return person


def test_whoever_was_let_in_here_before_comes_in_while_others_try_and_a_stranger_does_not(
    browser: Open, at_work: Callable[[], None]
) -> None:
    owner = left_before(browser)
    at_work()
    assert browser().sign_in("zuzhang").status == 429
    assert owner.sign_in("zuzhang").status == 303
    # The device is known for its owner: it is a stranger's for everybody else.
    assert owner.sign_in("zuyuan").status == 429


def test_a_device_has_tries_of_its_own_and_wrong_ones_there_shut_only_itself(
    browser: Open, at_work: Callable[[], None]
) -> None:
    stolen, owner = left_before(browser), left_before(browser)
    statuses = [stolen.sign_in("zuzhang", "not the password").status for _ in range(SIGN_IN_DEVICE.most + 1)]
    assert statuses == [422] * SIGN_IN_DEVICE.most + [429]
    at_work()
    assert owner.sign_in("zuzhang").status == 303


def test_with_another_password_no_device_is_known_any_more(
    browser: Open, at_work: Callable[[], None], town: Database, rules: CountyRules, clock: Clock
) -> None:
    owner, fresh = left_before(browser), "山高水长路好走-2026"
    with town.transaction() as session:
        users.set_password(
            session,
            actor=actor_named(session, "guanli"),
            chain=rules.services.chain,
            username="zuzhang",
            password=fresh,
            now=clock.moment,
        )
    at_work()
    assert owner.sign_in("zuzhang", fresh).status == 429


def test_a_device_is_forgotten_after_ninety_days(
    browser: Open, at_work: Callable[[], None], clock: Clock
) -> None:
    owner = left_before(browser)
    clock.moment += known_devices.LASTS
    at_work()
    assert owner.sign_in("zuzhang").status == 429


def test_who_knows_the_password_but_no_code_keeps_nobody_out_who_was_let_in_before(
    browser: Open, at_work: Callable[[], None], town: Database, rules: CountyRules, clock: Clock
) -> None:
    owner = left_before(browser)
    with town.transaction() as session:
        user_id = session.scalars(select(User.id).where(User.username == "zuzhang")).one()
        factors = Encryptor(rules.services.receipt_keys, "second factors")
        given: dict[str, Any] = {"sign_in_id": 0, "seal": factors, "now": clock.moment}
        totp = pyotp.TOTP(second_factors.propose(session, user_id=user_id, **given))
        session.get_one(SecondFactor, user_id).since = clock.moment
    thief = browser()
    assert "动态码" in thief.sign_in("zuzhang").text
    wrong = [thief.post("/sign-in/code", code="000000").status for _ in range(FACTOR_HERE.most + 1)]
    assert wrong == [422] * FACTOR_HERE.most + [429]
    at_work()
    assert thief.post("/sign-in/code", code=totp.at(clock.moment)).status == 429
    owner.sign_in("zuzhang")
    assert owner.post("/sign-in/code", code=totp.at(clock.moment)).status == 303


def told(town: Database) -> list[str]:
    with town.reading() as session:
        rows = session.scalars(select(Notice).where(Notice.kind == throttles.NOTICE).order_by(Notice.id))
        return [row.facts["tries"] for row in rows]


def test_the_administrators_are_told_once_a_day_and_not_of_whoever_forgot_a_password(
    town: Database, browser: Open, clock: Clock
) -> None:
    stranger = browser()
    for _ in range(SIGN_IN_HERE.most + 1):
        stranger.sign_in("zuzhang", "not the password")
    assert told(town) == []
    tight = [SIGN_IN_NAME, SIGN_IN_ADDRESS, SIGN_IN_ALL, FACTOR_USER]
    wide = throttles.wider(SIGN_IN_ADDRESS)
    for day in range(2):
        with town.transaction() as session:
            for limit in (*tight, wide, SIGN_IN_HERE, SIGN_IN_DEVICE, FACTOR_DEVICE):
                now, subject = clock.moment + timedelta(days=day), f"x{day}"
                row = Attempt(limit=limit.name, subject=subject, since=now, count=limit.most - 1)
                session.add(row)
                session.flush()  # the next statement counts on it
                throttles.count(session, [(limit, subject)], now=now)
        assert sorted(told(town)) == sorted([limit.name for limit in tight] * (day + 1))
    assert {limit.name for limit in tight} < TOLD_OF


def test_a_villager_s_device_is_known_for_the_code_that_was_right_on_it(
    browser: Open, a_code: Callable[[str], str], town: Database, clock: Clock
) -> None:
    code, another = a_code("assigned"), a_code("assigned")
    villager, neighbour = browser(), browser()
    assert villager.post("/status", receipt_code=code).status == 200
    with (
        town.transaction() as session,
        APP.test_request_context("/", environ_base={"REMOTE_ADDR": "127.0.0.1"}),
    ):
        for limit, subject in throttles.wrong_code_tries():
            session.add(Attempt(limit=limit.name, subject=subject, since=clock.moment, count=limit.most))

    def ask(person: Browser, given: str) -> Page:
        return person.post("/status", receipt_code=given)

    assert (ask(villager, code).status, ask(villager, another).status) == (200, 429)
    assert ask(neighbour, code).status == 429
