"""Test how people are added, let go, and recognised."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select, update

from accounts.access.actor import SYSTEM
from accounts.history import verify_chains
from accounts.models import User
from accounts.registers.users import (
    actor_of,
    add_user,
    authenticate,
    by_username,
    disable,
    list_users,
    set_password,
)
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.persistence.db import Database
from tests.accounts.register_entries import CHAIN, NOW, entries
from tests.builders import PASSWORD, actor_named
from tests.patience import PATIENCE

LI: dict[str, Any] = {
    "username": "li.ming",
    "name": "李明",
    "unit": "team",
    "roles": ["member"],
    "password": "三月里杉岭的花开了十二次",
}


def add(db: Database, by: str | None = None, **values: Any) -> User:
    with db.transaction() as session:
        actor = actor_named(session, by) if by else SYSTEM
        return add_user(session, actor=actor, chain=CHAIN, now=NOW, **(LI | values))


def let_go(db: Database, username: str, *, owes: bool = False, by: str | None = None) -> None:
    with db.transaction() as session:
        actor = actor_named(session, by) if by else SYSTEM

        def alone(unit_id: int, user_id: int) -> int:
            others = select(User.id).where(User.unit_id == unit_id, User.active, User.id != user_id)
            return int(owes and session.scalars(others).first() is None)

        disable(session, actor=actor, chain=CHAIN, username=username, count_matters=alone, now=NOW)


def signs_in(db: Database, username: str, password: str) -> bool:
    with db.reading() as session:
        return authenticate(session, username=username, password=password) is not None


def test_a_user_that_was_added_signs_in(town: Database) -> None:
    add(town)
    with town.reading() as session:
        actor = authenticate(session, username="Li.Ming ", password=LI["password"])
    assert actor is not None
    assert (actor.username, actor.unit_code, actor.area_path) == ("li.ming", "team", "/SX/MA/")
    assert actor.roles == {"member"}


def test_the_stored_hash_is_argon2id_of_the_right_strength(town: Database) -> None:
    assert str(add(town).password_hash).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_without_a_password_nobody_signs_in(town: Database) -> None:
    add(town, password=None)
    assert not signs_in(town, "li.ming", "")


@pytest.mark.parametrize(("username", "password"), [("zuzhang", "wrong password"), ("nobody", PASSWORD)])
def test_a_wrong_name_or_password_is_refused(town: Database, username: str, password: str) -> None:
    assert not signs_in(town, username, password)


def test_adding_is_recorded_without_the_password(town: Database) -> None:
    user = add(town, head=True)
    with town.reading() as session:
        entry = entries(session, "user")[0]
        assert (entry.subject_kind, entry.subject_id, entry.action) == ("user", str(user.id), "added")
        assert entry.facts == {"username": "li.ming", "unit": "team", "roles": ["member"], "head": True}


BAD: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"username": "Li"}, "username", "not_a_username"),
    ({"username": ""}, "username", "not_a_username"),
    ({"username": "-li"}, "username", "not_a_username"),
    ({"username": "李明"}, "username", "not_a_username"),
    ({"username": "l" * 33}, "username", "not_a_username"),
    ({"name": ""}, "name", "required"),
    ({"name": "李\u202e明"}, "name", "invisible_character"),
    ({"name": "李\x00"}, "name", "control_character"),
    ({"roles": []}, "roles", "unknown_role"),
    ({"roles": ["emperor"]}, "roles", "unknown_role"),
    ({"roles": ["system"]}, "roles", "unknown_role"),
    ({"roles": ["villager"]}, "roles", "unknown_role"),
    ({"unit": "nobody"}, "unit", "unknown_unit"),
    ({"password": "short"}, "password", "too_short"),
    ({"password": "li.ming li.ming"}, "password", "contains_username"),
    ({"email": "li"}, "email", "not_an_address"),
    ({"email": "\u200b@example.org"}, "email", "not_an_address"),
    ({"email": "li@-"}, "email", "not_an_address"),
    ({"email": "li@example.org\r\nBcc: all@example.org"}, "email", "not_an_address"),
    ({"email": "li@example.org, all@example.org"}, "email", "not_an_address"),
)


def test_what_is_wrong_is_named_by_field(town: Database) -> None:
    for values, field, problem in BAD:
        with pytest.raises(Invalid) as refusal:
            add(town, **values)
        assert refusal.value.errors == {field: [problem]}, values


def test_every_wrong_field_is_named_at_once(town: Database) -> None:
    with pytest.raises(Invalid) as refusal:
        add(town, username="?", name="", unit="?", roles=[])
    assert set(refusal.value.errors) == {"username", "name", "unit", "roles"}


def test_a_user_name_is_taken_once(town: Database) -> None:
    with pytest.raises(Conflict, match="username_taken"):
        add(town, username="zuzhang")


def test_only_the_administrator_adds_users(town: Database) -> None:
    with pytest.raises(Forbidden):
        add(town, by="lingdao")


def test_an_administrator_adds_users_within_the_own_area_only(town: Database) -> None:
    add(town, username="local", unit="township-MA", roles=["admin"])
    add(town, by="local", unit="team")
    with pytest.raises(Invalid):
        add(town, by="local", username="another", unit="county-water")


def test_a_password_can_be_changed_by_the_administrator_and_oneself(town: Database) -> None:
    new = "田里的水车今年又转起来了"
    for by, password in (("guanli", new), ("zuzhang", new + "！")):
        with town.transaction() as session:
            actor = actor_named(session, by)
            set_password(session, actor=actor, chain=CHAIN, username="zuzhang", password=password, now=NOW)
        assert signs_in(town, "zuzhang", password)
    assert not signs_in(town, "zuzhang", PASSWORD)


def test_nobody_else_changes_a_password(town: Database) -> None:
    with town.transaction() as session:
        actor = actor_named(session, "zuyuan")
        with pytest.raises(Forbidden):
            set_password(session, actor=actor, chain=CHAIN, username="zuzhang", password="x" * 20, now=NOW)


def test_a_weak_password_is_refused(town: Database) -> None:
    with town.transaction() as session, pytest.raises(Invalid):
        set_password(session, actor=SYSTEM, chain=CHAIN, username="zuzhang", password="password1234", now=NOW)


def test_the_password_of_an_unknown_user_cannot_be_set(town: Database) -> None:
    with town.transaction() as session, pytest.raises(NotFound):
        set_password(session, actor=SYSTEM, chain=CHAIN, username="nobody", password="x" * 20, now=NOW)


def test_a_disabled_user_signs_in_no_more(town: Database) -> None:
    let_go(town, "zuzhang")
    assert not signs_in(town, "zuzhang", PASSWORD)
    with town.reading() as session:
        assert actor_of(session, "zuzhang") is None


def test_the_last_user_of_a_unit_that_owes_replies_stays(town: Database) -> None:
    let_go(town, "zuyuan", owes=True)
    with pytest.raises(Conflict, match="unit_owes_replies"):
        let_go(town, "zuzhang", owes=True)


def test_the_last_user_of_a_unit_that_owes_nothing_may_leave(town: Database) -> None:
    let_go(town, "cunwei-sl")
    with town.reading() as session:
        user = by_username(session, "cunwei-sl")
        assert user is not None
        assert not user.active


def test_two_who_let_the_last_two_users_go_at_once_cannot_both(town: Database) -> None:
    barrier = Barrier(2)

    def attempt(username: str) -> str:
        barrier.wait(timeout=PATIENCE)
        try:
            let_go(town, username, owes=True)
        except Conflict as conflict:
            return conflict.code
        return "gone"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(attempt, ("zuzhang", "zuyuan")))
    assert outcomes == ["gone", "unit_owes_replies"]


def test_disabling_again_changes_nothing(town: Database) -> None:
    let_go(town, "zuzhang")
    let_go(town, "zuzhang")
    with town.reading() as session:
        assert len(entries(session, "user")) == 1


def test_an_administrator_does_not_lock_themselves_out(town: Database) -> None:
    with pytest.raises(Forbidden):
        let_go(town, "guanli", by="guanli")


def test_an_administrator_knows_nobody_outside_the_own_area(town: Database) -> None:
    add(town, username="local", unit="township-MA", roles=["admin"])
    with pytest.raises(NotFound):
        let_go(town, "bumen", by="local")
    with town.reading() as session:
        units = {line.unit for line in list_users(session, actor=actor_named(session, "local"))}
    assert units == {"township-MA", "team", "committee-SL", "committee-YY", "committee-GG"}


def test_the_list_of_users_is_for_administrators(town: Database) -> None:
    with town.reading() as session, pytest.raises(Forbidden):
        list_users(session, actor=actor_named(session, "jiandu"))


def test_an_edited_user_row_shows(town: Database) -> None:
    add(town)
    with town.transaction() as session:
        session.execute(update(User).where(User.username == "li.ming").values(roles=["admin"]))
    with town.reading() as session:
        assert [one.reason for one in verify_chains(session, CHAIN)] == ["row_changed"]
