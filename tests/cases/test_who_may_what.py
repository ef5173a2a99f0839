"""Every action, in every state, by every kind of person: what the engine allows is exactly what succeeds."""

import json
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from accounts.actor import SYSTEM, Actor
from cases import progress
from cases.rules import Rules
from cases.work import Moment, open_work, situation
from core.db import Database
from core.errors import Conflict, Forbidden, NotFound
from tests.builders import actor_named
from tests.cases.scenes import MORNING, SCENES, Scene, set_scene, values_for
from workflow import machine

PEOPLE = (
    "zuyuan",
    "zuzhang",
    "cunwei-sl",
    "cunwei-yy",
    "xiangzhen",
    "bumen",
    "lingdao",
    "jiandu",
    "guanli",
    "system",
)
TABLE = Path(__file__).parent / "who_may_what.json"
UNSEEN = ("not_found", ())


def person(session: Session, name: str) -> Actor:
    return SYSTEM if name == "system" else actor_named(session, name)


def said_by_the_engine(session: Session, rules: Rules, actor: Actor, scene: Scene, action: str) -> object:
    moment = Moment(MORNING, MORNING, MORNING, MORNING, MORNING.astimezone(rules.zone).date())
    try:
        work = open_work(session, actor=actor, rules=rules, number=scene.number, moment=moment)
    except NotFound:
        return UNSEEN
    opening = machine.opening(work.definition, situation(work), action)
    return (opening.status, tuple(opening.reasons))


def done_by_the_service(session: Session, rules: Rules, actor: Actor, scene: Scene, action: str) -> object:
    """Try the action for real and take it back."""
    attempt = session.begin_nested()
    try:
        progress.take_step(
            session,
            actor=actor,
            rules=rules,
            number=scene.number,
            action=action,
            values=values_for(action, scene),
            now=MORNING,
        )
        session.flush()
        return ("allowed", ())
    except NotFound:
        return UNSEEN
    except Forbidden as refusal:
        return ("forbidden", tuple(refusal.facts["reasons"]))
    except Conflict as refusal:
        return ("closed", tuple(refusal.facts["reasons"]))
    finally:
        attempt.rollback()
        session.expire_all()


@pytest.mark.parametrize("name", SCENES)
def test_what_the_engine_allows_is_exactly_what_succeeds(town: Database, rules: Rules, name: str) -> None:
    expected = json.loads(TABLE.read_text(encoding="utf-8"))[name]
    allowed: dict[str, list[str]] = {}
    with town.transaction() as session:
        scene = set_scene(session, rules, name)
        for action in [*rules.definition.steps, *rules.definition.acts]:
            if action == "register":
                continue
            for who in PEOPLE:
                actor = person(session, who)
                said = said_by_the_engine(session, rules, actor, scene, action)
                done = done_by_the_service(session, rules, actor, scene, action)
                assert said == done, (name, action, who)
                if done == ("allowed", ()):
                    allowed.setdefault(action, []).append(who)
    assert allowed == expected
