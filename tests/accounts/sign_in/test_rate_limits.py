"""Counting tries: how many, for how long, and for whom."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from accounts.sign_in import rate_limits
from accounts.sign_in.rate_limits import Attempt, Limit
from core.errors import TooMany
from core.persistence.db import Database
from tests.builders import at

NOW = at("2026-03-03", 9)
THREE = Limit("three", 3, timedelta(minutes=15))
Try = Callable[..., None]


@pytest.fixture
def attempt(db: Database) -> Try:
    """Try once, as a request does: a try that is refused is rolled back."""

    def once(now: datetime = NOW, subject: str = "192.0.2.7", limit: Limit = THREE) -> None:
        with db.transaction() as session:
            rate_limits.spend(session, limit=limit, subject=subject, now=now)

    return once


def used_up(attempt: Try) -> None:
    for _ in range(THREE.most):
        attempt()


def test_the_try_after_the_last_is_refused_with_the_time_to_wait(attempt: Try) -> None:
    used_up(attempt)
    with pytest.raises(TooMany) as refused:
        attempt(NOW + timedelta(minutes=5))
    assert refused.value.facts == {"retry_after": 601, "limit": "three"}


def test_whoever_waits_as_long_as_was_said_may_try_again(attempt: Try) -> None:
    used_up(attempt)
    attempt(NOW + THREE.within)
    attempt(NOW + THREE.within)


@pytest.mark.parametrize("other", [{"subject": "192.0.2.8"}, {"limit": Limit("other", 3, THREE.within)}])
def test_others_and_other_things_are_counted_apart(attempt: Try, other: dict[str, object]) -> None:
    used_up(attempt)
    attempt(**other)


def test_a_clock_set_back_shuts_nobody_out(attempt: Try) -> None:
    used_up(attempt)
    attempt(NOW - timedelta(hours=2))


def test_a_clock_a_little_behind_another_ones_gives_no_further_tries(attempt: Try) -> None:
    used_up(attempt)
    with pytest.raises(TooMany):
        attempt(NOW - timedelta(seconds=2))


def test_looking_refuses_when_nothing_is_left_and_not_before(attempt: Try, db: Database) -> None:
    def look(now: datetime) -> None:
        with db.reading() as session:
            rate_limits.refuse_when_spent(session, limit=THREE, subject="192.0.2.7", now=now)

    look(NOW)
    used_up(attempt)
    with pytest.raises(TooMany):
        look(NOW)
    look(NOW + THREE.within)


def test_what_was_counted_is_dropped_after_a_day(attempt: Try, db: Database) -> None:
    attempt()
    with db.transaction() as session:
        assert rate_limits.delete_expired(session, now=NOW + timedelta(days=1)) == 0
        assert rate_limits.delete_expired(session, now=NOW + timedelta(days=1, seconds=1)) == 1
        assert session.scalar(select(func.count()).select_from(Attempt)) == 0


@pytest.mark.parametrize("wrong", [{"count": 0}, {"subject": ""}, {"subject": "x" * 101}])
def test_the_database_refuses_counts_that_count_nothing(db: Database, wrong: dict[str, object]) -> None:
    row = Attempt(**{"limit": "three", "subject": "192.0.2.7", "since": NOW, "count": 1, **wrong})
    with pytest.raises(IntegrityError), db.transaction() as session:
        session.add(row)
