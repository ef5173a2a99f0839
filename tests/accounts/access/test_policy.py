"""Test how lists are narrowed, on areas that stand for any kind of row."""

import pytest
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import SYSTEM, Actor
from accounts.access.permissions import Scope
from accounts.models import Area, Unit
from core.errors import Forbidden
from core.persistence.db import Database
from tests.builders import actor_named

VILLAGES = {"SL", "YY", "GG"}


def _named(viewer: policy.Viewer) -> ColumnElement[bool]:
    """Let the row of 高观村 name the work team."""
    team = select(Unit.id).where(Unit.code == "team").scalar_subquery()
    named: ColumnElement[bool] = (Area.code == "GG") & (team == viewer.unit_id)
    return named


REACH = policy.RowScope(
    in_areas=lambda path: policy.below(Area.path, path),
    in_village=lambda village_id: Area.id == village_id,
    owned_by=lambda unit_id: (Area.code == "YY") & (unit_id > 0),
    named=_named,
)


def seen(session: Session, actor: Actor) -> set[str]:
    statement = select(Area.code).where(Area.level == "village")
    return set(session.scalars(policy.within(statement, actor, REACH)))


def found_by_scopes(session: Session, actor: Actor) -> set[str]:
    """Find the same with the statement that is made once for whoever has these scopes."""
    scopes = policy.effective_scopes(actor)
    statement = policy.within_scopes(select(Area.code).where(Area.level == "village"), scopes, REACH)
    return set(session.scalars(statement, policy.scope_parameters(actor)))


@pytest.mark.parametrize(
    ("username", "codes"),
    [
        ("cunwei-sl", {"SL"}),
        ("xiangzhen", VILLAGES),
        ("lingdao", VILLAGES),
        ("jiandu", VILLAGES),
        ("bumen", {"YY"}),
        ("guanli", set()),
        ("zuzhang", {"SL", "YY"}),
        ("zuyuan", {"SL", "YY"}),
    ],
)
def test_each_person_sees_the_rows_of_their_scope(town: Database, username: str, codes: set[str]) -> None:
    with town.reading() as session:
        assert seen(session, actor_named(session, username)) == codes
        assert found_by_scopes(session, actor_named(session, username)) == codes


def test_several_roles_reach_the_union(town: Database) -> None:
    both = Actor(99, "both", 99, "unit", "/SX/MA/SL/", frozenset({"committee", "department"}))
    with town.reading() as session:
        assert seen(session, both) == {"SL", "YY"}


def test_the_program_itself_sees_everything(town: Database) -> None:
    with town.reading() as session:
        assert seen(session, SYSTEM) == found_by_scopes(session, SYSTEM) == VILLAGES


@pytest.mark.parametrize(
    "actor",
    [
        Actor(99, "nobody", 99, "unit", "/SX/", frozenset()),
        Actor(99, "guest", 99, "unit", "/SX/", frozenset({"guest"})),
        Actor(99, "lost", 99, "unit", "", frozenset({"leader"})),
        Actor(99, "homeless", None, None, "/SX/", frozenset({"department"})),
        Actor(99, "stranger", 99, "unit", "/SX/", frozenset({"emperor"})),
    ],
    ids=lambda actor: actor.username,
)
def test_whoever_has_no_scope_sees_nothing(town: Database, actor: Actor) -> None:
    with town.reading() as session:
        assert seen(session, actor) == found_by_scopes(session, actor) == set()


@pytest.mark.parametrize(
    ("roles", "area", "unit_id", "village_id", "scopes"),
    [
        (("coordinator",), "/SX/MA/", 1, None, {Scope.SUBTREE}),
        (("committee",), "/SX/MA/SL/", 1, 3, {Scope.VILLAGE}),
        (("department",), "/SX/MA/SL/", 1, 3, {Scope.OWNED}),
        (("department",), "/SX/", None, None, set()),
        (("department", "committee"), "/SX/MA/SL/", 1, 3, {Scope.OWNED, Scope.VILLAGE}),
        (("department", "committee"), "", 1, None, {Scope.OWNED}),
        (("team_leader",), "/SX/MA/", 1, None, {Scope.SUBTREE, Scope.OPEN_NAMES}),
        (("team_leader",), "", 1, None, set()),
        (("leader",), "/SX/", 1, None, {Scope.SUBTREE, Scope.OPEN_NAMES_RECEIVED}),
        (("admin",), "/SX/MA/SL/", 1, 3, set()),
        (("system",), "", None, None, {Scope.EVERYTHING}),
    ],
)
def test_a_scope_counts_where_it_comes_to_anything(
    roles: tuple[str, ...], area: str, unit_id: int | None, village_id: int | None, scopes: set[Scope]
) -> None:
    actor = Actor(99, "somebody", unit_id, None, area, frozenset(roles), village_id)
    assert policy.effective_scopes(actor) == scopes


