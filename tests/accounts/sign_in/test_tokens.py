"""Test the keys of programs: who holds one, and that asking is quick."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from accounts.access.actor import SYSTEM, Actor
from accounts.access.permissions import TOKEN_SCOPES, Permission
from accounts.models import ApiToken, User
from accounts.registers.users import by_username, disable
from accounts.sign_in.tokens import MOST_DAYS, count_endless, digest, find_holder, issue, list_tokens, revoke
from core.errors import Forbidden, Invalid, NotFound
from core.persistence.db import Database
from tests.accounts.register_entries import CHAIN, NOW, entries
from tests.builders import actor_named
from tests.statements import statements

#: What takes long on purpose.
SLOW_HASHES = (
    "argon2.low_level.verify_secret",
    "argon2.low_level.hash_secret",
    "hashlib.pbkdf2_hmac",
    "hashlib.scrypt",
)


def give(db: Database, username: str = "zuzhang", *, by: str | None = None, **more: Any) -> str:
    with db.transaction() as session:
        user = by_username(session, username)
        assert user is not None
        actor = actor_named(session, by) if by else SYSTEM
        return issue(session, user=user, label="电话机", now=NOW, chain=CHAIN, actor=actor, **more)


def holder(db: Database, token: str, now: datetime = NOW) -> Actor | None:
    with db.reading() as session:
        found = find_holder(session, token, now)
        return found.actor if found is not None else None


def test_a_token_names_its_holder(town: Database) -> None:
    actor = holder(town, give(town))
    assert actor is not None
    assert (actor.username, actor.unit_code, actor.area_path) == ("zuzhang", "team", "/SX/MA/")
    assert actor.roles == {"team_leader"}


def test_a_token_has_256_random_bits_and_is_never_kept(town: Database) -> None:
    token = give(town)
    assert re.fullmatch(r"hy_[A-Za-z0-9_-]{43}", token)
    with town.reading() as session:
        row = session.scalars(select(ApiToken)).one()
        entry = entries(session, "user")[0]
    assert row.token_hash == digest(token)
    assert token not in str(vars(row)) + str(entry.facts)


@pytest.mark.parametrize(
    "token", ["", "hy_", "Bearer", "hy_" + "a" * 43, "hy_" + "\ud800" * 43, "x" * 100_000]
)
def test_a_token_that_was_never_given_names_nobody(town: Database, token: str) -> None:
    assert holder(town, token) is None


def test_asking_who_holds_a_token_is_one_statement_and_no_slow_hash(
    town: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a password hash on the way of every request")

    token = give(town)
    for slow in SLOW_HASHES:
        monkeypatch.setattr(slow, refuse)
    with statements(town) as seen:
        assert holder(town, token) is not None
    assert [statement.split()[0] for statement in seen] == ["SELECT"]


def test_asking_again_and_again_costs_one_statement_each_time(town: Database) -> None:
    token = give(town)
    with town.reading() as session, statements(town) as seen:
        for _ in range(20):
            assert find_holder(session, token, NOW) is not None
    assert [statement.split()[0] for statement in seen] == ["SELECT"] * 20


def test_a_token_is_found_by_an_index(town: Database) -> None:
    plan = "EXPLAIN QUERY PLAN" if town.is_sqlite else "EXPLAIN"
    with town.reading() as session:
        connection = session.connection()
        if not town.is_sqlite:
            connection.exec_driver_sql("SET enable_seqscan = off")
        rows = connection.exec_driver_sql(f"{plan} SELECT id FROM api_tokens WHERE token_hash = 'x'")
        found = str(rows.all())
        assert "uq_api_tokens_token_hash" in found or "autoindex_api_tokens" in found


def test_a_token_ends_on_its_day(town: Database) -> None:
    token = give(town, days=1)
    assert holder(town, token) is not None
    assert holder(town, token, NOW + timedelta(days=1)) is None


def test_a_token_lasts_ninety_days_unless_it_is_said(town: Database) -> None:
    token = give(town)
    assert holder(town, token, NOW + timedelta(days=89)) is not None
    assert holder(town, token, NOW + timedelta(days=90)) is None


@pytest.mark.parametrize("username", ["zuyuan", "lingdao", "jiandu", "guanli"])
@pytest.mark.parametrize("scope", TOKEN_SCOPES)
def test_a_token_carries_what_it_is_for_and_of_that_what_its_holder_may(
    town: Database, username: str, scope: str
) -> None:
    actor = holder(town, give(town, username, may=[scope]))
    assert actor is not None
    assert actor.permissions == replace(actor, limit=None).permissions & TOKEN_SCOPES[scope]


def test_a_token_of_an_earlier_version_may_what_every_token_may(town: Database) -> None:
    token = give(town)
    with town.transaction() as session:
        session.execute(update(ApiToken).values(may=None, expires_at=None))
    actor = holder(town, token)
    assert actor is not None
    assert actor.limit == frozenset().union(*TOKEN_SCOPES.values())
    with town.reading() as session:
        assert count_endless(session) == 1


def test_no_token_carries_what_manages_people_places_or_the_calendar() -> None:
    kept = {Permission.USERS_MANAGE, Permission.AREAS_MANAGE, Permission.CALENDAR_EDIT}
    assert not kept & frozenset().union(*TOKEN_SCOPES.values())


def test_a_token_of_a_disabled_user_stops_at_the_next_request(town: Database) -> None:
    token = give(town)
    with town.transaction() as session:
        disable(session, actor=SYSTEM, chain=CHAIN, username="zuzhang", count_matters=lambda *_: 0, now=NOW)
    assert holder(town, token) is None


def test_a_role_taken_away_bites_at_the_next_request(town: Database) -> None:
    token = give(town)
    with town.transaction() as session:
        session.execute(update(User).where(User.username == "zuzhang").values(roles=["guest"]))
    actor = holder(town, token)
    assert actor is not None
    assert actor.roles == {"guest"}


def test_a_revoked_token_stops_and_revoking_again_changes_nothing(town: Database) -> None:
    token = give(town)
    for _ in range(2):
        with town.transaction() as session:
            revoke(session, actor=SYSTEM, chain=CHAIN, token_id=1, now=NOW)
    assert holder(town, token) is None
    with town.reading() as session:
        actions = [entry.action for entry in entries(session, "user")]
    assert actions == ["token_issued", "token_revoked"]


def test_everybody_may_have_and_revoke_tokens_of_their_own(town: Database) -> None:
    give(town, by="zuzhang")
    with town.transaction() as session:
        revoke(session, actor=actor_named(session, "zuzhang"), chain=CHAIN, token_id=1, now=NOW)


def test_nobody_else_makes_or_revokes_them_but_the_administrator(town: Database) -> None:
    give(town, by="guanli")
    with pytest.raises(Forbidden):
        give(town, by="lingdao")
    with town.transaction() as session, pytest.raises(Forbidden):
        revoke(session, actor=actor_named(session, "zuyuan"), chain=CHAIN, token_id=1, now=NOW)


def test_a_token_outside_the_own_area_is_unknown(town: Database) -> None:
    give(town)
    with town.transaction() as session, pytest.raises(NotFound):
        revoke(session, actor=actor_named(session, "cunwei-sl"), chain=CHAIN, token_id=1, now=NOW)


@pytest.mark.parametrize(
    ("given", "active", "field"),
    [
        ({"label": ""}, True, "label"),
        ({"label": "a\nb"}, True, "label"),
        ({"days": 0}, True, "days"),
        ({"days": MOST_DAYS + 1}, True, "days"),
        ({"may": []}, True, "may"),
        ({"may": ["everything"]}, True, "may"),
        ({}, False, "user"),
    ],
)
def test_a_token_needs_a_label_a_future_and_an_active_user(
    town: Database, given: dict[str, Any], active: bool, field: str
) -> None:
    with town.transaction() as session:
        user = by_username(session, "zuzhang")
        assert user is not None
        user.active = active
        with pytest.raises(Invalid) as refusal:
            issue(session, user=user, now=NOW, chain=CHAIN, actor=SYSTEM, **{"label": "ok", **given})
    assert set(refusal.value.errors) == {field}


def test_the_list_shows_tokens_without_their_text(town: Database) -> None:
    give(town)
    give(town, "zuyuan")
    with town.reading() as session:
        assert [line.username for line in list_tokens(session, actor=SYSTEM)] == ["zuzhang", "zuyuan"]
        assert [line.label for line in list_tokens(session, actor=SYSTEM, username="zuyuan")] == ["电话机"]
