"""When a clock is looked at next, and what the answers of complainants do to round, case and reply clock."""

from datetime import date, datetime
from typing import Any

import pytest

from cases.configuration.case_rules import CountyRules
from cases.lifecycle import clocks
from cases.models.case import Complainant
from tests.builders import at
from tests.cases.lifecycle.changes import TODAY, a_change, a_clock

NOW = date(2026, 3, 9)
DUE = date(2026, 3, 23)
REMINDER, URGING = date(2026, 3, 19), date(2026, 3, 24)


def somebody(**columns: Any) -> Complainant:
    """Return a complainant who waits for nothing yet."""
    waits = {"reply_due_on": None, "reply_basis": None, "answered_round": None, "answered_at": None}
    return Complainant(**{**waits, **columns})


@pytest.mark.parametrize(
    ("columns", "imported", "looked_at"),
    [
        ({}, False, REMINDER),
        ({}, True, None),
        ({"running": False}, False, None),
        ({"resume_on": date(2026, 3, 12)}, False, date(2026, 3, 12)),
        ({"cycle_on": date(2026, 3, 19)}, False, URGING),
    ],
    ids=["runs", "imported", "stands", "goes on by itself", "too short to remind"],
)
def test_a_clock_is_looked_at_on_the_day_of_its_first_rung(
    project_rules: CountyRules, columns: dict[str, Any], imported: bool, looked_at: date | None
) -> None:
    clock = a_clock(next_check_on=DUE, **columns)
    change = a_change(project_rules, clock, imported=imported)
    clocks.schedule_next_check(change, clock)
    assert clock.next_check_on == looked_at


@pytest.mark.parametrize(
    ("done", "looked_at"),
    [
        (set(), REMINDER),
        ({"remind"}, URGING),
        ({"remind", "urge", "supervise", "publish", "raise"}, None),
    ],
)
def test_a_rung_that_has_fired_is_waited_for_no_more(
    project_rules: CountyRules, done: set[str], looked_at: date | None
) -> None:
    change = a_change(project_rules, a_clock())
    assert clocks.next_check(change.before, a_clock(), done=frozenset(done)) == looked_at


@pytest.mark.parametrize(
    ("urgency", "today", "done", "fired", "next_on"),
    [
        ("normal", date(2026, 3, 18), (), None, REMINDER),
        ("normal", REMINDER, (), "remind", URGING),
        ("normal", URGING, ("remind",), "urge", date(2026, 3, 26)),
        ("normal", date(2026, 3, 26), ("remind", "urge"), "supervise", date(2026, 4, 2)),
    ],
)
def test_the_rung_of_a_day_fires(
    project_rules: CountyRules,
    urgency: str,
    today: date,
    done: tuple[str, ...],
    fired: str | None,
    next_on: date,
) -> None:
    context = a_change(project_rules, case={"urgency": urgency}).before
    found = clocks.plan(context, a_clock(), today=today, done=frozenset(done))
    assert (found.fire, found.next_on) == (fired, next_on)


@pytest.mark.parametrize(
    ("urgency", "day"), [("normal", date(2026, 3, 23)), ("urgent", date(2026, 3, 21))], ids=str
)
def test_an_urgent_matter_is_urged_on_a_saturday(project_rules: CountyRules, urgency: str, day: date) -> None:
    change = a_change(project_rules, case={"urgency": urgency})
    clock = a_clock(due_on=date(2026, 3, 20))
    assert clocks.next_check(change.before, clock, done=frozenset({"remind"})) == day


FIRST, LAST = at("2026-03-05"), at("2026-03-06")


@pytest.mark.parametrize(
    ("answers", "answered_on", "answered_at"),
    [
        ([(1, FIRST)], NOW, FIRST),
        ([(1, LAST), (1, FIRST)], NOW, LAST),
        ([(1, LAST), (None, None)], None, None),
        ([(1, FIRST), (0, LAST)], None, LAST),
        ([], None, None),
    ],
    ids=["the only one", "both", "one waits", "one was answered in another round", "nobody is left"],
)
@pytest.mark.parametrize("before", [None, date(2026, 3, 6)])
def test_a_round_is_answered_with_its_last_complainant(
    project_rules: CountyRules,
    answers: list[tuple[int | None, datetime | None]],
    answered_on: date | None,
    answered_at: datetime | None,
    before: date | None,
) -> None:
    people = [somebody(answered_round=number, answered_at=moment) for number, moment in answers]
    this_round = {"answered_on": before}
    change = a_change(
        project_rules, complainants=people, this_round=this_round, case={"answered_at": at("2026-03-01")}
    )
    clocks.update_answers(change)
    assert change.round.answered_on == (before or answered_on if answered_on else None)
    assert change.case.answered_at == answered_at


