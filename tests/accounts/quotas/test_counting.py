"""What a user did in a day: counted exactly, whoever comes at once, and anew on the next day."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from accounts.access.actor import Actor
from accounts.quotas import counting
from accounts.quotas.counting import OverQuota, QuotaCount
from config.quotas import MEGABYTE, QuotaLimits, read
from core.errors import Forbidden
from core.persistence.db import Database
from tests.builders import ZONE, at
from tests.races.crowd import at_once

LIMITS = read("cases=3,file_mb=2")[0]
NOON = at("2026-03-03", 12)
Add = Callable[..., bool]


@pytest.fixture
def add(town: Database, actor: Callable[[str], Actor]) -> Add:
    """Count something of a user, as a request does: what is too much is rolled back."""

    def once(now: datetime = NOON, who: str = "zuyuan", limits: QuotaLimits = LIMITS, **used: int) -> bool:
        user_id = actor(who).user_id
        assert user_id is not None
        try:
            with town.transaction() as session:
                counting.add(session, user_id=user_id, used=used, limits=limits, now=now, zone=ZONE)
        except OverQuota:
            return False
        return True

    return once


def counts(town: Database) -> dict[str, int]:
    with town.reading() as session:
        return {one.quota: one.count for one in session.scalars(select(QuotaCount))}


def test_exactly_as_much_as_the_limit_goes_through(add: Add, town: Database) -> None:
    assert [add(cases=1) for _ in range(5)] == [True, True, True, False, False]
    assert counts(town) == {"cases": 3}


def test_what_goes_beyond_the_limit_is_refused_as_a_whole_and_smaller_things_still_fit(
    add: Add, town: Database
) -> None:
    assert [add(cases=2), add(cases=2), add(cases=1)] == [True, False, True]
    assert counts(town) == {"cases": 3}


def test_of_several_things_one_too_many_takes_all_back(add: Add, town: Database) -> None:
    assert add(cases=4, acts=1) is False
    assert counts(town) == {}


def test_of_many_at_once_exactly_as_many_go_through_as_the_limit_says(add: Add, town: Database) -> None:
    taken = at_once(*[partial(add, cases=1, acts=1) for _ in range(8)])
    assert sorted(taken) == [False] * 5 + [True] * 3
    assert counts(town) == {"cases": 3, "acts": 3}


def test_users_are_counted_apart(add: Add) -> None:
    assert [add(cases=3), add(cases=1, who="zuzhang"), add(cases=1)] == [True, True, False]


def test_the_next_day_of_the_county_counts_anew(add: Add) -> None:
    late, midnight = at("2026-03-03", 23), at("2026-03-04", 0)
    assert [add(late, cases=3), add(late, cases=1), add(midnight, cases=1)] == [True, False, True]


def test_a_refusal_says_which_limit_how_much_there_was_and_when_there_is_more(
    town: Database, actor: Callable[[str], Actor], add: Add
) -> None:
    add(file_mb=1_900_000)
    user_id = actor("zuyuan").user_id
    assert user_id is not None
    used = {"file_mb": MEGABYTE}
    with pytest.raises(OverQuota) as refused, town.transaction() as session:
        counting.add(session, user_id=user_id, used=used, limits=LIMITS, now=NOON, zone=ZONE)
    told = {"limit": "file_mb", "most": 2, "used": 1, "again_on": "2026-03-04", "reason": "quota"}
    assert refused.value.facts == {**told, "retry_after": 12 * 3600 + 1}


def test_refusals_are_listed_for_those_who_manage_the_people_alone(
    town: Database, actor: Callable[[str], Actor], add: Add
) -> None:
    add(cases=2)
    user_id = actor("zuyuan").user_id
    assert user_id is not None
    for _ in range(2):
        with town.transaction() as session:
            counting.add_refusal(
                session,
                counting.over(user_id=user_id, name="cases", used=2, limits=LIMITS, now=NOON, zone=ZONE),
            )
    with town.reading() as session:
        [met] = counting.list_met(session, actor=actor("guanli"), today=NOON.date())
        assert (met.username, met.quota, met.count, met.refused) == ("zuyuan", "cases", 2, 2)
        later = NOON.date() + timedelta(days=counting.KEPT_DAYS)
        assert counting.list_met(session, actor=actor("guanli"), today=later) == []
        with pytest.raises(Forbidden):
            counting.list_met(session, actor=actor("zuzhang"), today=NOON.date())


def test_after_thirty_days_a_count_goes(add: Add, town: Database) -> None:
    add(cases=1)
    add(NOON + timedelta(days=1), acts=1)
    with town.transaction() as session:
        today = NOON.date() + timedelta(days=counting.KEPT_DAYS)
        assert counting.delete_expired(session, today=today) == 1
    assert counts(town) == {"acts": 1}


@pytest.mark.parametrize("wrong", [{"count": -1}, {"refused": -1}, {"quota": ""}, {"user_id": 0}])
def test_the_database_takes_no_nonsense(
    town: Database, actor: Callable[[str], Actor], wrong: dict[str, object]
) -> None:
    row = {"day": NOON.date(), "user_id": actor("zuyuan").user_id, "quota": "x", "count": 1, "refused": 0}
    with pytest.raises(IntegrityError), town.transaction() as session:
        session.add(QuotaCount(**{**row, **wrong}))
