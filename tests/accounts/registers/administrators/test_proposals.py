"""Nobody comes to power over matters or accounts by one administrator alone."""

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from accounts.access.actor import SYSTEM, Actor
from accounts.access.permissions import GRANTABLE, guarded_roles
from accounts.history import recent, verify_chains
from accounts.models import User, UserProposal
from accounts.registers import user_changes, users
from accounts.registers.administrators import proposals
from accounts.registers.users import authenticate, by_username
from accounts.vocabulary import AreaLevel
from config.profiles import PROFILES
from core.errors import Conflict, DomainError, Forbidden
from core.persistence.db import Database
from tests.accounts.register_entries import CHAIN, NOW

People = Callable[[str], Actor]
NEW: dict[str, Any] = {"username": "xin", "name": "新来的", "unit": "leading-group"}
GUARDED = sorted(guarded_roles(AreaLevel.COUNTY))


@pytest.fixture
def second(town: Database, actor: People) -> Actor:
    """Make another person an administrator, as whoever runs the server does."""
    change(town, SYSTEM, "xiangzhen", ["admin"], unit="county-office")
    return actor("xiangzhen")


def add(town: Database, actor: Actor, roles: Collection[str], **more: Any) -> None:
    """Add somebody in an installation that has such roles."""
    fitting = next(one for one in PROFILES.values() if one.fits(frozenset(roles)))
    given = {**NEW, "profile": fitting, **more}
    with town.transaction() as session:
        users.add_user(session, actor=actor, chain=CHAIN, roles=roles, password=None, now=NOW, **given)


def change(
    town: Database, actor: Actor, username: str, roles: Collection[str], unit: str | None = None
) -> None:
    with town.transaction() as session:
        known = next(one for one in users.list_users(session, actor=SYSTEM) if one.username == username)
        user_changes.change_user(
            session,
            actor=actor,
            chain=CHAIN,
            username=username,
            name=known.name,
            unit=unit or known.unit,
            roles=roles,
            email=known.email,
            head=known.head,
            count_matters=lambda *_: 0,
            now=NOW,
        )


def seen(town: Database, username: str = "xin", act: str = "roles") -> str:
    """Return what stands for the proposal that is shown of somebody, or nothing where none is."""
    with town.reading() as session:
        waiting = proposals.list_open(session, actor=SYSTEM, now=NOW, username=username)
    return next((one.seen for one in waiting if one.act == act), "")


def agree(
    town: Database,
    actor: Actor,
    username: str = "xin",
    act: str = "roles",
    *,
    days: int = 0,
    shown: str | None = None,
) -> str | None:
    shown = seen(town, username, act) if shown is None else shown
    with town.transaction() as session:
        return proposals.agree(
            session,
            actor=actor,
            chain=CHAIN,
            username=username,
            act=act,
            seen=shown,
            count_matters=lambda *_: 0,
            now=NOW + timedelta(days=days),
        )


def disagree(session: Session, actor: Actor, shown: str) -> None:
    proposals.disagree(session, actor=actor, chain=CHAIN, username="xin", act="roles", seen=shown, now=NOW)


def roles_of(town: Database, username: str = "xin") -> list[str]:
    with town.reading() as session:
        found = by_username(session, username)
    assert found is not None
    return found.roles


def actions(town: Database, username: str = "xin") -> list[tuple[str, str]]:
    with town.reading() as session:
        user = by_username(session, username)
        assert user is not None
        assert list(verify_chains(session, CHAIN)) == []
        return [(entry.action, who) for entry, who in recent(session, kind="user", subject_id=user.id)]


@pytest.mark.parametrize("role", sorted(role.value for role in GRANTABLE))
def test_by_one_administrator_alone_nobody_gets_a_guarded_role(
    town: Database, second: Actor, actor: People, role: str
) -> None:
    add(town, actor("guanli"), [role])
    assert roles_of(town) == ([] if role in GUARDED else [role])


@pytest.mark.parametrize("role", GUARDED)
def test_another_administrator_agrees_and_both_stand_in_the_history(
    town: Database, second: Actor, actor: People, role: str
) -> None:
    add(town, actor("guanli"), [role])
    assert agree(town, second) is None
    assert roles_of(town) == [role]
    assert actions(town) == [
        ("roles_confirmed", "马鞍乡联络员"),
        ("roles_proposed", "管理员"),
        ("added", "管理员"),
    ]


def test_neither_who_proposed_it_nor_who_gets_it_agrees(town: Database, second: Actor, actor: People) -> None:
    add(town, actor("guanli"), ["leader"])
    with pytest.raises(Forbidden) as own:
        agree(town, actor("guanli"))
    assert own.value.facts == {"reasons": ["own_proposal"]}
    change(town, actor("guanli"), "xiangzhen", ["admin", "leader"])
    with pytest.raises(Forbidden) as oneself:
        agree(town, second, "xiangzhen")
    assert oneself.value.facts == {"reasons": ["oneself"]}
    assert (roles_of(town), roles_of(town, "xiangzhen")) == ([], ["admin"])


def test_an_account_that_one_made_oneself_is_no_second_administrator(
    town: Database, second: Actor, actor: People
) -> None:
    """For it is none: to be an administrator takes two as well."""
    add(town, actor("guanli"), ["admin"])
    add(town, actor("guanli"), ["leader"], username="xin-er")
    with pytest.raises(Forbidden):
        agree(town, actor("xin"), "xin-er")


def test_until_somebody_agrees_the_roles_of_now_stay_and_lesser_ones_are_given_at_once(
    town: Database, second: Actor, actor: People
) -> None:
    change(town, actor("guanli"), "zuyuan", ["auditor"])
    assert roles_of(town, "zuyuan") == ["member"]
    change(town, actor("guanli"), "zuyuan", ["member", "coordinator"])
    assert roles_of(town, "zuyuan") == ["coordinator", "member"]
    with pytest.raises(Conflict, match="proposal_outdated"):
        agree(town, second, "zuyuan")


