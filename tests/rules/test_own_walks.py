"""Own steps are walked at random among those of the program: every case stays sound."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.configuration.case_rules import CountyRules
from cases.configuration.definitions import adopt
from cases.deadlines import sweep
from cases.intake.read_definition import read_definition
from cases.lifecycle import take_step
from cases.lifecycle.build_values import build_values
from cases.models.case import Case, Complainant
from cases.queries.case_detail import case_view
from cases.verification import verify
from core.errors import DomainError, NotFound
from core.persistence.db import Database
from tests.builders import FOUNDED, USERS, a_case, accept_given_moments, actor_named
from tests.cases.scenes import MORNING, Scene
from tests.rules.test_open_actions import bodies
from tests.rules.test_own_steps import BODY, new_owner

PEOPLE = [row[0] for row in USERS if row[3] not in ("admin", "auditor")]
WALKS, STEPS = 12, 14


def under(town: Database, rules: CountyRules) -> CountyRules:
    definition = read_definition(BODY, "workflow.toml")
    accept_given_moments(town, rules)
    with town.transaction() as session:
        adopt(session, definition, BODY, now=FOUNDED)
    return replace(rules, definition=definition)


def begun(session: Session, rules: CountyRules, reference: str, now: datetime) -> Scene:
    """Register a matter, and another one beside it."""
    first, other = (
        a_case(session, rules, now=now, client_ref=f"{reference}-{index}") for index in ("a", "b")
    )
    person = session.scalars(select(Complainant.id).where(Complainant.case_id == first.id)).one()
    return Scene(first.number, other.number, person)


def offers(session: Session, rules: CountyRules, scene: Scene, action: str) -> list[dict[str, Any]]:
    """Return what could be sent, for an own action what its fields take."""
    if "_to_" not in action:
        return list(bodies(action, scene))
    step, given = rules.definition.steps[action], {"remark": "走一步"}
    if step.hands_to:
        case = session.scalars(select(Case).where(Case.number == scene.number)).one()
        given["to_whom"] = new_owner(session, case, rules.definition.states[step.target].stage)
    return [given]


def one_step(
    session: Session, rules: CountyRules, scene: Scene, choose: random.Random, now: datetime
) -> str | None:
    """Let somebody take one of the actions that are open, if anybody can; give its name."""
    for who in choose.sample(PEOPLE, len(PEOPLE)):
        actor = actor_named(session, who)
        try:
            seen = case_view(session, actor=actor, rules=rules, number=scene.number, now=now)
        except NotFound:
            continue
        case = session.scalars(select(Case).where(Case.number == scene.number)).one()
        scene.state, scene.handling_due_on = case.stage, case.handling_due_on
        opened = [one["name"] for one in seen["actions"] if one["allowed"]]
        own = [name for name in opened if "_to_" in name]
        picked = choose.sample(opened, min(3, len(opened))) + choose.sample(own, min(2, len(own)))
        choose.shuffle(picked)
        for action in picked:
            for body in offers(session, rules, scene, action):
                try:
                    with session.begin_nested():
                        take_step.take_step(
                            session,
                            actor=actor,
                            rules=rules,
                            number=scene.number,
                            action=action,
                            values=build_values(action, body),
                            now=now,
                        )
                    return str(action)
                except DomainError:
                    session.expire_all()
            assert "_to_" not in action, f"{action} is said to be open to {who}, and refused"
    return None


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.proof)])
def test_own_steps_among_those_of_the_program_leave_every_case_sound(
    town: Database, rules: CountyRules, seed: int
) -> None:
    own, choose = under(town, rules), random.Random(seed)
    taken: set[str] = set()
    for walk in range(WALKS):
        now = MORNING + timedelta(minutes=walk)
        with town.transaction() as session:
            scene = begun(session, own, f"walk-{seed}-{walk}", now)
        for _ in range(STEPS):
            now += timedelta(hours=choose.choice((1, 5, 30)))
            with town.transaction() as session:
                action = one_step(session, own, scene, choose, now)
                if action is None:
                    break
                taken.add(action)
        sweep.sweep(town, rules=own, now=now + timedelta(days=choose.choice((0, 2, 9))))
    with town.reading() as session:
        assert [str(one) for one in verify.verify(session, rules=own, now=now + timedelta(days=30))] == []
    assert len([name for name in taken if "_to_" in name]) > 8
