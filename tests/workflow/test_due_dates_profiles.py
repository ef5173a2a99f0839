"""Whatever moved a date, in whatever order: a corrected matter has the date its facts give, and none later.

The dates are counted a second time by the plain account of `tests.model.handling`, which knows no moves.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model.handling import Fact, count
from tests.model.profiles import LENGTH, MORE_TIME
from workflow import due_dates, explanation, working_days

CALENDAR = working_days.seed().calendar()
PROFILES = tuple(LENGTH)
KINDS = ("extension", "pause", "escalation", "again", "raise", "down", "profile", "profile", "profile")
STEPS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 20), st.integers(1, 30), st.sampled_from(PROFILES)),
    min_size=1,
    max_size=8,
)
LEVEL = {True: (5, "wd"), False: (60, "cd")}
FIVE = {"days": 5, "unit": "wd"}


@dataclass
class History:
    """One history of a handling date, told twice: as basis and moves, and as plain facts."""

    day: date
    profile: str
    by_level: bool
    basis: dict[str, Any] = field(default_factory=dict)
    moves: list[dict[str, Any]] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    up: str = ""

    def __post_init__(self) -> None:
        self.basis = self._basis(self.day)
        self.facts = [self._counted_by("start", self.day)]

    @property
    def urgent(self) -> bool:
        return self.profile == "urgent"

    @property
    def due_on(self) -> date:
        return due_dates.replay(self.basis, self.moves, CALENDAR)

    def _basis(self, start: date, *, own: bool = False) -> dict[str, Any]:
        days, unit = LEVEL[self.urgent] if self.by_level and not own else LENGTH[self.profile]
        code = None if self.by_level and not self.moves else self.profile
        basis = {"start": start.isoformat(), "days": days, "unit": unit, "profile": code}
        return {**basis, "exact": True} if self.urgent and unit == "cd" else basis

    def _counted_by(self, kind: str, since: date) -> Fact:
        own, level = LENGTH[self.profile], LEVEL[self.urgent]
        length = level if self.by_level else own
        given: dict[str, Any] = {"own": own if self.by_level else None, "level": level}
        given["cap"] = MORE_TIME.get(self.profile)
        return Fact(kind, self.day, length=length, exact=self.urgent, since=since, **given)

    def _add(self, fact: Fact, **move: Any) -> None:
        self.moves.append({**move, "on": self.day.isoformat()})
        self.facts.append(fact)

    def take(self, kind: str, number: int, profile: str) -> None:
        if kind == "extension":
            to = CALENDAR.add(self.due_on, number)
            self._add(Fact(kind, self.day, until=to), why=kind, to=to.isoformat())
        elif kind == "pause":
            until = self.day + timedelta(days=number)
            self._add(Fact(kind, self.day, until=until), why="suspension", until=until.isoformat())
        elif kind in ("escalation", "again", "raise"):
            self._go_up(kind)
        elif kind == "down":
            self._go_down()
        elif profile != self.profile:
            self._correct(profile)

    def _go_up(self, kind: str) -> None:
        why = "raise" if kind == "raise" else "escalation"
        length = (5, "wd") if kind == "raise" else LEVEL[self.urgent]
        again = {"again": True} if kind == "again" else {}
        fact = Fact(why, self.day, length=None if again else length)
        grant = {"start": self.day.isoformat(), "days": length[0], "unit": length[1]}
        self._add(fact, why=why, **grant, **again)
        self.up = why

    def _go_down(self) -> None:
        """Send it down: nothing moves after a raise, and nothing can be sent down that is not above."""
        if self.up == "raise" or not (self.up or self.by_level):
            return
        move: dict[str, Any] = {"why": "send_down", **FIVE}
        if not self.up:
            start = date.fromisoformat(self.basis["start"])
            move["basis"] = self._basis(start, own=True)
        self._add(Fact("down", self.day), **move)

    def _correct(self, profile: str) -> None:
        self.profile = profile
        start = self.facts[0].since
        for since in (start, self.day):
            moves, facts = list(self.moves), list(self.facts)
            cap = MORE_TIME.get(profile)
            level = LEVEL[self.urgent]
            basis = {**self._basis(since), "profile": profile}
            self._add(
                self._counted_by("profile", since),
                why="profile",
                profile=profile,
                basis=basis,
                profile_basis={**self._basis(since, own=True), "profile": profile},
                extension={"days": cap[0], "unit": cap[1]} if cap else None,
                escalation={"days": level[0], "unit": level[1]},
            )
            if self.due_on >= self.day or since == self.day:
                return
            self.moves, self.facts = moves, facts


def tell(steps: list[tuple[str, int, int, str]], profile: str, *, by_level: bool) -> None:
    history = History(date(2026, 3, 2), profile, by_level)
    for kind, days, number, other in steps:
        history.day += timedelta(days=days)
        before = history.due_on
        history.take(kind, number, other)
        after = history.due_on
        assert after == count(history.facts, CALENDAR.is_working).due
        if kind in ("profile", "down"):
            assert after <= before, "it became later"
        if kind == "profile":
            told = explanation.explain(history.basis, history.moves, CALENDAR, "zh")
            assert f"「{history.profile}」" in told or history.by_level


@given(STEPS, st.sampled_from(PROFILES), st.booleans())
def test_a_date_is_what_its_facts_give_in_every_order(
    steps: list[tuple[str, int, int, str]], profile: str, by_level: bool
) -> None:
    tell(steps, profile, by_level=by_level)


def test_a_profile_that_only_names_its_own_date_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def planted(self: Any, move: Any) -> None:
        self.present = due_dates.due(move["basis"], CALENDAR)

    monkeypatch.setitem(due_dates.MOVES, "profile", planted)
    steps = [("pause", 1, 10, "village"), ("profile", 1, 1, "consultation")]
    with pytest.raises(AssertionError):
        tell(steps, "village", by_level=False)