def test_to_take_a_guarded_role_away_one_is_enough(town: Database, second: Actor, actor: People) -> None:
    change(town, actor("guanli"), "lingdao", ["member"])
    assert roles_of(town, "lingdao") == ["member"]


def test_a_proposal_ends_after_a_week_and_a_later_one_takes_its_place(
    town: Database, second: Actor, actor: People
) -> None:
    add(town, actor("guanli"), ["leader"])
    with pytest.raises(Conflict, match="proposal_over"):
        agree(town, second, days=proposals.LASTS.days)
    change(town, actor("guanli"), "xin", ["auditor"])
    agree(town, second, days=proposals.LASTS.days - 1)
    assert roles_of(town) == ["auditor"]
    with pytest.raises(Conflict, match="proposal_over"):
        agree(town, second)


@pytest.mark.parametrize("who", ["guanli", "xiangzhen"])
def test_what_was_taken_back_or_not_agreed_to_is_over(
    town: Database, second: Actor, actor: People, who: str
) -> None:
    add(town, actor("guanli"), ["leader"])
    shown = seen(town)
    with town.transaction() as session:
        disagree(session, actor(who), shown)
    assert actions(town)[0][0] == ("proposal_withdrawn" if who == "guanli" else "proposal_refused")
    with pytest.raises(Conflict, match="proposal_over"):
        agree(town, second)


def test_what_somebody_proposed_who_is_no_administrator_any_more_is_over(
    town: Database, second: Actor, actor: People
) -> None:
    add(town, actor("guanli"), ["leader"])
    with town.transaction() as session:
        session.execute(update(User).where(User.username == "guanli").values(roles=["member"]))
    with pytest.raises(Conflict, match="proposal_over"):
        agree(town, second)


@pytest.mark.parametrize(("username", "role"), [("lingdao", "leader"), ("jiandu", "auditor")])
def test_nobody_gets_at_the_account_of_a_leader_or_auditor_by_a_new_password_alone(
    town: Database, second: Actor, actor: People, username: str, role: str
) -> None:
    assert roles_of(town, username) == [role]
    own = "山高水长路好走-2026"
    with pytest.raises(Forbidden) as refused, town.transaction() as session:
        users.set_password(
            session, actor=actor("guanli"), chain=CHAIN, username=username, password=own, now=NOW
        )
    assert refused.value.facts == {"reasons": ["second_needed"]}
    with town.transaction() as session:
        proposals.propose_password(session, actor=actor("guanli"), chain=CHAIN, username=username, now=NOW)
    made = agree(town, second, username, "password")
    assert made is not None
    with town.reading() as session:
        assert authenticate(session, username=username, password=made) is not None
        user = by_username(session, username)
        assert user is not None
        assert user.password_given
    assert actions(town, username)[:2] == [
        ("password_confirmed", "马鞍乡联络员"),
        ("password_proposed", "管理员"),
    ]


def test_whoever_runs_the_server_gives_and_agrees_alone_and_it_is_recorded_as_the_server_s(
    town: Database, actor: People
) -> None:
    add(town, actor("guanli"), ["leader"])
    agree(town, SYSTEM)
    add(town, SYSTEM, ["auditor"], username="xin-er")
    assert (roles_of(town), roles_of(town, "xin-er")) == (["leader"], ["auditor"])
    assert actions(town)[0] == ("roles_confirmed", "")


@pytest.mark.parametrize("who", ["zuzhang", "lingdao", "jiandu"])
def test_nobody_else_proposes_agrees_or_sees_what_waits(
    town: Database, actor: People, second: Actor, who: str
) -> None:
    add(town, actor("guanli"), ["leader"])
    asked: tuple[Callable[[Any], object], ...] = (
        lambda session: proposals.list_open(session, actor=actor(who), now=NOW),
        lambda session: proposals.propose_password(
            session, actor=actor(who), chain=CHAIN, username="zuyuan", now=NOW
        ),
        lambda session: disagree(session, actor(who), ""),
    )
    for ask in asked:
        with pytest.raises(Forbidden), town.transaction() as session:
            ask(session)
    with pytest.raises(DomainError):
        agree(town, actor(who))
    with town.reading() as session:
        [one] = proposals.list_open(session, actor=second, now=NOW)
    assert (one.username, one.roles, one.proposer) == ("xin", ("leader",), "管理员")


@pytest.mark.parametrize(
    "wrong",
    [
        {"act": "unit"},
        {"roles": None},
        {"act": "password"},
        {"outcome": "confirmed"},
        {"ended_at": NOW, "outcome": "lost"},
        {"expires_at": NOW},
    ],
)
def test_the_database_takes_no_nonsense(town: Database, actor: People, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), town.transaction() as session:
        session.add(UserProposal(**{**_row(actor), **wrong}))


@pytest.mark.parametrize("who", ["guanli", "zuyuan"])
def test_the_database_lets_nobody_agree_alone(town: Database, actor: People, who: str) -> None:
    ended = {"ended_at": NOW, "outcome": "confirmed", "ended_by_id": actor(who).user_id}
    with pytest.raises(IntegrityError), town.transaction() as session:
        session.add(UserProposal(**_row(actor), **ended))


def _row(actor: People) -> dict[str, Any]:
    return {
        "user_id": actor("zuyuan").user_id,
        "act": "roles",
        "roles": ["leader"],
        "before": ["member"],
        "proposed_by_id": actor("guanli").user_id,
        "proposed_at": NOW,
        "expires_at": NOW + timedelta(days=1),
    }
