"""The schedule: what it looks at, that nothing stops it, and that it says *look now* only."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from apscheduler.events import EVENT_JOB_EXECUTED
from sqlalchemy import select

import app
from accounts.fixed_settings import add_setting
from accounts.installation import SETTING, InstallationClock
from accounts.vocabulary import InstallationKind
from cases.configuration.case_rules import CountyRules
from cases.history.entries import Entry
from cases.models.case import Case
from cases.verification.verify import verify
from config.settings import Settings
from core.errors import NotFound
from core.persistence.db import Base, Database
from jobs import schedule
from jobs.heartbeats import last_run, record_run
from jobs.schedule import JOBS, Job, build_scheduler, moment_of, run_once
from tests.builders import PERSONAL_KEY, ZONE, at
from tests.jobs.test_tasks import Postbox
from tests.patience import PATIENCE

ACase = Callable[..., Case]


@dataclass(frozen=True)
class Joined:
    """The services that jobs need, with a data folder of the test's own."""

    settings: Settings
    db: Database
    rules: CountyRules
    channels: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def clock(self) -> InstallationClock:
        return InstallationClock(self.db)


@pytest.fixture
def services(town: Database, rules: CountyRules, tmp_path: Path) -> Joined:
    environ = {
        "HUIYIN_DATA_DIR": str(tmp_path / "var"),
        "HUIYIN_SECRET_KEY": "k" * 40,
        "HUIYIN_PERSONAL_KEY": PERSONAL_KEY,
    }
    settings = app.assemble(environ).settings
    return Joined(settings, town, rules)


def test_the_table_holds_every_job_once() -> None:
    names = [job.name for job in JOBS]
    assert names == [
        "sweep",
        "deliver",
        "tally",
        "seal",
        "digest",
        "orphans",
        "forget",
        "reads",
        "verify",
        "calendar_watch",
    ]


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
def test_every_job_may_run_twice(
    services: Joined, stopped: Callable[[datetime], None], a_case: ACase, name: str
) -> None:
    a_case("assigned", category="village_org")
    stopped(at("2026-03-24"))
    assert run_once(name, services, date(2026, 3, 24))["rehearsal"] is False
    assert run_once(name, services, date(2026, 3, 24))["rehearsal"] is False


def content(db: Database, folder: Path) -> dict[str, Any]:
    """Read all rows of all tables, and the names of all files."""
    with db.reading() as session:
        rows: dict[str, Any] = {
            table.name: sorted(map(repr, session.execute(table.select())))
            for table in Base.metadata.sorted_tables
        }
    return {**rows, "files": sorted(str(path) for path in folder.rglob("*"))}


@pytest.mark.parametrize("day", ["2026-05-25", "2026-03-02"])
@pytest.mark.parametrize("name", [job.name for job in JOBS])
def test_a_run_for_another_day_is_a_rehearsal_that_writes_nothing(
    services: Joined, stopped: Callable[[datetime], None], a_case: ACase, name: str, day: str
) -> None:
    a_case("assigned", category="village_org")
    stopped(at("2026-03-12"))
    post = Postbox()
    services = replace(services, channels={"smtp": post})
    before = content(services.db, services.settings.data_dir)
    done = run_once(name, services, date.fromisoformat(day))
    assert done["rehearsal"] is True
    assert content(services.db, services.settings.data_dir) == before
    assert post.letters == []


def test_a_rehearsal_shows_what_would_happen_on_that_day(
    services: Joined, stopped: Callable[[datetime], None], a_case: ACase
) -> None:
    case = a_case("assigned", category="village_org")
    stopped(at("2026-03-12"))
    rehearsed = run_once("sweep", services, date(2026, 3, 24))
    stopped(at("2026-03-24"))
    done = run_once("sweep", services)
    assert rehearsed["flagged"] == [case.number]
    assert {**rehearsed, "rehearsal": False} == done


def test_a_rehearsal_counts_what_would_be_sent_and_sealed(
    services: Joined, stopped: Callable[[datetime], None], a_case: ACase
) -> None:
    a_case("assigned")  # on 2026-03-02
    stopped(at("2026-03-03"))
    services = replace(services, channels={"smtp": Postbox()})
    assert run_once("deliver", services, date(2026, 3, 5))["sent"] > 0
    days = [f"2026-03-0{number}" for number in range(2, 5)]
    assert run_once("seal", services, date(2026, 3, 5))["sealed"] == days
    assert run_once("tally", services, date(2026, 3, 5))["tallied"] > 0


def make_sample(services: Joined) -> None:
    chain = services.rules.services.chain
    with services.db.transaction() as session:
        add_setting(session, SETTING, InstallationKind.SAMPLE, chain=chain, now=at("2026-03-02"))


def test_in_a_sample_a_day_to_come_has_come(
    services: Joined, stopped: Callable[[datetime], None], a_case: ACase
) -> None:
    case = a_case("assigned", category="village_org")
    stopped(at("2026-03-12"))
    make_sample(services)
    done = run_once("sweep", services, date(2026, 3, 24))
    assert (done["rehearsal"], done["flagged"]) == (False, [case.number])
    assert services.clock.now() == at("2026-03-24", 9)
    assert run_once("sweep", services, date(2026, 3, 20))["rehearsal"] is True  # that day is over
    assert run_once("sweep", services)["today"] == "2026-03-24"
    seals = services.settings.data_dir / "heads"
    assert len(run_once("seal", services, date(2026, 3, 26))["sealed"]) == 24
    with services.db.reading() as session:
        now = services.clock.now()
        assert list(verify(session, rules=services.rules, seals_folder=seals, now=now)) == []


def test_before_nine_a_sweep_of_today_is_as_at_nine_and_nothing_is_sealed_ahead(
    services: Joined, stopped: Callable[[datetime], None], a_case: ACase
) -> None:
    case = a_case("assigned", category="village_org")
    stopped(at("2026-03-24", 0, 2))
    assert run_once("sweep", services, date(2026, 3, 24))["flagged"] == [case.number]
    assert "2026-03-23" not in run_once("seal", services, date(2026, 3, 24))["sealed"]
    with services.db.reading() as session:
        times = session.scalars(select(Entry.received_at).where(Entry.action == "urge")).all()
    assert set(times) == {at("2026-03-24", 0, 2)}  # whatever somebody does before nine comes after it


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
