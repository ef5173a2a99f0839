"""The schedule: what it looks at, that nothing stops it, and that it says *look now* only."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from apscheduler.events import EVENT_JOB_EXECUTED

import app
from cases.configuration.case_rules import CountyRules
from config.settings import Settings
from core.errors import NotFound
from core.persistence.db import Database
from jobs import schedule
from jobs.heartbeats import last_run, record_run
from jobs.schedule import JOBS, Job, build_scheduler, moment_of, run_once
from tests.builders import ZONE, at
from tests.patience import PATIENCE


@dataclass(frozen=True)
class Joined:
    """The services that jobs need, with a data folder of the test's own."""

    settings: Settings
    db: Database
    rules: CountyRules
    channels: Mapping[str, Any] = field(default_factory=dict)


@pytest.fixture
def services(town: Database, rules: CountyRules, tmp_path: Path) -> Joined:
    environ = {"HUIYIN_DATA_DIR": str(tmp_path / "var"), "HUIYIN_SECRET_KEY": "k" * 40}
    settings = app.assemble(environ).settings
    return Joined(settings, town, rules)


def test_the_table_holds_every_job_once() -> None:
    names = [job.name for job in JOBS]
    assert names == ["sweep", "deliver", "tally", "seal", "digest", "orphans", "forget", "calendar_watch"]


def test_missed_runs_are_caught_up_once_and_never_side_by_side(services: Joined) -> None:
    scheduler = build_scheduler(services)
    scheduler.start(paused=True)
    try:
        for job in scheduler.get_jobs():
            assert (job.coalesce, job.max_instances, job.misfire_grace_time) == (True, 1, None)
        assert scheduler.timezone == ZONE
    finally:
        scheduler.shutdown()


@pytest.mark.parametrize(
    ("name", "after", "expected"),
    [
        ("seal", "2026-03-02", datetime(2026, 3, 3, 0, 10, tzinfo=ZONE)),
        ("digest", "2026-03-03", datetime(2026, 3, 9, 8, 30, tzinfo=ZONE)),
        ("calendar_watch", "2026-03-02", datetime(2026, 3, 3, 8, 30, tzinfo=ZONE)),
    ],
)
def test_the_hours_are_those_of_the_county(name: str, after: str, expected: datetime) -> None:
    trigger = schedule.BY_NAME[name].trigger(ZONE)
    assert trigger.get_next_fire_time(None, at(after)) == expected


def test_a_job_that_fails_is_logged_and_holds_up_no_other(
    services: Joined, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done = threading.Event()

    def fail(given: Any, now: datetime) -> dict[str, Any]:
        raise RuntimeError("the disk is gone")

    def work(given: Any, now: datetime) -> dict[str, Any]:
        return {"moment": now}

    seldom = schedule.BY_NAME["seal"].trigger
    table = (Job("broken", "", "", seldom, fail), Job("sound", "", "", seldom, work))
    monkeypatch.setattr(schedule, "JOBS", table)
    scheduler = build_scheduler(services)
    left = {"broken", "sound"}

    def note(event: Any) -> None:
        left.discard(event.job_id)
        if not left:
            done.set()

    scheduler.add_listener(note, EVENT_JOB_EXECUTED)
    scheduler.start()
    try:
        assert done.wait(PATIENCE)
    finally:
        scheduler.shutdown()
    assert "job broken failed" in caplog.text
    assert last_run(services.settings.data_dir, "sound") is not None
    assert last_run(services.settings.data_dir, "broken") is None


@pytest.mark.parametrize("name", [job.name for job in JOBS])
def test_every_job_may_run_twice(services: Joined, name: str) -> None:
    run_once(name, services, date(2026, 3, 24))
    run_once(name, services, date(2026, 3, 24))


def test_an_unknown_job_is_refused(services: Joined) -> None:
    with pytest.raises(NotFound):
        run_once("nonsense", services)


def test_a_run_for_a_day_happens_at_nine_in_the_morning_of_that_day() -> None:
    moment = moment_of(date(2026, 3, 2), ZONE)
    assert moment == datetime(2026, 3, 2, 1, tzinfo=UTC)
    assert moment.tzinfo is UTC  # the chained history has one form for times


def test_the_schedule_runs_until_it_is_told_to_stop(services: Joined) -> None:
    stop = threading.Event()
    running = threading.Thread(target=schedule.run_until, args=(services, stop))
    running.start()
    stop.set()
    running.join(PATIENCE)
    assert not running.is_alive()


def test_a_mark_says_when_something_last_ran(tmp_path: Path) -> None:
    first = at("2026-03-02")
    record_run(tmp_path, "sweep", first)
    record_run(tmp_path, "sweep", first + timedelta(minutes=5))
    assert last_run(tmp_path, "sweep") == first + timedelta(minutes=5)
    assert last_run(tmp_path, "never") is None
