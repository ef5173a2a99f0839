"""What is said to be open to somebody can be done: not every body that could be sent is refused.

Walked are all actions for all people, in one state after the other, over matters of every kind that narrows
what may be sent: of people who may not be known, about units and people who are named. A form that stands on
a page and whose every body is refused is a promise that is not kept; its reason belongs into `actions`.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from cases.configuration.case_rules import CountyRules
from cases.lifecycle import take_step
from cases.lifecycle.action_values import ComplainantEntry
from cases.lifecycle.build_values import build_values
from cases.queries.case_detail import case_view
from core.errors import DomainError, NotFound
from core.persistence.db import Database
from tests.builders import UNITS, USERS, actor_named
from tests.cases.scenes import MORNING, Scene, set_scene, values_for
from workflow import guards

OPEN_NAME = ("老支书家",)
HIDDEN = ComplainantEntry(name="田某", phone="13800002046", confidential=True)
#: What a matter may be that narrows what can be sent.
KINDS: Mapping[str, dict[str, Any]] = {
    "usual": {},
    "confidential": {"complainants": (HIDDEN,)},
    "anonymous": {"complainants": (ComplainantEntry(),)},
    "about another committee": {"named_units": ("committee-YY",)},
    "about a department": {"named_units": ("county-water",)},
    "about one of a department": {"named_users": ("bumen",)},
    "about the leader": {"named_users": ("lingdao",)},
    "about the township": {"named_units": ("township-MA",)},
    "about the team leader": {"named_users": ("zuzhang",)},
    "about the committee": {"named_units": ("committee-SL",)},
    "about every unit that could have it": {"named_units": ("committee-SL", "county-water", "township-MA")},
    "with a name that is not settled": {"named_units": OPEN_NAME},
}
#: The states in which a matter can be handed on, told, shown or ended, and a request that waits.
WALKED = ("received", "reject asked for", "assigned", "escalated", "resolved", "merged")
PEOPLE = [row[0] for row in USERS if row[3] != "admin"]
CODES = [row[0] for row in UNITS]
#: What moves to another unit, so that each of them is tried.
TO_A_UNIT = frozenset({"assign", "reassign", "return", "escalate"})
#: What nobody but the program does, and what rests on a week of attempts.
NOT_WALKED = frozenset({"unreachable"})


def bodies(action: str, scene: Scene) -> Iterator[dict[str, Any]]:
    """Yield what could be sent, the usual first, until one of them is taken."""
    usual = values_for(action, scene)
    yield usual
    if action in TO_A_UNIT:
        yield from ({**usual, "unit": code} for code in CODES)
        yield from ({**usual, "unit": code, "binding": True} for code in CODES if action == "assign")
    if action == "assign":  # and says in the same breath that the open name means nobody here
        yield {**usual, "named_units": OPEN_NAME}
    if action == "withdraw":
        yield {**usual, "recorded_by": "zuzhang"}
    if action == "confirm":
        yield {**usual, "rating": "fair"}
    if action in ("extend", "request_extension") and scene.handling_due_on is not None:
        yield from ({**usual, "due_on": scene.handling_due_on + timedelta(days=days)} for days in range(2, 9))


def is_taken(session: Session, rules: CountyRules, who: str, scene: Scene, action: str) -> bool:
    """Return whether the service takes one of the bodies; nothing of it stays."""
    for body in bodies(action, scene):
        attempt = session.begin_nested()
        try:
            take_step.take_step(
                session,
                actor=actor_named(session, who),
                rules=rules,
                number=scene.number,
                action=action,
                values=build_values(action, body),
                now=MORNING,
            )
            session.flush()
        except DomainError:
            continue
        finally:
            attempt.rollback()
            session.expire_all()
        return True
    return False


def promises_not_kept(session: Session, rules: CountyRules, scene: Scene) -> list[str]:
    """Name who is told that an action is open and finds every body of it refused."""
    found = []
    for who in PEOPLE:
        actor = actor_named(session, who)
        try:
            seen = case_view(session, actor=actor, rules=rules, number=scene.number, now=MORNING)
        except NotFound:
            continue
        session.expire_all()
        found += [
            f"{opening['name']}: {who}"
            for opening in seen["actions"]
            if opening["allowed"]
            and opening["name"] not in NOT_WALKED
            and not is_taken(session, rules, who, scene, opening["name"])
        ]
    return found


def walk(town: Database, rules: CountyRules, about: Mapping[str, Any]) -> list[str]:
    """Walk the scenes that a matter of a kind can come to."""
    found = []
    for name in WALKED:
        with town.transaction() as session:
            attempt = session.begin_nested()
            try:
                scene = set_scene(session, rules, name, **about)
            except DomainError:
                attempt.rollback()  # a matter of this kind never comes there by these people
                continue
            found += [f"{name}: {one}" for one in promises_not_kept(session, rules, scene)]
            attempt.rollback()
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_is_said_to_be_open_can_be_done(town: Database, rules: CountyRules, kind: str) -> None:
    assert walk(town, rules, KINDS[kind]) == []


def test_the_walk_finds_a_refusal_that_is_told_only_after_sending(
    town: Database, rules: CountyRules, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: nobody asks before whether there is a number that one may know."""
    monkeypatch.setitem(guards.GUARDS, "number_to_show", lambda case: None)
    assert "assigned: reveal: cunwei-sl" in walk(town, rules, KINDS["confidential"])
