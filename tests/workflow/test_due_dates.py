"""Each move of a date alone, and what a corrected profile makes of it (domain.md section 2)."""

from datetime import date
from typing import Any

import pytest

from workflow import due_dates
from workflow.working_days import seed

CALENDAR = seed().calendar()
Move = dict[str, Any]


def basis(days: int, unit: str, start: str = "2026-03-02") -> dict[str, Any]:
    return {"start": start, "days": days, "unit": unit, "profile": None}


VILLAGE = basis(15, "wd")  # due 2026-03-23
SUGGESTION = basis(13, "wd")  # due 2026-03-19
WORKS = basis(60, "cd")  # due 2026-05-06, for 1 to 5 May is a holiday; so is what an escalation grants
URGENT = {**basis(3, "cd"), "exact": True}  # due 2026-03-05
SIXTY: Move = {"why": "escalation", "start": "2026-03-10", "days": 60, "unit": "cd"}  # to 2026-05-09


TEN: Move = {"days": 10, "unit": "wd"}
FIVE: Move = {"days": 5, "unit": "wd"}


def down(day: str, **more: Any) -> Move:
    return {"why": "send_down", "on": day, **FIVE, **more}


def longer(day: str) -> Move:
    return {"why": "extension", "on": day, "to": "2026-05-20"}


def becomes(profile: Move, of_whole: Move | None = None, **more: Any) -> Move:
    """Return the move of a corrected profile; `of_whole` is the basis where a level granted the time."""
    level = {"days": 60, "unit": "cd"}
    given = {"basis": of_whole or profile, "profile_basis": profile, "extension": None, "escalation": level}
    return {"why": "profile", "on": "2026-03-13", **given, **more}


@pytest.mark.parametrize(
    ("given", "moves", "due"),
    [
        pytest.param(
            {**URGENT, "start": "2026-03-04"}, [], date(2026, 3, 7), id="an urgent date may be a Saturday"
        ),
        pytest.param(
            URGENT,
            [{"why": "suspension", "on": "2026-03-03", "until": "2026-03-05"}],
            date(2026, 3, 7),
            id="an urgent date may be a Saturday after it stood still",
        ),
        pytest.param(
            VILLAGE,
            [{"why": "merge", "to": "2026-03-19"}],
            date(2026, 3, 19),
            id="a merge takes the earlier date",
        ),
        pytest.param(
            VILLAGE,
            [{"why": "merge", "to": "2026-03-30"}],
            date(2026, 3, 23),
            id="a merge takes no later date",
        ),
        pytest.param(
            VILLAGE, [SIXTY, down("2026-03-10")], date(2026, 3, 23), id="sent down at once it is as before"
        ),
        pytest.param(
            VILLAGE, [SIXTY, down("2026-03-12")], date(2026, 3, 25), id="two working days above are added"
        ),
        pytest.param(
            VILLAGE,
            [{**SIXTY, "start": "2026-03-24"}, down("2026-03-26")],
            date(2026, 4, 2),
            id="five working days are left at least",
        ),
        pytest.param(
            VILLAGE,
            [{**SIXTY, **FIVE}, down("2026-03-12")],
            date(2026, 3, 23),
            id="sending down makes nothing later",
        ),
        pytest.param(
            WORKS,
            [down("2026-03-10", basis=VILLAGE)],
            date(2026, 3, 23),
            id="escalated when received, the profile counts from there",
        ),
        pytest.param(
            WORKS,
            [down("2026-03-20", basis=VILLAGE)],
            date(2026, 3, 27),
            id="then too five working days are left",
        ),
        pytest.param(
            VILLAGE,
            [
                SIXTY,
                {**FIVE, "why": "raise", "start": "2026-03-12"},
                down("2026-03-13"),
            ],
            date(2026, 5, 9),
            id="after a raise the date stays",
        ),
        pytest.param(
            VILLAGE,
            [{**FIVE, "why": "raise", "start": "2026-03-24"}, down("2026-03-25", days=1)],
            date(2026, 3, 31),
            id="after a raise the date stays, however little is left at least",
        ),
        pytest.param(
            VILLAGE,
            [SIXTY, {**SIXTY, "start": "2026-03-20", "again": True}, down("2026-03-20")],
            date(2026, 5, 9),
            id="what was escalated again goes back to the date before that",
        ),
    ],
)
def test_a_move_leads_to_its_date(given: Move, moves: list[Move], due: date) -> None:
    assert due_dates.replay(given, moves, CALENDAR) == due


@pytest.mark.parametrize(
    ("given", "moves", "due"),
    [
        pytest.param(WORKS, [becomes(VILLAGE)], date(2026, 3, 23), id="a shorter one"),
        pytest.param(VILLAGE, [becomes(WORKS)], date(2026, 3, 23), id="a longer one"),
        pytest.param(
            WORKS,
            [longer("2026-03-12"), becomes(VILLAGE, extension=TEN)],
            date(2026, 4, 7),
            id="an extension stands as far as this profile allows one",
        ),
        pytest.param(
            WORKS,
            [longer("2026-03-12"), becomes({**VILLAGE, "start": "2026-03-12"}, extension=TEN)],
            date(2026, 4, 17),
            id="an extension stands that was granted on the day from which the profile counts",
        ),
        pytest.param(
            WORKS,
            [longer("2026-03-11"), becomes({**VILLAGE, "start": "2026-03-12"}, extension=TEN)],
            date(2026, 4, 2),
            id="an extension goes that was granted before",
        ),
        pytest.param(
            WORKS,
            [longer("2026-03-12"), becomes(VILLAGE, extension=None)],
            date(2026, 3, 23),
            id="an extension goes where the profile allows none",
        ),
        pytest.param(
            VILLAGE,
            [{"why": "notice", "to": "2026-03-25"}, becomes(SUGGESTION)],
            date(2026, 3, 19),
            id="a notice is counted in the calendar",
        ),
        pytest.param(
            WORKS,
            [SIXTY, becomes(VILLAGE), down("2026-03-16")],
            date(2026, 3, 27),
            id="sent down, to the date that the profile would have had",
        ),
        pytest.param(
            VILLAGE,
            [SIXTY, becomes(WORKS), down("2026-03-16")],
            date(2026, 3, 27),
            id="sent down, to the date before the longer profile",
        ),
        pytest.param(
            WORKS,
            [
                down("2026-03-10", basis=VILLAGE),
                becomes({**SUGGESTION, "start": "2026-03-09"}, of_whole=WORKS),
            ],
            date(2026, 3, 19),
            id="sent down to where the profile counted, it counts from the same day",
        ),
    ],
)
def test_a_profile_counts_anew_what_moved_the_date_before(given: Move, moves: list[Move], due: date) -> None:
    assert due_dates.replay(given, moves, CALENDAR) == due


@pytest.mark.parametrize(
    ("given", "moves", "unit"),
    [
        (VILLAGE, [], "wd"),
        (VILLAGE, [SIXTY], "wd"),
        (VILLAGE, [becomes(WORKS), SIXTY], "cd"),
        (WORKS, [becomes(VILLAGE)], "wd"),
        (WORKS, [becomes(VILLAGE), becomes(WORKS)], "cd"),
    ],
)
def test_a_clock_counts_in_the_unit_of_its_last_profile(given: Move, moves: list[Move], unit: str) -> None:
    assert due_dates.unit_of(given, moves) == unit
