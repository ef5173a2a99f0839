"""Where administrators are separate, nobody is two of them, and nobody is what all three are together."""

from collections.abc import Callable

import pytest

from accounts.access.actor import SYSTEM, Actor
from accounts.registers import first_administrator, user_changes, users
from accounts.registers.administrators import separation
from accounts.registers.first_administrator import FirstAdministrator
from config.profiles import MLPS, ORDINARY, SEPARATE
from core.errors import Conflict, Invalid
from core.persistence.db import Database
from tests.accounts.register_entries import CHAIN, NOW

GOOD = "Shanggao-shuichang-guangwei-1"


def change(town: Database, username: str, *roles: str) -> None:
    with town.transaction() as session:
        known = next(one for one in users.list_users(session, actor=SYSTEM) if one.username == username)
        user_changes.change_user(
            session,
            actor=SYSTEM,
            chain=CHAIN,
            username=username,
            name=known.name,
            unit=known.unit,
            roles=roles,
            email=known.email,
            head=known.head,
            count_matters=lambda *_: 0,
            profile=MLPS,
            now=NOW,
        )


def test_who_is_administrator_of_all_is_named_and_hinders_the_profile(town: Database) -> None:
    with town.reading() as session:
        assert separation.list_unfit(session, MLPS) == ["guanli"]
        assert separation.list_missing(session, MLPS) == sorted(SEPARATE)
        with pytest.raises(Conflict, match="administrators_not_separate"):
            separation.require_separate(session, MLPS)
        assert separation.list_unfit(session, ORDINARY) == separation.list_missing(session, ORDINARY) == []
        separation.require_separate(session, ORDINARY)


def test_with_three_people_the_profile_holds(town: Database) -> None:
    for username, role in zip(("guanli", "bumen", "xiangzhen"), sorted(SEPARATE), strict=True):
        change(town, username, role)
    with town.reading() as session:
        separation.require_separate(session, MLPS)
        assert separation.list_missing(session, MLPS) == []
        assert separation.list_unfit(session, ORDINARY) == ["bumen", "guanli", "xiangzhen"]


@pytest.mark.parametrize(
    "roles",
    [
        ("admin",),
        ("security_admin", "audit_admin"),
        ("system_admin", "security_admin"),
        ("audit_admin", "leader"),
    ],
)
def test_nobody_is_given_two_of_them(town: Database, roles: tuple[str, ...]) -> None:
    with pytest.raises(Invalid) as refused:
        change(town, "zuyuan", *roles)
    assert refused.value.errors == {"roles": ["roles_not_together"]}


@pytest.mark.parametrize("role", sorted(SEPARATE))
def test_in_the_usual_profile_there_are_no_such_administrators(town: Database, role: str) -> None:
    with pytest.raises(Invalid), town.transaction() as session:
        users.add_user(
            session,
            actor=SYSTEM,
            chain=CHAIN,
            username="xin",
            name="新来的",
            unit="team",
            roles=[role],
            password=None,
            now=NOW,
        )


def test_a_security_administrator_alone_gives_no_power_either(
    town: Database, actor: Callable[[str], Actor]
) -> None:
    change(town, "guanli", "security_admin")
    with town.transaction() as session:
        user = users.add_user(
            session,
            actor=actor("guanli"),
            chain=CHAIN,
            username="xin",
            name="新来的",
            unit="team",
            roles=["audit_admin"],
            password=None,
            profile=MLPS,
            now=NOW,
        )
        assert user.roles == []


def test_the_first_administrator_manages_accounts_alone_where_three_are_asked_for(db: Database) -> None:
    founding = FirstAdministrator(
        level="county",
        area_name="示范县",
        area_code="SX",
        unit_name="走访办",
        unit_code="office",
        unit="",
        name="管理员",
        username="first",
        password=GOOD,
        again=GOOD,
    )
    with db.transaction() as session:
        user = first_administrator.create_first_administrator(
            session, chain=CHAIN, founding=founding, profile=MLPS, now=NOW
        )
        assert user.roles == ["security_admin"]
        separation.require_separate(session, MLPS)
