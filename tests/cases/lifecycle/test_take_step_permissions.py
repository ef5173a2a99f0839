"""Every action, in every state, by every kind of person: what the engine allows is exactly what succeeds."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from accounts.access.actor import SYSTEM, Actor
from cases.configuration.case_rules import CountyRules
from cases.lifecycle import take_step
from cases.lifecycle.build_values import build_values
from cases.lifecycle.context import CaseContext, Moment
from cases.lifecycle.guard_facts import build_situation
from cases.lifecycle.loading import load_context
from cases.queries.case_detail import case_view
from core.errors import Conflict, Forbidden, NotFound
from core.persistence.db import Database
from tests.builders import actor_named
from tests.cases.scenes import MORNING, SCENES, Scene, set_scene, values_for
from workflow import machine

PEOPLE = {
    "m": "zuyuan",
    "t": "zuzhang",
    "c": "cunwei-sl",
    "y": "cunwei-yy",
    "x": "xiangzhen",
    "b": "bumen",
    "l": "lingdao",
    "j": "jiandu",
    "g": "guanli",
    "s": "system",
}
#: Who may see a case may write a note about it; auditors only read.
ANYBODY = {"relate": "mtcxl", "note": "mtcxl", "attach": "mtcxl"}
RECEIVED = {
    **ANYBODY,
    "answer": "mt",
    "assign": "tx",
    "escalate": "tx",
    "withdraw": "t",
    "merge": "tx",
    "void": "l",
    "request_reject": "t",
    "reply": "mt",
    "attempt": "mt",
    "join": "mtc",
    "amend": "mt",
    "reissue_receipt": "mt",
    "reveal": "mt",
}
ASSIGNED = {
    **ANYBODY,
    "return": "c",
    "escalate": "c",
    "raise": "s",
    "resolve": "c",
    "withdraw": "t",
    "merge": "tx",
    "accept": "c",
    "reassign": "txl",
    "request_extension": "c",
    "extend": "xl",
    "suspend": "xl",
    "request_suspend": "c",
    "reply": "mtc",
    "attempt": "mtc",
    "join": "mtc",
    "amend": "mt",
    "reissue_receipt": "mt",
    "reveal": "mtc",
}
RESOLVED = {
    **ANYBODY,
    "confirm": "mtx",
    "reopen": "mtxl",
    "reply": "mt",
    "attempt": "mt",
    "amend": "mt",
    "reissue_receipt": "mt",
    "reveal": "mt",
}
DONE = {**ANYBODY, "reopen": "mtxl", "reissue_receipt": "mt", "reveal": "mt"}


def but(table: dict[str, str], *gone: str, **changed: str) -> dict[str, str]:
    """Return a table without some actions and with others changed."""
    return {name: who for name, who in {**table, **changed}.items() if name not in gone}


#: Written from domain.md section 2, not from the definition: who may take which action in which scene.
TABLE = {
    "received": RECEIVED,
    "reject asked for": but(RECEIVED, "request_reject", reject="l", refuse_reject="l"),
    "assigned": ASSIGNED,
    "accepted": but(ASSIGNED, "accept"),
    "extension asked for": but(ASSIGNED, "request_extension", refuse_extension="xl"),
    "suspended": but(ASSIGNED, "suspend", "request_suspend", "request_extension", "extend", resume="xls"),
    "suspension asked for": but(ASSIGNED, "request_suspend", refuse_suspend="xl"),
    "escalated": but(
        ASSIGNED,
        "return",
        "merge",
        "accept",
        escalate="x",
        send_down="x",
        resolve="x",
        request_extension="x",
        request_suspend="x",
        reply="mtx",
        attempt="mtx",
        reveal="mtx",
    ),
    "resolved": RESOLVED,
    "explained twice": but(RESOLVED, close_reviewed="l"),
    "closed": DONE,
    "rejected": DONE,
    "withdrawn": DONE,
    "merged": {**ANYBODY, "unmerge": "l"},
    "void": ANYBODY,
}


def person(session: Session, name: str) -> Actor:
    return SYSTEM if name == "system" else actor_named(session, name)


def in_hand(session: Session, rules: CountyRules, actor: Actor, scene: Scene) -> CaseContext | None:
    """Return the case as this person holds it, or None for one that the person may not see."""
    moment = Moment.at(MORNING, rules.zone)
    try:
        return load_context(session, actor=actor, rules=rules, number=scene.number, moment=moment)
    except NotFound:
        return None


def done_for_real(session: Session, rules: CountyRules, actor: Actor, scene: Scene, action: str) -> None:
    """Take the action as any door does, hold what it answers with to what is then read, and take it back."""
    attempt = session.begin_nested()
    try:
        now = MORNING
        work = take_step.load_for_action(session, actor=actor, rules=rules, number=scene.number, now=now)
        result = take_step.apply_action(work, action, build_values(action, values_for(action, scene)))
        session.flush()
        if actor is not SYSTEM:
            seen: dict[str, Any] = {"actor": actor, "rules": rules, "number": scene.number, "now": now}
            answered = case_view(session, **seen, context=result.context)
            session.expire_all()
            assert answered == case_view(session, **seen), (action, actor.username)
    finally:
        attempt.rollback()
        session.expire_all()


def refusal_of(work: CaseContext, action: str, scene: Scene) -> object:
    """Return how the service refuses an action on a case that is in hand."""
    with pytest.raises((Forbidden, Conflict)) as refused:
        take_step.apply_action(work, action, build_values(action, values_for(action, scene)))
    status = "forbidden" if isinstance(refused.value, Forbidden) else "closed"
    return (status, tuple(refused.value.facts["reasons"]))


@pytest.mark.parametrize("name", SCENES)
def test_what_the_engine_allows_is_exactly_what_succeeds(
    town: Database, rules: CountyRules, name: str
) -> None:
    allowed: dict[str, str] = {}
    with town.transaction() as session:
        scene = set_scene(session, rules, name)
        actions = [name for name in (*rules.definition.steps, *rules.definition.acts) if name != "register"]
        for letter, who in PEOPLE.items():
            actor = person(session, who)
            work = in_hand(session, rules, actor, scene)
            if work is None:
                assert letter in "ybg", f"{who} is of this place and sees the case"
                with pytest.raises(NotFound):
                    done_for_real(session, rules, actor, scene, "note")
                continue
            said = {
                opening.name: opening
                for opening in machine.available_actions(work.definition, build_situation(work))
            }
            assert set(said) == set(actions)
            for action in actions:
                if not said[action].allowed:
                    told = (said[action].status, tuple(said[action].reasons))
                    assert refusal_of(work, action, scene) == told, (action, who)
            for action in actions:
                if said[action].allowed:
                    done_for_real(session, rules, actor, scene, action)
                    allowed[action] = allowed.get(action, "") + letter
    assert allowed == TABLE[name]
