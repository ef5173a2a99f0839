"""The moments at which the tests must pass: each is what its name says, and a program believes it."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cli import moments, testing
from cli.moments import BY_NAME, COUNTY, MOMENTS, FakedMoment, environ_of, of_day
from workflow import working_days

NOW = datetime(2026, 11, 30, tzinfo=UTC)
CALENDAR = working_days.seed().calendar()
DAY = timedelta(days=1)
#: Where the library is missing nothing can be moved; CI=true refuses to begin there (tests.conftest).
LIBRARY = [library for library in [moments.library()] if library is not None]
TELL = "import time; from datetime import UTC, datetime; print(datetime.now(UTC).isoformat(), time.tzname[0])"


def minutes_to_midnight(moment: datetime) -> int:
    return 24 * 60 - 60 * moment.hour - moment.minute


#: What must be true of each of them, in the county's time.
IS_SO: dict[str, Callable[[datetime], bool]] = {
    "monday-before-dawn": lambda at: (at.weekday(), at.hour) == (0, 4),
    "monday-0829": lambda at: (at.weekday(), at.hour, at.minute) == (0, 8, 29),
    "saturday-night": lambda at: (at.weekday(), at.hour) == (5, 23),
    "end-of-month": lambda at: minutes_to_midnight(at) == 1 and (at.date() + DAY).day == 1,
    "end-of-year": lambda at: minutes_to_midnight(at) == 1 and (at.month, at.day) == (12, 31),
    "29-february": lambda at: (at.month, at.day) == (2, 29),
    "spring-festival": lambda at: not any(CALENDAR.is_working(at.date() + n * DAY) for n in (-1, 0, 1)),
    "after-spring-festival": lambda at: CALENDAR.is_working(at.date()) and at.month == 2,
    "make-up-day": lambda at: CALENDAR.is_working(at.date()) and at.weekday() >= 5,
    "year-without-notice": lambda at: CALENDAR.is_provisional(at.date()),
    "machine-in-america": lambda at: at.date() == date(2026, 11, 1),
    "machine-in-kiritimati": lambda at: (at.month, at.day) == (12, 31),
}


def test_there_are_twelve_and_each_has_its_name() -> None:
    assert len(BY_NAME) == len(MOMENTS) == 12
    assert IS_SO.keys() == BY_NAME.keys()


@pytest.mark.parametrize("name", BY_NAME)
def test_a_moment_is_what_its_name_says(name: str) -> None:
    assert IS_SO[name](BY_NAME[name].at.astimezone(COUNTY))


def test_spring_festival_has_just_ended_after_it() -> None:
    after = BY_NAME["after-spring-festival"].at.astimezone(COUNTY).date()
    assert not any(CALENDAR.is_working(after - n * DAY) for n in range(1, 8))


def test_the_machine_in_america_lives_through_an_hour_that_comes_twice() -> None:
    moment = BY_NAME["machine-in-america"]
    here = moment.at.astimezone(ZoneInfo(moment.zone))
    assert here.utcoffset() != here.replace(fold=1).utcoffset()


def test_the_machine_in_kiritimati_has_another_year_than_the_county() -> None:
    moment = BY_NAME["machine-in-kiritimati"]
    assert moment.at.astimezone(ZoneInfo(moment.zone)).year == moment.at.astimezone(COUNTY).year + 1


def test_every_moment_has_its_turn_and_a_day_has_always_the_same() -> None:
    first = date(2026, 11, 30)
    drawn = [of_day(first + n * DAY) for n in range(len(MOMENTS))]
    assert len({moment.name for moment in drawn}) == len(MOMENTS)
    assert of_day(first) is drawn[0]


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.name)
@pytest.mark.parametrize("library", LIBRARY, ids=["moved"] * len(LIBRARY))
def test_a_program_believes_the_moment_and_can_sleep_in_it(
    moment: FakedMoment, library: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    sleeping = "import time; time.sleep(0.01)"
    check = testing.Check("a check", ("-c", f"{sleeping}; {TELL}")).at(moment)
    assert testing.run(check).passed
    told, zone = capfd.readouterr().out.split()[-2:]
    assert timedelta() <= datetime.fromisoformat(told) - moment.at + timedelta(seconds=1) < timedelta(hours=1)
    assert zone == datetime(2026, 1, 1, tzinfo=ZoneInfo(moment.zone)).tzname()


@pytest.mark.parametrize("library", LIBRARY, ids=["moved"] * len(LIBRARY))
def test_every_program_is_moved_by_the_same_span(library: Path) -> None:
    """A program that another one starts later must not begin at the moment again."""
    moment = BY_NAME["29-february"]
    environ = {**os.environ, **environ_of(moment, library, now=NOW)}
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {TELL!r}], check=True)"
    both = f"{TELL}; sys = __import__('sys'); sys.stdout.flush(); {outer}"
    said = subprocess.run(
        [sys.executable, "-c", both], env=environ, capture_output=True, text=True, check=True
    )
    first, second = (datetime.fromisoformat(line.split()[0]) for line in said.stdout.splitlines())
    assert first < second


@pytest.mark.parametrize(("moved", "span"), [("", "+100"), ("-50", "+50"), ("+50", "+150")])
def test_a_clock_that_is_moved_already_is_moved_from_where_it_really_stands(
    monkeypatch: pytest.MonkeyPatch, moved: str, span: str
) -> None:
    monkeypatch.setenv("FAKETIME", moved)
    moment = MOMENTS[0]
    now = moment.at - timedelta(seconds=100)
    assert environ_of(moment, Path("library"), now=now)["FAKETIME"] == span


def test_without_the_library_the_check_fails_and_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(moments, "PLACES", ())
    assert not testing.run(testing.Check("a check", ("-c", "")).at(MOMENTS[0])).passed
    assert moments.MISSING in capfd.readouterr().out


def test_the_proof_runs_all_tests_at_every_moment() -> None:
    proof, *others = testing.proofs(())
    assert proof == testing.PROOF
    assert [check.moment for check in others] == list(MOMENTS)
    assert {check.arguments for check in others} == {testing.checks_of("tests", ())[0].arguments}


def test_the_words_for_pytest_go_to_the_long_tests_alone() -> None:
    assert [check.moment for check in testing.proofs(["tests/deploy"])] == [None]


@pytest.mark.parametrize(("given", "drawn"), [((), True), (("tests/core",), False)])
def test_where_the_result_counts_all_tests_run_at_the_moment_of_the_day(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    stopped: Callable[[datetime], None],
    given: tuple[str, ...],
    drawn: bool,
) -> None:
    stopped(NOW)
    monkeypatch.setenv("CI", "true")
    run: list[testing.Check] = []

    def note(check: testing.Check) -> testing.CheckResult:
        run.append(check)
        return testing.CheckResult(check.name, True, 0.0)

    monkeypatch.setattr(testing, "run", note)
    assert testing.run_tests(["--only", "tests", *given]) == 0
    moment = of_day(NOW.date())
    assert [check.moment for check in run] == [moment if drawn else None]
    assert (f"--moment {moment.name}" in capfd.readouterr().out) is drawn
