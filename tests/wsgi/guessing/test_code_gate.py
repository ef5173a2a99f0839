"""How far a receipt code comes after so many wrong ones: at once, after two seconds, or not at all."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.sign_in import known_devices
from accounts.sign_in.rate_limits import Attempt
from cases.access import receipt_codes
from cases.configuration.case_rules import CountyRules
from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case
from core.errors import TooMany
from core.persistence.db import Database
from notifications.models import Notice
from tests.builders import at
from tests.statements import statements
from wsgi.guessing import code_gate
from wsgi.rate_limits import ALL_WRONG_CODES, PAUSE, WRONG_CODES

NOW = at("2026-03-03", 9)
RIGHT, WRONG = receipt_codes.new_code(), receipt_codes.new_code()
V4, V6 = "192.0.2.7", "2001:db8:1:2::7"
APP = Flask("somewhere")


@pytest.fixture
def slept(town: Database, a_case: Callable[..., Case], monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let a matter have the right code, and note how long anybody waits: meanwhile others can write."""
    a_case("assigned", complainants=(ComplainantEntry(name="田某", receipt_code=RIGHT),))
    seen: list[float] = []

    def wait(seconds: float) -> None:
        with town.transaction() as session:
            session.add(Attempt(limit=f"written meanwhile {len(seen)}", subject="x", since=NOW, count=1))
        seen.append(seconds)

    monkeypatch.setattr("wsgi.guessing.code_gate.sleep", wait)
    return seen


def tried(town: Database, **counts: int) -> None:
    """Let so many wrong codes have been tried already, by limit and network."""
    subjects = {
        "here": (WRONG_CODES.name, V4),
        "network": (WRONG_CODES.name, "2001:db8:1:2::/64"),
        "wide": (f"{WRONG_CODES.name}_wide", "2001:db8:1::/48"),
        "all": (ALL_WRONG_CODES.name, "all"),
    }
    with town.transaction() as session:
        for name, count in counts.items():
            limit, subject = subjects[name]
            if count:
                session.add(
                    Attempt(limit=limit, subject=subject, since=NOW - timedelta(minutes=5), count=count)
                )


def enter(
    town: Database, rules: CountyRules, code: str, *, address: str = V4, kept: str = "", later: int = 0
) -> str:
    """Come with a code; say whether it was let in, or for how many seconds it was refused."""
    with APP.test_request_context("/", environ_base={"REMOTE_ADDR": address}):
        try:
            code_gate.enter(town, rules=rules, code=code, kept=kept, now=NOW + timedelta(seconds=later))
        except TooMany as refused:
            return f"refused {refused.retry_after}"
    return "let in"


def counted(town: Database, name: str = WRONG_CODES.name) -> int:
    with town.reading() as session:
        return session.scalar(select(Attempt.count).where(Attempt.limit == name)) or 0


def known(rules: CountyRules, code: str = RIGHT) -> str:
    holder = code_gate.holder_of_code(code) or ""
    return known_devices.remember(rules.services.receipt_keys, "", holder=holder, now=NOW)


