"""What the policy says of one case in hand is what it lets everybody find in the database."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import SYSTEM, Actor
from accounts.models import Area
from cases.access.visibility import visible, visible_to
from cases.configuration.case_rules import CountyRules
from cases.lifecycle import take_step
from cases.lifecycle.build_values import build_values
from cases.lifecycle.loading import find_case
from cases.models.case import Case, CaseOwner, Named
from core.errors import NotFound
from core.persistence.db import Database
from tests import builders
from tests.builders import USERS, actor_named, at


def with_cases(session: Session, rules: CountyRules) -> None:
    """Make cases of three villages: kept, handed on, and about a committee, a user and the department."""
    for village in ("SL", "YY", "GG"):
        builders.a_case(session, rules, village=village)
        builders.a_case(session, rules, "assigned", village=village)
        builders.a_case(session, rules, "escalated", village=village)
        builders.a_case(session, rules, village=village, named_units=(f"committee-{village}",))
    builders.a_case(session, rules, named_users=("zuzhang",))
    builders.a_case(session, rules, named_units=("county-water",))
    moved = builders.a_case(session, rules, "assigned")
    take_step.take_step(
        session,
        actor=actor_named(session, "zuzhang"),
        rules=rules,
        number=moved.number,
        action="reassign",
        values=build_values("reassign", {"unit": "county-water", "reason": "归水利局"}),
        now=at("2026-03-03"),
    )


def people(session: Session) -> list[Actor]:
    """Return everybody, one with two roles, one with less than a township, and those who see nothing."""
    everybody = [actor_named(session, username) for username, *_ in USERS]
    department = actor_named(session, "bumen")
    return [
        *everybody,
        SYSTEM,
        Actor(
            department.user_id,
            "both",
            department.unit_id,
            "county-water",
            "/SX/MA/YY/",
            frozenset({"department", "committee"}),
            session.scalars(select(Area.id).where(Area.code == "YY")).one(),
        ),
        Actor(None, "subtree", None, None, "/SX/MA/SL/", frozenset({"leader"})),
        Actor(None, "guest", None, None, "/SX/", frozenset({"guest"})),
        Actor(None, "lost", None, None, "", frozenset({"leader"})),
    ]


def test_a_case_in_hand_is_seen_exactly_by_whoever_finds_it(town: Database, rules: CountyRules) -> None:
    with town.transaction() as session:
        with_cases(session, rules)
    with town.reading() as session:
        rows = session.execute(select(Case, Area.path).join(Area, Area.id == Case.village_id)).all()
        owners = session.execute(select(CaseOwner.case_id, CaseOwner.unit_id)).all()
        named = session.execute(select(Named.case_id, Named.unit_id, Named.user_id)).all()
        seen_by: dict[str, int] = {}
        for actor in people(session):
            found = set(session.scalars(visible(select(Case.id), actor)))
            by_scopes = visible_to(select(Case.id), policy.effective_scopes(actor))
            assert set(session.scalars(by_scopes, policy.scope_parameters(actor))) == found, actor.username
            for case, path in rows:
                in_hand = policy.sees(
                    actor,
                    path=path,
                    owned=(case.id, actor.unit_id) in owners,
                    named=any(
                        (case.id == about and actor.unit_id is not None and actor.unit_id == unit)
                        or (case.id == about and actor.user_id is not None and actor.user_id == user)
                        for about, unit, user in named
                    ),
                )
                assert in_hand == (case.id in found), (actor.username, case.number)
                assert in_hand == _finds(session, actor, case.number), (actor.username, case.number)
            seen_by[actor.username] = len(found)
    assert seen_by["system"] == len(rows)
    assert 0 < seen_by["bumen"] < seen_by["both"] < seen_by["xiangzhen"]
    assert 0 < seen_by["subtree"] < seen_by["xiangzhen"]
    assert seen_by["guest"] == seen_by["lost"] == seen_by["guanli"] == 0


def _finds(session: Session, actor: Actor, number: str) -> bool:
    try:
        find_case(session, actor, number)
    except NotFound:
        return False
    return True
