"""A device is known for whom it was let in, for ninety days, by the key and the password of then."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from accounts.models import User
from accounts.sign_in.known_devices import LASTS, MOST_HOLDERS, find, holder_of_user, remember
from core.persistence.db import Database
from tests.builders import at

NOW = at("2026-03-03", 9)
KEYS, OTHER = (b"k" * 32,), (b"o" * 32,)
KEPT = remember(KEYS, "", holder="user 7 hash", now=NOW)


def test_it_is_known_for_whom_it_was_let_in_and_for_nobody_else() -> None:
    assert find(KEYS, KEPT, holder="user 7 hash", now=NOW)
    assert find(KEYS, KEPT, holder="user 8 hash", now=NOW) is None
    assert find(KEYS, KEPT, holder="user 7 another password", now=NOW) is None


@pytest.mark.parametrize(
    ("passed", "known"),
    [
        (timedelta(0), True),
        (LASTS - timedelta(seconds=1), True),
        (LASTS, False),
        (timedelta(seconds=-1), True),
        (timedelta(hours=-1), False),
    ],
)
def test_it_is_known_for_ninety_days_and_not_before_it_was_made(passed: timedelta, known: bool) -> None:
    assert (find(KEYS, KEPT, holder="user 7 hash", now=NOW + passed) is not None) == known


def test_another_key_knows_it_only_as_an_earlier_one() -> None:
    assert find(OTHER, KEPT, holder="user 7 hash", now=NOW) is None
    assert find((*OTHER, *KEYS), KEPT, holder="user 7 hash", now=NOW)


def test_several_people_share_a_device_and_whoever_comes_again_has_one_line() -> None:
    kept = KEPT
    for number in range(MOST_HOLDERS - 1):
        kept = remember(KEYS, kept, holder=f"user {number + 100} x", now=NOW)
    assert find(KEYS, kept, holder="user 7 hash", now=NOW)
    again = remember(KEYS, kept, holder="user 7 hash", now=NOW)
    assert len(again.split("~")) == MOST_HOLDERS
    assert all(
        find(KEYS, again, holder=f"user {number + 100} x", now=NOW) for number in range(MOST_HOLDERS - 1)
    )
    crowded = remember(KEYS, kept, holder="user 9 x", now=NOW)
    assert len(crowded.split("~")) == MOST_HOLDERS
    assert find(KEYS, crowded, holder="user 7 hash", now=NOW) is None


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "~",
        "..",
        "a.b.c",
        "zz.name.digest",
        "字.字.字",
        KEPT.replace(KEPT.split(".")[0], f"{int((NOW + timedelta(days=80)).timestamp()):x}"),
        KEPT.replace(KEPT.split(".")[1], "another-name"),
        KEPT[:-1] + ("A" if KEPT[-1] != "A" else "B"),
        KEPT * 200,
    ],
    # By their places: what was given is another one in each process.
    ids=map(str, range(10)),
)
def test_what_nobody_was_given_is_known_for_nobody(forged: str) -> None:
    assert find(KEYS, forged, holder="user 7 hash", now=NOW) is None


def test_nothing_in_it_tells_whose_it_is() -> None:
    assert "user" not in KEPT
    first, second = (remember(KEYS, "", holder="user 7 hash", now=NOW) for _ in range(2))
    assert first.split(".")[1:] != second.split(".")[1:]


@pytest.mark.parametrize("change", ["another password", "no password", "let go", "another name"])
def test_a_person_s_devices_are_tied_to_the_person_as_of_today(town: Database, change: str) -> None:
    def holder(username: str = "zuyuan") -> str | None:
        with town.reading() as session:
            return holder_of_user(session, username=username)

    kept = remember(KEYS, "", holder=holder() or "", now=NOW)
    if change != "another name":
        with town.transaction() as session:
            user = session.scalars(select(User).where(User.username == "zuyuan")).one()
            if change == "another password":
                user.password_hash = PasswordHasher(memory_cost=8, time_cost=1, parallelism=1).hash("x")
            elif change == "no password":
                user.password_hash = None
            else:
                user.active = False
    now = holder("zuzhang" if change == "another name" else "zuyuan")
    assert now is None or find(KEYS, kept, holder=now, now=NOW) is None