@pytest.mark.parametrize("path", ["/sx/ma/sl/", "/SX/MA/S_/", "/SX/%/", "/SX/MA/S"])
def test_a_path_is_compared_letter_by_letter(town: Database, path: str) -> None:
    with town.reading() as session:
        matching = set(session.scalars(select(Area.code).where(policy.below(Area.path, path))))
    assert matching == ({"SL"} if path == "/SX/MA/S" else set())


def test_lists_of_areas_stop_at_the_persons_own(town: Database) -> None:
    with town.reading() as session:
        statement = policy.within_areas(select(Area.code), actor_named(session, "cunwei-yy"), Area.path)
        assert set(session.scalars(statement)) == {"YY"}


def test_lists_of_areas_are_empty_without_a_role(town: Database) -> None:
    nobody = Actor(99, "nobody", 99, "unit", "/SX/", frozenset())
    with town.reading() as session:
        assert not session.scalars(policy.within_areas(select(Area.code), nobody, Area.path)).all()


@pytest.mark.parametrize(
    ("roles", "area", "path", "covered"),
    [
        (("admin",), "/SX/MA/", "/SX/MA/", True),
        (("admin",), "/SX/MA/", "/SX/MA/SL/", True),
        (("admin",), "/SX/MA/", "/SX/", False),
        (("admin",), "/SX/MA/", "/SX/LH/", False),
        (("admin",), "", "/SX/", False),
        (("system",), "", "/SX/", True),
        (("system",), "/SX/MA/", "/SX/LH/", True),
    ],
)
def test_authority_reaches_down_from_the_own_area(
    roles: tuple[str, ...], area: str, path: str, covered: bool
) -> None:
    assert policy.covers(Actor(99, "somebody", 99, "unit", area, frozenset(roles)), path) is covered


def administrator(user_id: int | None) -> Actor:
    return Actor(user_id, "somebody", 99, "unit", "/SX/", frozenset({"admin"}))


@pytest.mark.parametrize(
    ("user_id", "roles", "level", "needed"),
    [
        (99, {"leader"}, "township", True),
        (99, {"auditor"}, "village", True),
        (99, {"member", "admin"}, "county", True),
        (99, {"member", "team_leader"}, "township", False),
        (99, {"team_leader"}, "county", True),
        (99, {"coordinator"}, "county", True),
        (99, {"member"}, "county", True),
        (99, {"department", "guest"}, "county", False),
        (99, set(), "county", False),
        (None, {"admin"}, "county", False),
    ],
)
def test_a_second_one_agrees_to_roles_that_decide_or_watch_or_see_all_of_the_county(
    user_id: int | None, roles: set[str], level: str, needed: bool
) -> None:
    assert policy.needs_second(administrator(user_id), roles, level) is needed


@pytest.mark.parametrize(
    ("held", "wanted", "added"),
    [
        ({"department"}, {"member"}, {"member"}),
        ({"leader"}, {"member", "coordinator"}, set()),
        ({"member"}, {"member", "team_leader"}, {"team_leader"}),
        (set(), {"guest"}, {"guest"}),
    ],
)
def test_a_role_that_shows_no_more_than_another_one_did_gives_nothing(
    held: set[str], wanted: set[str], added: set[str]
) -> None:
    assert policy.added_roles(held, wanted) == added


@pytest.mark.parametrize(
    ("roles", "manages"),
    [([], False), (["leader", "auditor"], False), (["admin"], True), (["member", "admin"], True)],
)
def test_accounts_are_managed_by_whoever_has_one_role_for_it(roles: list[str], manages: bool) -> None:
    assert policy.may_manage_users(roles) is manages


@pytest.mark.parametrize(
    ("user_id", "proposer_id", "reason"),
    [(1, 2, None), (99, 2, "oneself"), (1, 99, "own_proposal"), (99, 99, "own_proposal")],
)
def test_neither_who_proposed_it_nor_who_gets_it_agrees(
    user_id: int, proposer_id: int, reason: str | None
) -> None:
    if reason is None:
        policy.require_other(administrator(99), user_id=user_id, proposer_id=proposer_id)
        return
    with pytest.raises(Forbidden) as refused:
        policy.require_other(administrator(99), user_id=user_id, proposer_id=proposer_id)
    assert refused.value.facts == {"reasons": [reason]}
