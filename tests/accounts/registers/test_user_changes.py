"""What somebody is can be changed, and whoever was let go comes back with nothing old that still opens."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from accounts.access.actor import SYSTEM, Actor
from accounts.history import recent, verify_chains
from accounts.models import ApiToken, Unit, User
from accounts.registers import user_changes
from accounts.registers.users import by_username, disable
from accounts.sign_in import tokens
from core.errors import Conflict, Forbidden, Invalid
from core.persistence.db import Database
from tests.accounts.register_entries import CHAIN, NOW

ZHOU: dict[str, Any] = {
    "username": "zuyuan",
    "name": "组员小周",
    "unit": "team",
    "roles": ["member"],
    "email": "zuyuan@example.org",
    "head": False,
}


def change(db: Database, actor: Actor = SYSTEM, *, owes: bool = False, **fields: Any) -> None:
    with db.transaction() as session:
        user_changes.change_user(
            session,
            actor=actor,
            chain=CHAIN,
            now=NOW,
            count_matters=lambda *_: int(owes),
            **{**ZHOU, **fields},
        )


def user(db: Database, username: str = "zuyuan") -> User:
    with db.reading() as session:
        found = by_username(session, username)
    assert found is not None
    return found


def let_go(db: Database, username: str = "zuyuan") -> None:
    with db.transaction() as session:
        disable(session, actor=SYSTEM, chain=CHAIN, username=username, count_matters=lambda *_: 0, now=NOW)


def test_what_is_the_same_leaves_no_entry_and_an_address_is_not_written_down(town: Database) -> None:
    before = len(entries(town))
    change(town)
    assert len(entries(town)) == before
    change(town, email="other@example.org", head=True)
    assert entries(town)[0] == {"head": [False, True], "email": "changed"}


def entries(db: Database) -> list[dict[str, Any]]:
    with db.reading() as session:
        return [entry.facts for entry, _ in recent(session, kind="user", subject_id=user(db).id)]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": ""}, "name"),
        ({"unit": "nowhere"}, "unit"),
        ({"unit": "\x00"}, "unit"),
        ({"roles": []}, "roles"),
        ({"roles": ["system"]}, "roles"),
        ({"email": "nobody"}, "email"),
    ],
    ids=str,
)
def test_what_nobody_can_be_is_refused(town: Database, fields: dict[str, Any], wrong: str) -> None:
    with pytest.raises(Invalid) as refused:
        change(town, **fields)
    assert list(refused.value.errors) == [wrong]


def test_whoever_alone_may_act_on_open_matters_keeps_unit_and_role(town: Database) -> None:
    for fields in ({"unit": "township-MA"}, {"roles": ["auditor"]}, {"roles": ["admin", "guest"]}):
        with pytest.raises(Conflict, match="unit_owes_replies") as refused:
            change(town, owes=True, **fields)
        assert refused.value.facts["matters"] == 1
    change(town, owes=True, roles=["team_leader"])
    assert user(town).roles == ["team_leader"]


def test_whoever_comes_back_has_neither_the_old_password_nor_the_old_tokens(town: Database) -> None:
    with town.transaction() as session:
        someone = session.scalars(select(User).where(User.username == "zuyuan")).one()
        tokens.issue(session, actor=SYSTEM, chain=CHAIN, user=someone, label="phone", now=NOW)
    let_go(town)
    for _ in range(2):  # the second time nothing is left to do
        with town.transaction() as session:
            user_changes.enable(session, actor=SYSTEM, chain=CHAIN, username="zuyuan", now=NOW)
    assert (user(town).active, user(town).password_hash) == (True, None)
    assert entries(town)[0] == {"tokens_revoked": 1}
    with town.reading() as session:
        assert session.scalars(select(ApiToken.revoked_at)).all() == [NOW]


def test_nobody_comes_back_into_a_unit_that_is_closed(town: Database) -> None:
    let_go(town)
    with town.transaction() as session:
        session.scalars(select(Unit).where(Unit.code == "team")).one().active = False
    with town.transaction() as session, pytest.raises(Conflict, match="unit_closed"):
        user_changes.enable(session, actor=SYSTEM, chain=CHAIN, username="zuyuan", now=NOW)


@pytest.mark.parametrize("username", ["zuzhang", "lingdao", "jiandu"])
def test_only_an_administrator_changes_people(
    town: Database, actor: Callable[[str], Actor], username: str
) -> None:
    with pytest.raises(Forbidden):
        change(town, actor(username), roles=["leader"])
    with town.transaction() as session, pytest.raises(Forbidden):
        user_changes.enable(session, actor=actor(username), chain=CHAIN, username="zuyuan", now=NOW)


def test_the_chain_holds_after_every_change(town: Database) -> None:
    change(town, unit="township-MA", roles=["coordinator"])
    let_go(town)
    with town.reading() as session:
        broken = [one for one in verify_chains(session, CHAIN) if one.subject_kind == "user"]
    assert not [one for one in broken if one.subject_id == str(user(town).id) and one.seq > 1]
