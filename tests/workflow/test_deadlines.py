"""Profiles, due dates and the moves that change them."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import tables
from tests.workflow.samples import CONFIG
from workflow import deadlines, due_dates
from workflow.working_days import seed

CALENDAR = seed().calendar()
PROFILES, PERIODS = deadlines.rules_of(tables.read(CONFIG))
DAYS = st.dates(date(2010, 1, 1), date(2030, 12, 31))
UNITS = st.sampled_from(["wd", "cd"])


def basis(start: str, days: int, unit: str, profile: str | None = None) -> dict[str, Any]:
    return {"start": start, "days": days, "unit": unit, "profile": profile}


@pytest.mark.parametrize(
    ("matter", "code"),
    [
        ({}, "village"),
        ({"category_profile": "works"}, "works"),
        ({"kind": "consultation"}, "consultation"),
        ({"kind": "suggestion"}, "suggestion"),
        ({"kind": "opinion"}, "suggestion"),
        ({"kind": "help"}, "village"),
        ({"channel": "petition"}, "petition"),
        ({"channel": "hotline"}, "village"),
        ({"urgency": "urgent"}, "urgent"),
        ({"urgency": "urgent", "kind": "consultation", "channel": "petition"}, "urgent"),
        ({"kind": "consultation", "category_profile": "works"}, "consultation"),
        ({"kind": "opinion", "channel": "petition"}, "suggestion"),
        ({"channel": "petition", "category_profile": "works"}, "petition"),
    ],
)
def test_the_first_profile_that_fits_is_chosen(matter: dict[str, str], code: str) -> None:
    plain = {"urgency": "normal", "kind": "problem", "category_profile": "village", "channel": "visit"}
    assert deadlines.choose_profile(PROFILES, **{**plain, **matter}).code == code


def test_the_rules_are_the_rows_of_the_files_in_their_order() -> None:
    rows = tables.read(CONFIG)
    profiles, periods = deadlines.rules_of(rows)
    assert [(code, asdict(one)) for code, one in profiles.items()] == [
        (code, asdict(row)) for code, row in rows.profiles.items()
    ]
    assert {name: (rule.days, rule.unit) for name, rule in periods.items()} == {
        name: (row.days, row.unit) for name, row in rows.periods.items()
    }


@pytest.mark.parametrize(
    ("code", "length", "extension"),
    [
        ("urgent", (3, "cd"), (0, 0, "")),
        ("consultation", (3, "wd"), (0, 0, "")),
        ("suggestion", (13, "wd"), (0, 0, "")),
        ("petition", (60, "cd"), (1, 30, "cd")),
        ("works", (60, "cd"), (1, 30, "cd")),
        ("village", (15, "wd"), (1, 10, "wd")),
    ],
)
def test_profiles_are_as_long_as_the_domain_says(
    code: str, length: tuple[int, str], extension: tuple[int, int, str]
) -> None:
    profile = PROFILES[code]
    assert (profile.days, profile.unit) == length
    assert (profile.extensions, profile.extension_days, profile.extension_unit) == extension


@pytest.mark.parametrize(
    ("name", "length"),
    [
        ("triage", (3, "wd")),
        ("triage_short", (1, "wd")),
        ("accept", (2, "wd")),
        ("reply", (15, "cd")),
        ("reply_escalated", (3, "wd")),
        ("return", (7, "cd")),
        ("escalation", (60, "cd")),
        ("escalation_urgent", (5, "wd")),
        ("raise", (5, "wd")),
    ],
)
def test_periods_are_as_long_as_the_domain_says(name: str, length: tuple[int, str]) -> None:
    assert (PERIODS[name].days, PERIODS[name].unit) == length


@pytest.mark.parametrize(
    ("given", "due"),
    [
        pytest.param(basis("2012-01-12", 7, "wd"), date(2012, 1, 21), id="a Saturday at work"),
        pytest.param(basis("2026-02-05", 7, "wd"), date(2026, 2, 14), id="a make-up day"),
        pytest.param(basis("2026-03-02", 3, "cd"), date(2026, 3, 5), id="calendar days"),
        pytest.param(basis("2026-03-04", 3, "cd"), date(2026, 3, 9), id="a Saturday moves to Monday"),
        pytest.param(basis("2026-02-11", 3, "cd"), date(2026, 2, 14), id="a Saturday at work stays"),
        pytest.param(basis("2026-02-12", 3, "cd"), date(2026, 2, 24), id="a holiday moves behind it"),
        pytest.param(basis("2026-12-20", 15, "wd"), date(2027, 1, 11), id="into a year without a notice"),
    ],
)
def test_a_basis_leads_to_its_date(given: dict[str, Any], due: date) -> None:
    assert due_dates.due(given, CALENDAR) == due


VILLAGE = basis("2026-03-02", 15, "wd", "village")  # due 2026-03-23
WORKS = basis("2026-03-02", 60, "cd", "works")  # due 2026-05-06: 1 to 5 May is a holiday


@pytest.mark.parametrize(
    ("given", "moves", "due"),
    [
        pytest.param(VILLAGE, [], date(2026, 3, 23), id="nothing happened"),
        pytest.param(
            VILLAGE,
            [{"why": "extension", "to": "2026-04-03"}],
            date(2026, 4, 3),
            id="an extension names its day",
        ),
        pytest.param(
            VILLAGE,
            [{"why": "escalation", "start": "2026-03-10", "days": 60, "unit": "cd"}],
            date(2026, 5, 9),
            id="an escalation grants 60 days, to a Saturday at work",
        ),
        pytest.param(
            WORKS,
            [{"why": "escalation", "start": "2026-03-03", "days": 5, "unit": "wd"}],
            date(2026, 5, 6),
            id="an escalation never shortens",
        ),
        pytest.param(
            VILLAGE,
            [{"why": "raise", "start": "2026-04-07", "days": 5, "unit": "wd"}],
            date(2026, 4, 14),
            id="a raise grants 5 working days",
        ),
        pytest.param(
            VILLAGE,
            [{"why": "suspension", "on": "2026-03-05", "until": "2026-03-12"}],
            date(2026, 3, 30),
            id="a suspension of a week is 5 working days",
        ),
        pytest.param(
            VILLAGE,
            [{"why": "suspension", "on": "2026-03-06", "until": "2026-03-08"}],
            date(2026, 3, 23),
            id="a weekend stands still for nothing",
        ),
        pytest.param(
            WORKS,
            [{"why": "suspension", "on": "2026-03-05", "until": "2026-03-12"}],
            date(2026, 5, 13),
            id="calendar days stand still day for day",
        ),
        pytest.param(
            VILLAGE,
            [{"why": "suspension", "on": "2026-03-05", "until": "2026-03-05"}],
            date(2026, 3, 23),
            id="resumed on the same day",
        ),
        pytest.param(
            VILLAGE, [{"why": "notice", "to": "2026-03-25"}], date(2026, 3, 25), id="a notice names its day"
        ),
        pytest.param(
            VILLAGE,
            [
                {"why": "extension", "to": "2026-04-03"},
                {"why": "suspension", "on": "2026-03-25", "until": "2026-03-27"},
                {"why": "raise", "start": "2026-03-30", "days": 5, "unit": "wd"},
            ],
            date(2026, 4, 8),
            id="one after the other",
        ),
    ],
)
def test_moves_are_replayed_in_their_order(
    given: dict[str, Any], moves: list[dict[str, Any]], due: date
) -> None:
    assert due_dates.replay(given, moves, CALENDAR) == due


def test_an_unknown_move_is_an_error() -> None:
    with pytest.raises(ValueError, match="a whim"):
        due_dates.replay(VILLAGE, [{"why": "a whim"}], CALENDAR)


@given(DAYS, st.integers(1, 90), UNITS)
def test_every_due_date_is_a_later_working_day(start: date, days: int, unit: str) -> None:
    due = due_dates.due(basis(start.isoformat(), days, unit), CALENDAR)
    assert due > start
    assert CALENDAR.is_working(due)


@given(DAYS, st.integers(1, 60), st.integers(0, 40), st.integers(0, 60))
def test_what_is_left_after_a_suspension_is_what_was_left_before(
    start: date, days: int, before: int, still: int
) -> None:
    given = basis(start.isoformat(), days, "wd")
    due = due_dates.due(given, CALENDAR)
    stopped = min(start + timedelta(days=before), due)
    resumed = stopped + timedelta(days=still)
    move = {"why": "suspension", "on": stopped.isoformat(), "until": resumed.isoformat()}
    after = due_dates.replay(given, [move], CALENDAR)
    assert CALENDAR.between(resumed, after) == CALENDAR.between(stopped, due)


@given(DAYS, st.integers(1, 60), UNITS, DAYS, st.integers(1, 60), UNITS)
def test_a_grant_never_makes_a_date_earlier(
    start: date, days: int, unit: str, granted_on: date, granted: int, its_unit: str
) -> None:
    given = basis(start.isoformat(), days, unit)
    move = {"why": "escalation", "start": granted_on.isoformat(), "days": granted, "unit": its_unit}
    assert due_dates.replay(given, [move], CALENDAR) >= due_dates.due(given, CALENDAR)