@pytest.mark.parametrize(("today", "late"), [("2026-03-23", False), ("2026-03-24", True)])
def test_the_last_reply_is_late_from_the_day_after_the_handling_date(
    project_rules: CountyRules, today: str, late: bool
) -> None:
    answered = somebody(answered_round=1, answered_at=at(today))
    change = a_change(project_rules, a_clock(), today=today, complainants=[answered])
    clocks.update_answers(change)
    assert change.round.late is late
    assert change.round.answered_on == date.fromisoformat(today)


WEEK = {"start": TODAY, "days": 7, "unit": "cd", "profile": None}  # due 2026-03-16
MONTH = {"start": TODAY, "days": 30, "unit": "cd", "profile": None}  # due 2026-04-08
EIGHT_DAYS = {**WEEK, "start": "2026-03-08", "days": 8}  # the same day
WEEK_ON, MONTH_ON = date(2026, 3, 16), date(2026, 4, 8)
IN_A_WEEK, IN_A_MONTH = (
    ({"reply_due_on": WEEK_ON, "reply_basis": WEEK}),
    ({"reply_due_on": MONTH_ON, "reply_basis": MONTH}),
)


def test_the_reply_clock_starts_for_whoever_must_be_told_first(project_rules: CountyRules) -> None:
    people = [somebody(**IN_A_MONTH), somebody(), somebody(**IN_A_WEEK)]
    change = a_change(project_rules, complainants=people)
    clocks.update_answers(change)
    clock = change.clocks["reply"]
    assert (clock.running, clock.basis, clock.due_on) == (True, WEEK, WEEK_ON)


def test_of_two_who_must_be_told_on_one_day_the_first_gives_the_basis(project_rules: CountyRules) -> None:
    people = [somebody(reply_due_on=WEEK_ON, reply_basis=EIGHT_DAYS), somebody(**IN_A_WEEK)]
    change = a_change(project_rules, complainants=people)
    clocks.update_answers(change)
    assert (change.clocks["reply"].basis, change.clocks["reply"].due_on) == (EIGHT_DAYS, WEEK_ON)


@pytest.mark.parametrize(
    "half", [{}, {"reply_due_on": WEEK_ON}, {"reply_basis": WEEK}], ids=["nothing", "a date", "a basis"]
)
def test_the_reply_clock_stops_when_nobody_waits(project_rules: CountyRules, half: dict[str, Any]) -> None:
    clock, handling = a_clock("reply", due_on=WEEK_ON, basis=WEEK), a_clock()
    change = a_change(project_rules, clock, handling, complainants=[somebody(**half)])
    clocks.update_answers(change)
    assert (clock.running, handling.running) == (False, True)


def test_a_reply_clock_that_stood_begins_a_cycle(project_rules: CountyRules) -> None:
    clock = a_clock("reply", running=False, due_on=WEEK_ON, basis=WEEK)
    change = a_change(project_rules, clock, complainants=[somebody(**IN_A_WEEK)])
    clocks.update_answers(change)
    assert (clock.running, clock.cycle, clock.started_on) == (True, 2, NOW)


@pytest.mark.parametrize(
    ("due_on", "basis", "waits", "after", "cycle"),
    [
        (WEEK_ON, WEEK, IN_A_MONTH, (MONTH_ON, MONTH, []), 2),
        (MONTH_ON, MONTH, IN_A_WEEK, (WEEK_ON, WEEK, []), 1),
        (WEEK_ON, EIGHT_DAYS, IN_A_WEEK, (WEEK_ON, WEEK, []), 1),
        (date(2026, 3, 17), WEEK, IN_A_WEEK, (WEEK_ON, WEEK, []), 1),
    ],
    ids=["later", "earlier", "the same by another basis", "another by the same basis"],
)
def test_the_reply_clock_follows_whoever_must_be_told_first(
    project_rules: CountyRules,
    due_on: date,
    basis: dict[str, Any],
    waits: dict[str, Any],
    after: tuple[date, dict[str, Any], list[Any]],
    cycle: int,
) -> None:
    clock = a_clock("reply", due_on=due_on, basis=basis, moves=[{"why": "notice", "to": "2026-03-17"}])
    clocks.update_answers(a_change(project_rules, clock, complainants=[somebody(**waits)]))
    assert (clock.due_on, clock.basis, clock.moves) == after
    assert (clock.running, clock.cycle) == (True, cycle)


def test_a_reply_clock_that_is_right_already_is_left_alone(project_rules: CountyRules) -> None:
    moves = [{"why": "notice", "to": "2026-03-16"}]
    clock = a_clock("reply", due_on=WEEK_ON, basis=WEEK, moves=moves)
    clocks.update_answers(a_change(project_rules, clock, complainants=[somebody(**IN_A_WEEK)]))
    assert (clock.due_on, clock.basis, clock.moves, clock.cycle) == (WEEK_ON, WEEK, moves, 1)
    assert clock.next_check_on is None  # nobody has looked again
