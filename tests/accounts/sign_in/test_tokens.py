"""Test the keys of programs: who holds one, and that asking is quick."""

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from accounts.access.actor import SYSTEM, Actor
from accounts.models import ApiToken, User
from accounts.registers.users import by_username, disable
from accounts.sign_in.tokens import actor_for, digest, issue, list_tokens, revoke
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


def give(
    db: Database, username: str = "zuzhang", *, by: str | None = None, ends: datetime | None = None
) -> str:
    with db.transaction() as session:
        user = by_username(session, username)
        assert user is not None
        actor = actor_named(session, by) if by else SYSTEM
        return issue(session, user=user, label="电话机", now=NOW, expires_at=ends, chain=CHAIN, actor=actor)


def holder(db: Database, token: str, now: datetime = NOW) -> Actor | None:
    with db.reading() as session:
        return actor_for(session, token, now)


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
            assert actor_for(session, token, NOW) is not None
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
    token = give(town, ends=NOW + timedelta(days=1))
    assert holder(town, token) is not None
    assert holder(town, token, NOW + timedelta(days=1)) is None


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
    ("label", "ends", "active", "field"),
    [
        ("", None, True, "label"),
        ("a\nb", None, True, "label"),
        ("ok", NOW, True, "expires_at"),
        ("ok", None, False, "user"),
    ],
)
def test_a_token_needs_a_label_a_future_and_an_active_user(
    town: Database, label: str, ends: datetime | None, active: bool, field: str
) -> None:
    with town.transaction() as session:
        user = by_username(session, "zuzhang")
        assert user is not None
        user.active = active
        with pytest.raises(Invalid) as refusal:
            issue(session, user=user, label=label, now=NOW, expires_at=ends, chain=CHAIN, actor=SYSTEM)
    assert set(refusal.value.errors) == {field}


def test_the_list_shows_tokens_without_their_text(town: Database) -> None:
    give(town)
    give(town, "zuyuan")
    with town.reading() as session:
        assert [line.username for line in list_tokens(session, actor=SYSTEM)] == ["zuzhang", "zuyuan"]
        assert [line.label for line in list_tokens(session, actor=SYSTEM, username="zuyuan")] == ["电话机"]
