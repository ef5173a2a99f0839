"""No chain of escalating, sending down, returning and assigning wins time that the rules do not grant."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, note, settings
from hypothesis import strategies as st
from sqlalchemy import select

from accounts.models import Unit
from cases.configuration.case_rules import CountyRules
from cases.lifecycle import take_step
from cases.lifecycle.build_values import build_values
from cases.models.case import Case, Clock, Round
from core.errors import DomainError
from core.persistence.db import Database
from tests import builders
from tests.builders import UNITS, ZONE, actor_named, at
from workflow import working_days

#: Who acts for a unit, and what each action takes besides the unit.
AT_WORK = {
    "team": "zuzhang",
    "committee-SL": "cunwei-sl",
    "township-MA": "xiangzhen",
    "county-water": "bumen",
    "leading-group": "lingdao",
}
VALUES: dict[str, dict[str, Any]] = {
    "assign": {},
    "reassign": {"reason": "换一个单位办"},
    "return": {"reason": "不归我们管"},
    "send_down": {"reason": "可以在村里办"},
    "escalate": {"reason": "村里办不了"},
}
CODES = [code for code, *_ in UNITS]
#: The action, the unit that is tried first, and the days that pass before it.
MOVES = st.lists(
    st.tuples(
        st.sampled_from(sorted(VALUES)), st.integers(0, len(CODES) - 1), st.sampled_from((0, 0, 0, 1, 3, 20))
    ),
    min_size=4,
    max_size=14,
)
#: A chain in which each action succeeds, so that none is left out by chance.
EVERY_MOVE = [
    ("assign", 5, 0),
    ("return", 4, 1),
    ("assign", 5, 0),
    ("reassign", 2, 3),
    ("escalate", 3, 0),
    ("send_down", 5, 20),
]
#: Told before the fields are looked at: another unit would be refused as well.
WHATEVER_UNIT = {"action_not_open", "forbidden"}
CALENDAR = working_days.seed().calendar()


@dataclass
class Handled:
    """A case that is passed around, and the latest handling date that domain.md section 3 grants it."""

    town: Database
    rules: CountyRules
    case: Case
    now: datetime = field(default_factory=lambda: at("2026-03-02", 11))
    granted: date | None = None
    levels: set[str] = field(default_factory=set)
    #: Day of the last escalation, and the date that ran before it.
    below: tuple[date, date | None] | None = None

    @property
    def today(self) -> date:
        return self.now.astimezone(ZONE).date()

    def due_on(self) -> date | None:
        with self.town.reading() as session:
            clock = session.get(Clock, (self.case.id, "handling"))
            return clock.due_on if clock is not None else None

    def attempt(self, action: str, first: int) -> str | None:
        """Let whoever may take the action do so; give the unit it named, None when it is not open."""
        with self.town.reading() as session:
            owner = session.scalars(
                select(Unit.code).join(Case, Case.owner_id == Unit.id).where(Case.id == self.case.id)
            ).one()
            binding = session.get_one(Round, (self.case.id, 1)).returns >= 2
        who = "zuzhang" if action in ("assign", "reassign") else AT_WORK.get(owner)
        if action == "assign" and binding:
            who = "xiangzhen"
        if who is None:
            return None
        for unit in (*CODES[first:], *CODES[:first]):
            values = {**VALUES[action], "unit": unit}
            if action == "assign":
                values["binding"] = binding
            if action == "escalate":
                values["report"] = {"number": "1 号", "addressee": unit, "sent_on": self.today}
            try:
                self._take(who, action, values)
            except DomainError as refused:
                if refused.code in WHATEVER_UNIT:
                    return None
            else:
                return unit
        return None

    def _take(self, who: str, action: str, values: dict[str, Any]) -> None:
        with self.town.transaction() as session:
            take_step.take_step(
                session,
                actor=actor_named(session, who),
                rules=self.rules,
                number=self.case.number,
                action=action,
                values=build_values(action, values),
                now=self.now,
            )

    def follow(self, action: str, unit: str) -> None:
        """Grant what the rule grants: the first assignment begins to count, each level adds time once."""
        urgent = self.case.urgency == "urgent"
        if action == "escalate" and unit not in self.levels:
            self.levels.add(unit)
            level = CALENDAR.add(self.today, 5) if urgent else self._calendar_days(60)
            self.granted = max(self.granted or level, level)
        elif self.granted is None:
            self.granted = self._calendar_days(3) if urgent else CALENDAR.add(self.today, 15)

    def sent_down(self, before: date) -> date:
        """Return the date that sending down leads to by domain.md section 2."""
        assert self.below is not None
        escalated_on, earlier = self.below
        if earlier is None and self.case.urgency == "urgent":
            back = escalated_on + timedelta(days=3)
        elif earlier is None:
            back = CALENDAR.add(escalated_on, 15)
        else:
            back = CALENDAR.add(earlier, CALENDAR.between(escalated_on, self.today))
        return min(before, max(back, CALENDAR.add(self.today, 5)))

    def _calendar_days(self, number: int) -> date:
        end = self.today + timedelta(days=number)
        return end if self.case.urgency == "urgent" else CALENDAR.next_working(end)


@pytest.mark.parametrize("urgency", ["normal", "urgent"])
def test_no_chain_moves_the_handling_deadline_later_than_is_granted(
    town: Database, rules: CountyRules, urgency: str
) -> None:
    done: Counter[str] = Counter()

    @settings(max_examples=25)
    @given(MOVES)
    @example(EVERY_MOVE)
    def passed_around(moves: list[tuple[str, int, int]]) -> None:
        with town.transaction() as session:
            case = builders.a_case(session, rules, category="village_org", urgency=urgency)
        handled = Handled(town, rules, case)
        for action, first, days in moves:
            handled.now += timedelta(days=days, minutes=1)
            before = handled.due_on()
            unit = handled.attempt(action, first)
            if unit is None:
                continue
            done[action] += 1
            handled.follow(action, unit)
            after = handled.due_on()
            note(f"{handled.today} {action} {unit}: {before} -> {after}")
            assert after is not None
            assert handled.granted is not None
            assert after <= handled.granted, "later than was granted"
            if action == "escalate":
                handled.below = (handled.today, before)
            elif action == "send_down":
                assert before is not None
                assert after == handled.sent_down(before)
            elif before is not None:
                assert after == before, f"{action} moved the deadline"

    passed_around()
    assert set(done) == set(VALUES), "an action was never possible"
