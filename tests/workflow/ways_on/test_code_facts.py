"""What is written of the code of actions is so: each act that is named is done, and seen before and after."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from cases.configuration.case_rules import CountyRules
from cases.lifecycle import take_step
from cases.lifecycle.build_values import build_values
from cases.lifecycle.context import Moment
from cases.lifecycle.guard_facts import build_situation
from cases.lifecycle.loading import load_context
from core.persistence.db import Database
from tests.builders import ZONE, actor_named
from tests.cases.scenes import MORNING, Scene, set_scene, values_for
from workflow.situation import Situation
from workflow.ways_on.code_facts import CHANGED_BY, HANDS_OVER, HOLDS, HOLDS_IN, OPENS, RESTS_ON_CHANCE
from workflow.ways_on.guard_reading import fields_read

NAME = "老支书家"
#: In which scene each act is done, and by whom; where a name has to be settled it is registered with one.
DONE: Mapping[str, tuple[str, str]] = {
    "accept": ("assigned", "cunwei-sl"),
    "request_extension": ("assigned", "cunwei-sl"),
    "extend": ("extension asked for", "xiangzhen"),
    "refuse_extension": ("extension asked for", "xiangzhen"),
    "request_reject": ("received", "zuzhang"),
    "refuse_reject": ("reject asked for", "lingdao"),
    "suspend": ("suspension asked for", "xiangzhen"),
    "request_suspend": ("assigned", "cunwei-sl"),
    "refuse_suspend": ("suspension asked for", "xiangzhen"),
    "resume": ("suspended", "xiangzhen"),
    "reply": ("received", "zuyuan"),
    "attempt": ("received", "zuyuan"),
    "unreachable": ("received", "zuzhang"),
    "amend": ("received", "zuzhang"),
}
#: What is handed in where it is not the usual, each time a later day.
BODIES: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "reply": ({"final": True},),
    "attempt": ({"mode": "phone"}, {"mode": "day_home"}, {"mode": "phone"}),
    "amend": ({"field": "named_units", "value": NAME},),
}
DAYS_BETWEEN = 5


def summed_up(session: Session, rules: CountyRules, number: str, days: int) -> Situation:
    """Return the case as the engine sees it, for the team leader, so many days on."""
    moment = Moment.at(MORNING + timedelta(days=days), ZONE)
    context = load_context(
        session, actor=actor_named(session, "zuzhang"), rules=rules, number=number, moment=moment
    )
    return build_situation(context)


def do(session: Session, rules: CountyRules, scene: Scene, action: str) -> int:
    """Do an act as often as it takes, and return the day of the last time."""
    days = 0
    for time, body in enumerate(BODIES.get(action, ({},))):
        days = DAYS_BETWEEN * time
        take_step.take_step(
            session,
            actor=actor_named(session, DONE[action][1]),
            rules=rules,
            number=scene.number,
            action=action,
            values=build_values(action, {**values_for(action, scene), **body}),
            now=MORNING + timedelta(days=days),
        )
    return days


def test_every_act_that_opens_something_is_done_here() -> None:
    assert set(DONE) == set(OPENS)


@pytest.mark.parametrize("action", OPENS)
def test_an_act_makes_so_what_is_written_of_it(town: Database, rules: CountyRules, action: str) -> None:
    with town.transaction() as session:
        named = {"named_units": (NAME,)} if action == "amend" else {}
        scene = set_scene(session, rules, DONE[action][0], **named)
        if action == "unreachable":
            do(session, rules, scene, "attempt")
        before = summed_up(session, rules, scene.number, 0)
        after = summed_up(session, rules, scene.number, do(session, rules, scene, action))
    changed = {field for field in OPENS[action] if getattr(before, field) != getattr(after, field)}
    assert changed
    for field, value in OPENS[action].items():
        if field == "unvisited":  # that is what it stands for once the matter is answered
            continue
        wanted = value(getattr(before, field)) if callable(value) else value
        assert getattr(after, field) == wanted, field


def test_the_tables_name_fields_and_actions_that_there_are(rules: CountyRules) -> None:
    actions = rules.definition.steps.keys() | rules.definition.acts.keys()
    named = {*OPENS, *HANDS_OVER, *RESTS_ON_CHANCE}.union(*CHANGED_BY.values())
    assert named - actions == set()
    fields = {*CHANGED_BY, *HOLDS, *HOLDS_IN}.union(*(changes.keys() for changes in OPENS.values()))
    assert fields - set(Situation._fields) == set()
    assert all(name in fields_read(holds) for name, holds in HOLDS.items())