@pytest.mark.parametrize(
    ("address", "before", "right", "wrong"),
    [
        (V4, {}, "let in", "let in"),
        (V4, {"here": 9, "all": 1999}, "let in", "let in"),
        (V4, {"here": 10}, "waits", "refused 2"),
        (V4, {"here": 199}, "waits", "refused 2"),
        (V4, {"here": 200}, "refused 601", "refused 601"),
        (V4, {"all": 2000}, "refused 3301", "refused 3301"),
        (V4, {"here": 200, "all": 2000}, "refused 3301", "refused 3301"),
        (V6, {"network": 9, "wide": 39}, "let in", "let in"),
        (V6, {"network": 10}, "waits", "refused 2"),
        (V6, {"network": 200}, "refused 601", "refused 601"),
        (V6, {"wide": 40}, "waits", "refused 2"),
        (V6, {"wide": 799}, "waits", "refused 2"),
        (V6, {"wide": 800}, "refused 601", "refused 601"),
        ("2001:db8:1:ffff::1", {"network": 200}, "let in", "let in"),
        ("2001:db8:2::1", {"network": 200, "wide": 800}, "let in", "let in"),
        ("::ffff:192.0.2.7", {"here": 200}, "refused 601", "refused 601"),
        ("192.0.2.8", {"here": 200}, "let in", "let in"),
    ],
)
def test_the_numbers(
    town: Database,
    rules: CountyRules,
    slept: list[float],
    address: str,
    before: dict[str, int],
    right: str,
    wrong: str,
) -> None:
    tried(town, **before)
    came = enter(town, rules, RIGHT, address=address)
    assert (came, slept) == (("let in", [PAUSE.total_seconds()]) if right == "waits" else (right, []))
    assert enter(town, rules, WRONG, address=address) == wrong
    # On a device on which this very code was right nobody waits and nobody is refused, whatever others do.
    del slept[:]
    assert (enter(town, rules, RIGHT, address=address, kept=known(rules)), slept) == ("let in", [])
    other = enter(town, rules, WRONG, address=address, kept=known(rules))
    assert other.split()[0] == wrong.split()[0]


def test_wrong_ones_are_counted_up_to_the_last_and_then_written_down_no_more(
    town: Database, rules: CountyRules, slept: list[float]
) -> None:
    tried(town, here=198)
    assert [enter(town, rules, WRONG) for _ in range(3)] == ["refused 2", "refused 2", "refused 601"]
    with statements(town) as seen:
        enter(town, rules, WRONG)
    assert (counted(town), [one.split()[0] for one in seen]) == (200, ["SELECT"])
    assert counted(town, ALL_WRONG_CODES.name) == 2


def test_right_ones_of_an_address_are_answered_one_at_a_time_and_the_other_learns_nothing(
    town: Database, rules: CountyRules, slept: list[float]
) -> None:
    tried(town, here=10)
    assert [enter(town, rules, RIGHT), enter(town, rules, RIGHT, later=1)] == ["let in", "refused 2"]
    assert enter(town, rules, WRONG, later=1) == "refused 2"
    assert enter(town, rules, RIGHT, later=2) == "let in"
    assert len(slept) == 2


def test_those_who_wait_leave_places_for_everybody_else(
    town: Database, rules: CountyRules, slept: list[float]
) -> None:
    tried(town, here=10)
    assert code_gate.WAITING.enter()
    assert code_gate.WAITING.enter()
    try:
        assert enter(town, rules, RIGHT) == "refused 2"
    finally:
        code_gate.WAITING.leave()
        code_gate.WAITING.leave()
    assert enter(town, rules, RIGHT, later=2) == "let in"


def test_whoever_waited_a_quarter_of_an_hour_begins_anew(
    town: Database, rules: CountyRules, slept: list[float]
) -> None:
    tried(town, here=200)
    assert enter(town, rules, RIGHT, later=600) == "let in"
    assert slept == []


def test_the_last_of_an_address_is_told_to_the_administrators_once_a_day(
    town: Database, rules: CountyRules, slept: list[float]
) -> None:
    tried(town, here=199)
    enter(town, rules, WRONG)
    with town.transaction() as session:
        session.add(Attempt(limit=WRONG_CODES.name, subject="192.0.2.9", since=NOW, count=199))
    enter(town, rules, WRONG, address="192.0.2.9")
    with town.reading() as session:
        told = [(one.kind, one.facts) for one in session.scalars(select(Notice)) if one.kind == "many_tries"]
    assert told == [("many_tries", {"tries": WRONG_CODES.name})]


def test_a_code_that_cannot_be_one_is_a_wrong_one(
    town: Database, rules: CountyRules, slept: list[float]
) -> None:
    tried(town, here=10)
    assert [enter(town, rules, code) for code in ("", "x", "ABCDEFGHJK")] == ["refused 2"] * 3
    assert counted(town) == 13
