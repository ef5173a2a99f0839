"""What starts, stops and moves a clock, column by column: no database is asked."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cases.configuration.case_rules import CountyRules
from cases.lifecycle import clocks
from cases.models.case import Clock
from config.tables import ClockLength
from tests.cases.lifecycle.changes import TODAY, a_change, a_clock, without_urgent_periods

NOW = date(2026, 3, 9)
DUE = date(2026, 3, 23)
URGENT = {"urgency": "urgent", "profile": "urgent"}
EXTENDED = {"why": "extension", "to": "2026-04-03"}
#: Beyond this no rung of a clock that starts today or runs to DUE has fired: the day of its first one.
REMINDER = date(2026, 3, 19)


def columns(clock: Clock) -> dict[str, Any]:
    return {name: getattr(clock, name) for name in Clock.__mapper__.columns.keys()}  # noqa: SIM118


@pytest.mark.parametrize(
    ("name", "urgent", "days", "unit", "exact"),
    [
        ("triage", False, 3, "wd", False),
        ("triage", True, 1, "cd", True),
        ("triage_short", False, 1, "wd", False),
        ("triage_short", True, 1, "cd", True),
        ("accept", False, 2, "wd", False),
        ("accept", True, 1, "cd", True),
        ("reply", False, 15, "cd", False),
        ("reply", True, 15, "cd", True),
        ("reply_escalated", True, 3, "wd", False),
        ("word", False, 60, "cd", False),
    ],
)
def test_a_clock_is_as_long_as_the_files_say(
    project_rules: CountyRules, name: str, urgent: bool, days: int, unit: str, exact: bool
) -> None:
    context = a_change(project_rules, case=URGENT if urgent else {}).before
    found = {"start": TODAY, "days": days, "unit": unit, "profile": None}
    assert clocks.period(context, name) == ({**found, "exact": True} if exact else found)
    later = clocks.period(context, name, start=date(2026, 3, 12))
    assert later == {**clocks.period(context, name), "start": "2026-03-12"}


def test_an_urgent_matter_of_the_first_rules_has_the_clocks_of_all_others(project_rules: CountyRules) -> None:
    definition = without_urgent_periods(project_rules)
    urgent = a_change(project_rules, case=URGENT, definition=definition).before
    normal = a_change(project_rules).before
    assert not clocks.is_exact(urgent)
    for name in ("triage", "accept", "reply"):
        assert clocks.period(urgent, name) == clocks.period(normal, name)


@pytest.mark.parametrize("urgent", [False, True])
def test_a_clock_of_the_county_s_own_has_its_length_in_the_definition(
    project_rules: CountyRules, urgent: bool
) -> None:
    given = project_rules.definition
    own = replace(given.clocks["triage"], length=ClockLength(9, "wd"))
    definition = replace(given, clocks={**given.clocks, "triage": own})
    context = a_change(project_rules, definition=definition, case=URGENT if urgent else {}).before
    expected = {"start": TODAY, "days": 9, "unit": "wd", "profile": None}
    assert clocks.period(context, "triage") == expected
    assert clocks.period(context, "triage", start=DUE) == {**expected, "start": "2026-03-23"}


def test_the_handling_clock_is_as_long_as_the_profile_says(project_rules: CountyRules) -> None:
    village = a_change(project_rules).before
    urgent = a_change(project_rules, case=URGENT).before
    expected = {"start": TODAY, "days": 15, "unit": "wd", "profile": "village"}
    assert clocks.handling_basis(village) == expected
    assert clocks.handling_basis(village, start=DUE) == {**expected, "start": "2026-03-23"}
    expected = {"start": TODAY, "days": 3, "unit": "cd", "profile": "urgent", "exact": True}
    assert clocks.handling_basis(urgent) == expected


BASIS = {"start": TODAY, "days": 5, "unit": "wd", "profile": None}
BEGUN = {
    "running": True,
    "started_on": NOW,
    "cycle_on": NOW,
    "due_on": date(2026, 3, 16),
    "basis": BASIS,
    "moves": [],
    "suspended_on": None,
    "resume_on": None,
    "overdue": False,
    "next_check_on": date(2026, 3, 17),
}


def test_a_clock_starts_today_with_the_date_of_its_basis(project_rules: CountyRules) -> None:
    change = a_change(project_rules)
    clocks.start(change, "triage", BASIS)
    clock = change.clocks["triage"]
    assert columns(clock) == {"case_id": 1, "clock": "triage", "cycle": 1, **BEGUN}
    assert change.new_rows == [clock]


def test_a_clock_that_starts_anew_keeps_nothing_of_its_last_cycle(project_rules: CountyRules) -> None:
    clock = a_clock("triage", cycle=2, running=False, moves=[EXTENDED], suspended_on=NOW, resume_on=DUE)
    clock.overdue = True
    change = a_change(project_rules, clock)
    clocks.start(change, "triage", BASIS)
    assert columns(clock) == {"case_id": 1, "clock": "triage", "cycle": 3, **BEGUN}
    assert change.new_rows == []


def test_a_clock_that_stops_keeps_its_date_and_nothing_that_waits(project_rules: CountyRules) -> None:
    clock = a_clock(overdue=True, suspended_on=NOW, resume_on=DUE, next_check_on=DUE)
    clocks.stop(a_change(project_rules, clock), "handling")
    assert columns(clock) == columns(a_clock(running=False))


def test_what_does_not_run_does_not_stop(project_rules: CountyRules) -> None:
    clock = a_clock(running=False, overdue=True, next_check_on=DUE)
    change = a_change(project_rules, clock, today="2026-04-01")
    clocks.stop(change, "handling")
    clocks.stop(change, "triage")
    assert columns(clock) == columns(a_clock(running=False, overdue=True, next_check_on=DUE))
    assert not change.round.late


@pytest.mark.parametrize(("name", "late"), [("handling", True), ("triage", False)])
@pytest.mark.parametrize("what", ["stop", "move"])
def test_a_round_is_late_when_the_handling_clock_stops_or_moves_behind_its_date(
    project_rules: CountyRules, name: str, late: bool, what: str
) -> None:
    change = a_change(project_rules, *map(a_clock, {name, "handling"}), today="2026-03-24")
    if what == "stop":
        clocks.stop(change, name)
    else:
        clocks.move(change, name, EXTENDED)
    assert change.round.late is late


@pytest.mark.parametrize(
    ("today", "running", "answered_on", "late"),
    [
        ("2026-03-23", True, None, False),
        ("2026-03-24", True, None, True),
        ("2026-03-24", False, None, False),
        ("2026-03-24", True, date(2026, 3, 20), False),
    ],
)
def test_a_round_is_late_from_the_day_after_without_the_last_reply(
    project_rules: CountyRules, today: str, running: bool, answered_on: date | None, late: bool
) -> None:
    this_round = {"answered_on": answered_on}
    change = a_change(project_rules, a_clock(running=running), today=today, this_round=this_round)
    clocks.record_lateness(change)
    assert change.round.late is late


def test_without_a_handling_clock_no_round_is_late(project_rules: CountyRules) -> None:
    change = a_change(project_rules, a_clock("triage"), today="2026-04-01")
    clocks.record_lateness(change)
    assert not change.round.late


@pytest.mark.parametrize("name", ["handling", "reply"])
def test_a_stopped_clock_runs_on_to_the_date_it_had(project_rules: CountyRules, name: str) -> None:
    clock = a_clock(name, running=False)
    clocks.resume_running(a_change(project_rules, clock), name)
    assert columns(clock) == columns(a_clock(name, next_check_on=REMINDER))


def test_a_handling_clock_of_an_earlier_round_does_not_run_on(project_rules: CountyRules) -> None:
    handling, reply = a_clock(running=False), a_clock("reply", running=False)
    change = a_change(project_rules, handling, reply, this_round={"handling_due_on": None})
    clocks.resume_running(change, "handling")
    clocks.resume_running(change, "reply")
    assert (handling.running, reply.running) == (False, True)


def test_what_runs_or_is_not_there_does_not_run_on(project_rules: CountyRules) -> None:
    clock = a_clock(due_on=date(2026, 3, 25))
    change = a_change(project_rules, clock)
    clocks.resume_running(change, "handling")
    clocks.resume_running(change, "triage")
    assert columns(clock) == columns(a_clock(due_on=date(2026, 3, 25)))
    assert set(change.clocks) == {"handling"}


def test_a_date_of_another_calendar_is_kept_with_a_move_that_says_so(project_rules: CountyRules) -> None:
    kept = date(2026, 3, 25)
    clock = a_clock(running=False, due_on=kept, moves=[{"why": "raise", "start": TODAY, **FIVE}])
    clocks.resume_running(a_change(project_rules, clock), "handling")
    said = {"why": "notice", "on": TODAY, "from": "2026-03-25", "to": "2026-03-25"}
    assert clock.moves == [{"why": "raise", "start": TODAY, **FIVE}, said]
    assert (clock.due_on, clock.running) == (kept, True)


FIVE = {"days": 5, "unit": "wd"}


def test_a_move_says_when_it_was_made_and_between_which_dates(project_rules: CountyRules) -> None:
    clock = a_clock()
    change = a_change(project_rules, clock)
    clocks.move(change, "handling", EXTENDED)
    first = {**EXTENDED, "on": TODAY, "from": "2026-03-23"}
    assert clock.moves == [first]
    assert (clock.due_on, clock.cycle, clock.cycle_on) == (date(2026, 4, 3), 2, NOW)
    clocks.move(change, "handling", {"why": "merge", "to": "2026-03-20"})
    second = {"why": "merge", "on": TODAY, "from": "2026-04-03", "to": "2026-03-20"}
    assert clock.moves == [first, second]
    assert change.recorded.due_dates == {"handling": (DUE, date(2026, 3, 20))}
    assert (clock.due_on, clock.cycle) == (date(2026, 3, 20), 2)


@pytest.mark.parametrize(
    ("after", "overdue_before", "cycle", "cycle_on", "overdue"),
    [
        (date(2026, 4, 3), False, 2, NOW, False),
        (date(2026, 4, 3), True, 2, NOW, False),
        (DUE, True, 1, date(2026, 3, 2), True),
        (date(2026, 3, 20), False, 1, date(2026, 3, 2), False),
        (date(2026, 3, 20), True, 1, date(2026, 3, 2), True),
    ],
)
def test_a_later_date_alone_begins_a_cycle(
    project_rules: CountyRules,
    after: date,
    overdue_before: bool,
    cycle: int,
    cycle_on: date,
    overdue: bool,
) -> None:
    clock = a_clock(overdue=overdue_before)
    clocks.reset(a_change(project_rules, clock), clock, after)
    assert (clock.due_on, clock.cycle, clock.cycle_on, clock.overdue) == (after, cycle, cycle_on, overdue)
    assert clock.next_check_on is not None


@pytest.mark.parametrize(("today", "overdue"), [("2026-03-25", False), ("2026-03-26", True)])
def test_what_is_overdue_stays_so_while_the_later_date_has_passed_as_well(
    project_rules: CountyRules, today: str, overdue: bool
) -> None:
    clock = a_clock(overdue=True)
    clocks.reset(a_change(project_rules, clock, today=today), clock, date(2026, 3, 25))
    assert clock.overdue is overdue


STILL = {"why": "suspension", "on": "2026-03-05", "until": "2026-03-12"}  # five working days: due 2026-03-30
SUSPENDED: dict[str, Any] = {"suspended_on": date(2026, 3, 5), "resume_on": date(2026, 3, 12)}
BEFORE = {"why": "suspension", "on": "2026-03-03", "until": "2026-03-04"}
LEVEL = {"why": "escalation", "start": TODAY, "days": 60, "unit": "cd"}


@pytest.mark.parametrize(
    ("earlier", "later", "left", "due"),
    [
        ([], [], [], date(2026, 3, 25)),
        ([BEFORE], [], [], date(2026, 3, 26)),
        ([], [{"why": "notice", "to": "2026-03-31"}], [], date(2026, 3, 25)),
        ([], [LEVEL], [LEVEL], date(2026, 5, 8)),
        ([], [{"why": "notice", "to": "2026-03-31"}, LEVEL], [LEVEL], date(2026, 5, 8)),
        ([{"why": "notice", "to": "2026-03-24"}], [], [], date(2026, 3, 26)),
    ],
    ids=[
        "alone",
        "after another",
        "with a notice since",
        "with a level since",
        "with both",
        "after a notice",
    ],
)
def test_a_suspension_that_is_lifted_ends_today_and_the_date_follows(
    project_rules: CountyRules,
    earlier: list[dict[str, Any]],
    later: list[dict[str, Any]],
    left: list[dict[str, Any]],
    due: date,
) -> None:
    before = [*earlier, STILL, *later]
    clock = a_clock(due_on=date(2026, 3, 30), moves=before, **SUSPENDED)
    change = a_change(project_rules, clock)
    clocks.lift_suspension(change)
    assert clock.moves == [*earlier, {**STILL, "until": TODAY}, *left]
    assert before == [*earlier, {**STILL, "until": "2026-03-12"}, *later]  # else no row would be written
    assert clock.due_on == due
    assert change.recorded.due_dates == {"handling": (date(2026, 3, 30), due)}
    assert (clock.suspended_on, clock.resume_on, clock.cycle) == (None, None, 1)
    assert clock.next_check_on is not None
    assert clock.next_check_on < due


def test_a_suspension_that_ends_today_by_itself_leaves_its_move(project_rules: CountyRules) -> None:
    clock = a_clock(due_on=date(2026, 3, 30), moves=[STILL], **SUSPENDED)
    change = a_change(project_rules, clock, today="2026-03-12")
    clocks.lift_suspension(change)
    assert clock.moves == [STILL]
    assert change.recorded.due_dates == {}
    assert (clock.due_on, clock.suspended_on, clock.resume_on) == (date(2026, 3, 30), None, None)
    assert clock.next_check_on == date(2026, 3, 26)


def test_what_does_not_stand_still_is_not_lifted(project_rules: CountyRules) -> None:
    clock = a_clock(moves=[STILL])
    clocks.lift_suspension(a_change(project_rules, clock))
    assert columns(clock) == columns(a_clock(moves=[STILL]))
    clocks.lift_suspension(a_change(project_rules, a_clock("triage", **SUSPENDED)))
