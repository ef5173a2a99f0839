"""What one administrator takes away alone opens no way to the account, and nobody is moved to more power."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from accounts.access.actor import SYSTEM, Actor
from accounts.access.permissions import REACHING_ROLES
from accounts.models import User
from accounts.registers import unit_imports, users
from accounts.registers.administrators import held_power
from accounts.registers.open_matters import NO_MATTERS
from accounts.registers.users import by_username
from core.errors import Forbidden
from core.persistence.db import Database
from tests.accounts.register_entries import CHAIN, NOW
from tests.accounts.registers.administrators.test_proposals import People, agree, change, roles_of, second

__all__ = ["second"]
OWN = "山高水长路好走-2026"


def give(town: Database, actor: Actor, username: str, *, days: int = 0) -> None:
    with town.transaction() as session:
        users.set_password(
            session,
            actor=actor,
            chain=CHAIN,
            username=username,
            password=OWN,
            now=NOW + timedelta(days=days),
        )


@pytest.mark.parametrize("username", ["lingdao", "jiandu"])
def test_after_a_guarded_role_was_taken_away_a_password_takes_two_for_thirty_days(
    town: Database, actor: People, username: str
) -> None:
    change(town, actor("guanli"), username, ["department"])
    for days in (0, held_power.STAYS.days - 1):
        with pytest.raises(Forbidden) as refused:
            give(town, actor("guanli"), username, days=days)
        assert refused.value.facts == {"reasons": ["second_needed"]}
    give(town, actor("guanli"), username, days=held_power.STAYS.days)


def test_whoever_never_had_a_guarded_role_and_the_server_are_not_kept_waiting(
    town: Database, actor: People
) -> None:
    change(town, actor("guanli"), "zuyuan", ["coordinator"])
    give(town, actor("guanli"), "zuyuan")
    change(town, actor("guanli"), "lingdao", ["department"])
    give(town, SYSTEM, "lingdao")


@pytest.mark.parametrize("username", ["lingdao", "jiandu"])
def test_nobody_with_a_guarded_role_is_moved_to_another_unit_by_one_alone(
    town: Database, second: Actor, actor: People, username: str
) -> None:
    held = roles_of(town, username)
    for roles in (held, ["member"]):
        with pytest.raises(Forbidden) as refused:
            change(town, actor("guanli"), username, roles, unit="team")
        assert refused.value.facts == {"reasons": ["guarded_unit"]}
    change(town, actor("guanli"), username, ["member"])
    change(town, actor("guanli"), username, ["member"], unit="team")
    change(town, actor("guanli"), username, held)
    assert roles_of(town, username) == ["member"]
    agree(town, second, username)
    assert roles_of(town, username) == held


def test_whoever_runs_the_server_moves_anybody(town: Database) -> None:
    change(town, SYSTEM, "lingdao", ["leader"], unit="team")
    with town.reading() as session:
        found = by_username(session, "lingdao")
    assert found is not None
    assert found.roles == ["leader"]


@pytest.mark.parametrize("role", sorted(REACHING_ROLES))
def test_nobody_comes_to_see_all_of_the_county_by_one_alone(
    town: Database, second: Actor, actor: People, role: str
) -> None:
    """Who sees every matter sees those that are hidden from whom they name."""
    change(town, SYSTEM, "zuyuan", [role])
    with pytest.raises(Forbidden) as refused:
        change(town, actor("guanli"), "zuyuan", [role], unit="county-office")
    assert refused.value.facts == {"reasons": ["guarded_unit"]}
    change(town, SYSTEM, "zuyuan", ["department"], unit="county-office")
    change(town, actor("guanli"), "zuyuan", [role])
    assert roles_of(town, "zuyuan") == ["department"]
    agree(town, second, "zuyuan")
    assert roles_of(town, "zuyuan") == [role]
    with pytest.raises(Forbidden):
        give(town, actor("guanli"), "zuyuan")
    change(town, SYSTEM, "zuyuan", ["department"], unit="team")
    with pytest.raises(Forbidden):
        give(town, actor("guanli"), "zuyuan")


@pytest.mark.parametrize(
    ("role", "who", "goes_in"),
    [
        ("coordinator", "guanli", False),
        ("department", "guanli", True),
        ("coordinator", None, True),
    ],
)
def test_nobody_is_carried_to_the_county_with_the_unit_by_one_alone(
    town: Database, actor: People, role: str, who: str | None, goes_in: bool
) -> None:
    for username in ("zuyuan", "zuzhang"):
        change(town, SYSTEM, username, [role])
    row = {"code": "team", "name": "驻马鞍乡工作组", "kind": "team", "area": "SX", "superior": "township-MA"}
    with town.transaction() as session:
        report = unit_imports.import_units(
            session,
            actor=SYSTEM if who is None else actor(who),
            rows=[(2, row)],
            matters=NO_MATTERS,
            chain=CHAIN,
            now=NOW,
        )
    assert [one.code for one in report.problems] == ([] if goes_in else ["people_reach_further"])


def test_whoever_is_let_go_is_not_carried_there_either(town: Database, actor: People) -> None:
    """Else one administrator would let them in again there."""
    for username in ("zuyuan", "zuzhang"):
        change(town, SYSTEM, username, ["coordinator"])
    row = {"code": "team", "name": "驻马鞍乡工作组", "kind": "team", "area": "SX", "superior": "township-MA"}
    with town.transaction() as session:
        session.execute(update(User).where(User.username.in_(("zuyuan", "zuzhang"))).values(active=False))
        report = unit_imports.import_units(
            session, actor=actor("guanli"), rows=[(2, row)], matters=NO_MATTERS, chain=CHAIN, now=NOW
        )
    assert [one.code for one in report.problems] == ["people_reach_further"]
