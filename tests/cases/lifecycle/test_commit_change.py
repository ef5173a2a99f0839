"""What a definition lets a step do to a clock is done, and without the word it is not.

That sending down takes back what was granted only where the clock moves, test_escalation_send_down.py shows.
"""

import re
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.access.actor import SYSTEM
from cases.configuration.case_rules import CountyRules
from cases.configuration.definitions import adopt
from cases.intake.read_definition import read_definition
from cases.lifecycle import take_step
from cases.lifecycle.build_values import build_values
from cases.models.case import Case, Clock
from core.persistence.db import Database
from tests.builders import CONFIG, FOUNDED, a_case, actor_named, at, fields_of

#: Each word that a step may be without: who takes the step, from which state, what it does to the clock.
WORDS = {
    ("assign", "accept"): ("zuzhang", "received", True),
    ("escalate", "accept"): ("cunwei-sl", "assigned", False),
    ("raise", "accept"): ("", "assigned", False),
    ("unmerge", "handling"): ("lingdao", "merged", True),
}
#: What a step takes beside what the builders fill in.
MORE: dict[str, dict[str, Any]] = {
    "unmerge": {"reason": "不是一件事"},
    "raise": {"clock": "handling", "cycle": 1},
}


def without_the_word(session: Session, rules: CountyRules, action: str, clock: str) -> CountyRules:
    """Let new cases run under a life cycle whose step says nothing of a clock."""
    text = (CONFIG / "workflow.toml").read_text(encoding="utf-8")
    head, step, rest = re.split(rf"(?m)(^\[steps\.{action}\]$)", text)
    rest = re.sub(rf'(, )?{clock} = "\w+"', "", rest, count=1).replace("{ ,", "{", 1)
    body = re.sub(r"(?m)^version = \d+$", "version = 900", head + step + rest)
    definition = read_definition(body, "workflow.toml")
    assert clock not in definition.steps[action].clocks
    adopt(session, definition, body, now=FOUNDED)
    return replace(rules, definition=definition)


def take(session: Session, rules: CountyRules, who: str, case: Case, action: str, **more: Any) -> None:
    given = fields_of(session, case, action) if action in ("assign", "escalate") else {}
    take_step.take_step(
        session,
        actor=actor_named(session, who) if who else SYSTEM,
        rules=rules,
        number=case.number,
        action=action,
        values=build_values(action, {**given, **more}),
        now=at("2026-03-04"),
    )


def runs_afterwards(session: Session, rules: CountyRules, action: str, clock: str) -> bool:
    """Take a step on a new case and return whether a clock runs after it."""
    who, state, _ = WORDS[action, clock]
    case = a_case(session, rules, "received")
    if state != "received":  # and not accepted yet
        take(session, rules, "zuzhang", case, "assign")
    if state == "merged":
        into = a_case(session, rules, "received")
        take(session, rules, "zuzhang", case, "merge", into=into.number, reason="同一条渠")
    take(session, rules, who, case, action, **MORE.get(action, {}))
    statement = select(Clock.running).where(Clock.case_id == case.id, Clock.clock == clock)
    return bool(session.scalars(statement).one_or_none())


@pytest.mark.parametrize(("action", "clock"), WORDS)
def test_a_word_for_a_clock_decides(town: Database, rules: CountyRules, action: str, clock: str) -> None:
    _, _, running = WORDS[action, clock]
    with town.transaction() as session:
        silent = without_the_word(session, rules, action, clock)
        assert runs_afterwards(session, rules, action, clock) is running
        assert runs_afterwards(session, silent, action, clock) is not running
