"""Which rung is due on which day, what an outage skips, and when to look again."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflow.samples import project_definition
from workflow import ladder
from workflow.ladder import Plan, plan
from workflow.working_days import seed

CALENDAR = seed().calendar()
CLOCKS = project_definition().clocks
#: Monday 2 March to Monday 23 March 2026, the 15 working days of profile village.
START, DUE = date(2026, 3, 2), date(2026, 3, 23)
RUNG_DAYS = {
    "remind": date(2026, 3, 19),
    "urge": date(2026, 3, 24),
    "supervise": date(2026, 3, 26),
    "publish": date(2026, 4, 2),
    "raise": date(2026, 4, 7),  # 4 to 6 April is a holiday
}


def planned(today: date, done: set[str] | None = None, clock: str = "handling", **changes: Any) -> Plan:
    given = {"started_on": START, "due_on": DUE, "urgent": False, **changes}
    return plan(CLOCKS[clock].ladder, today=today, done=done or set(), calendar=CALENDAR, **given)


@pytest.mark.parametrize(
    ("clock", "rungs"),
    [
        ("triage", ["urge", "supervise"]),
        ("accept", ["urge", "supervise"]),
        ("return", ["urge", "supervise"]),
        ("reply", ["remind", "urge", "supervise", "publish"]),
        ("handling", ["remind", "urge", "supervise", "publish", "raise"]),
    ],
)
def test_a_clock_has_the_rungs_of_the_domain(clock: str, rungs: list[str]) -> None:
    assert [rung.code for rung in CLOCKS[clock].ladder] == rungs


@pytest.mark.parametrize("rung", RUNG_DAYS)
def test_a_rung_fires_on_its_day_and_not_before(rung: str) -> None:
    below = set(list(RUNG_DAYS)[: list(RUNG_DAYS).index(rung)])
    day = RUNG_DAYS[rung]
    assert planned(day - timedelta(days=1), below).fire is None
    assert planned(day, below).fire == rung


@pytest.mark.parametrize("today", [date.min, START, date(2026, 3, 18)])
def test_before_the_first_rung_nothing_is_due(today: date) -> None:
    assert planned(today) == Plan(None, (), (), RUNG_DAYS["remind"])


def test_a_rung_that_is_done_does_not_fire_again_and_the_next_day_is_that_of_the_next() -> None:
    assert planned(date(2026, 3, 24), {"remind", "urge"}) == Plan(None, (), (), RUNG_DAYS["supervise"])


def test_after_an_outage_only_the_highest_due_rung_fires() -> None:
    assert planned(date(2026, 4, 3)) == Plan(
        "publish", ("remind", "urge", "supervise"), (), RUNG_DAYS["raise"]
    )


def test_at_the_top_there_is_nothing_more_to_look_for() -> None:
    assert planned(date(2026, 6, 1), {"remind", "urge", "supervise", "publish"}) == Plan(
        "raise", (), (), None
    )
    assert planned(date(2026, 6, 1), set(RUNG_DAYS)) == Plan(None, (), (), None)


def test_a_rung_whose_day_lies_before_the_cycle_began_is_not_applicable() -> None:
    swept = planned(date(2026, 3, 24), started_on=date(2026, 3, 16), due_on=date(2026, 3, 13))
    assert swept == Plan("supervise", ("urge",), (), date(2026, 3, 25))
    again = planned(date(2026, 3, 18), started_on=date(2026, 3, 18), due_on=date(2026, 3, 13))
    assert again == Plan("supervise", (), ("urge",), date(2026, 3, 25))


def test_a_rung_that_never_had_its_day_is_looked_at_at_once() -> None:
    before = planned(date.min, started_on=date(2026, 3, 18), due_on=date(2026, 3, 13))
    assert before.not_applicable == ()
    assert before.next_on == date(2026, 3, 16)


@pytest.mark.parametrize(
    ("due_on", "has_reminder"),
    [(date(2026, 3, 5), False), (date(2026, 3, 6), True)],
)
def test_a_clock_of_three_working_days_or_less_has_no_reminder(due_on: date, has_reminder: bool) -> None:
    plan_of_it = planned(date.min, due_on=due_on)
    assert (plan_of_it.next_on == CALENDAR.add(due_on, -2)) == has_reminder
    if not has_reminder:
        assert plan_of_it.next_on == CALENDAR.add(due_on, 1)


def test_a_lower_rung_is_skipped_when_a_higher_one_has_fired() -> None:
    assert planned(date(2026, 3, 25), {"remind", "supervise"}) == Plan(
        None, ("urge",), (), RUNG_DAYS["publish"]
    )


def test_urging_an_urgent_case_begins_on_the_very_next_day() -> None:
    friday = date(2026, 3, 6)
    short: dict[str, Any] = {"started_on": date(2026, 3, 3), "due_on": friday}
    assert planned(date(2026, 3, 7), urgent=True, **short).fire == "urge"
    assert planned(date(2026, 3, 7), urgent=False, **short).fire is None
    assert planned(date(2026, 3, 9), urgent=False, **short).fire == "urge"


def test_the_other_rungs_of_an_urgent_case_count_working_days() -> None:
    short: dict[str, Any] = {"started_on": date(2026, 3, 3), "due_on": date(2026, 3, 6)}
    assert planned(date(2026, 3, 10), {"urge"}, urgent=True, **short).fire is None
    assert planned(date(2026, 3, 11), {"urge"}, urgent=True, **short).fire == "supervise"


@pytest.mark.parametrize(
    ("moment", "urgent", "allowed"),
    [
        (datetime(2026, 3, 2, 8, 29), False, False),
        (datetime(2026, 3, 2, 8, 30), False, True),
        (datetime(2026, 3, 2, 23, 0), False, True),
        (datetime(2026, 3, 7, 9, 0), False, False),
        (datetime(2026, 2, 14, 9, 0), False, True),
        (datetime(2026, 2, 16, 9, 0), False, False),
        (datetime(2026, 2, 16, 9, 0), True, True),
        (datetime(2026, 3, 7, 9, 0), True, True),
        (datetime(2026, 3, 7, 8, 0), True, False),
    ],
)
def test_rungs_go_out_on_working_mornings_and_urgent_ones_on_any(
    moment: datetime, urgent: bool, allowed: bool
) -> None:
    assert ladder.may_fire(moment, CALENDAR, urgent=urgent) is allowed


@given(
    clock=st.sampled_from(sorted(CLOCKS)),
    start=st.dates(date(2025, 1, 1), date(2026, 12, 1)),
    length=st.integers(1, 90),
    waits=st.lists(st.integers(0, 40), min_size=1, max_size=12),
    urgent=st.booleans(),
)
def test_whatever_days_are_swept_each_rung_ends_up_done_exactly_once(
    clock: str, start: date, length: int, waits: list[int], urgent: bool
) -> None:
    given: dict[str, Any] = {"started_on": start, "due_on": start + timedelta(days=length), "urgent": urgent}
    done: list[str] = []
    today = start
    for wait in [*waits, 200]:
        today += timedelta(days=wait)
        found = planned(today, set(done), clock, **given)
        now_done = [*found.not_applicable, *found.skipped, *([found.fire] if found.fire else [])]
        assert not set(now_done) & set(done)
        assert found.next_on is None or found.next_on > today
        done += now_done
    applicable = [
        rung.code
        for rung in CLOCKS[clock].ladder
        if ladder.exists(rung, started_on=start, due_on=given["due_on"], calendar=CALENDAR)
    ]
    assert sorted(done) == sorted(applicable)
