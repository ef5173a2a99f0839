"""Say when to look: a table of name, when and task, and the scheduler made of it.

The schedule lives in memory and only says *look now*; what is due stands in the database, so that any number
of schedulers, restarts and outages change nothing (design.md section 2).
"""

import logging
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from core import clock, memory_tuning
from core.errors import NotFound
from core.i18n import mark as _
from jobs import rehearsals, tasks
from jobs.heartbeats import record_run
from jobs.tasks import TaskServices
from workflow.ladder import MORNING

log = logging.getLogger(__name__)

SWEEP_MINUTES = 5
DELIVER_SECONDS = 15
TALLY_MINUTES = 1
NINE = time(9)  # a run for a past day happens as at nine in the morning of that day


@dataclass(frozen=True)
class Job:
    """One row of the table: its name, what it is for, when it runs, and the task it calls.

    A job that is `at_start` also runs as soon as the scheduler does, to catch up with what it missed. What a
    rehearsal of it shows is found by the task on a database that takes everything back, or by `rehearse`
    where the task also works outside the database. One that is `of_morning` has its hour by itself: asked for
    today before nine, it runs as at nine; any other runs as of now, for what it does must not lie ahead.
    """

    name: str
    help: str
    when: str
    trigger: Callable[[tzinfo], Any]
    task: Callable[[TaskServices, datetime], dict[str, Any]]
    at_start: bool = True
    rehearse: Callable[[TaskServices, datetime], dict[str, Any]] | None = None
    of_morning: bool = False


def _every(**span: int) -> Callable[[tzinfo], Any]:
    return lambda zone: IntervalTrigger(timezone=zone, **span)


def _at(**fields: int | str) -> Callable[[tzinfo], Any]:
    return lambda zone: CronTrigger(timezone=zone, **fields)


def _in_the_morning(day_of_week: str = "*") -> Callable[[tzinfo], Any]:
    return _at(day_of_week=day_of_week, hour=MORNING.hour, minute=MORNING.minute)


JOBS = (
    Job(
        "sweep",
        _("标出超期事项，按阶梯催办"),
        "*/5 min",
        _every(minutes=SWEEP_MINUTES),
        tasks.sweep,
        of_morning=True,
    ),
    Job(
        "deliver",
        _("发出待发的通知"),
        "*/15 s",
        _every(seconds=DELIVER_SECONDS),
        tasks.deliver,
        rehearse=rehearsals.deliver,
    ),
    Job(
        "tally",
        _("把有变动的事项计入汇总"),
        "*/1 min",
        _every(minutes=TALLY_MINUTES),
        tasks.tally,
        rehearse=rehearsals.tally,
    ),
    Job("seal", _("封存前一天的记录"), "00:10", _at(hour=0, minute=10), tasks.seal, rehearse=rehearsals.seal),
    Job("digest", _("写每周通报"), "Mon 08:30", _in_the_morning("mon"), tasks.digest, of_morning=True),
    Job(
        "orphans",
        _("清理没有用上的附件"),
        "03:20",
        _at(hour=3, minute=20),
        tasks.remove_orphans,
        at_start=False,
        rehearse=rehearsals.remove_orphans,
    ),
    Job(
        "forget",
        _("清理过期的重复提交记录"),
        "03:40",
        _at(hour=3, minute=40),
        tasks.delete_expired,
        at_start=False,
    ),
    Job(
        "reads",
        _("清理保存期满的阅读记录"),
        "03:50",
        _at(hour=3, minute=50),
        tasks.delete_old_reads,
        at_start=False,
        rehearse=rehearsals.delete_old_reads,
    ),
    Job(
        "verify",
        _("核对上次核对以来的记录"),
        "04:20",
        _at(hour=4, minute=20),
        tasks.verify_records,
        at_start=False,
    ),
    Job(
        "calendar_watch",
        _("查看放假通知是否齐全"),
        "08:30",
        _in_the_morning(),
        tasks.watch_calendar,
        of_morning=True,
    ),
)
BY_NAME: Mapping[str, Job] = {job.name: job for job in JOBS}


def build_scheduler(services: TaskServices) -> BackgroundScheduler:
    """Make the scheduler of all jobs in the county's zone; the caller starts it and shuts it down."""
    zone = services.rules.zone
    scheduler = BackgroundScheduler(
        timezone=zone, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    for job in JOBS:
        first = {"next_run_time": clock.now()} if job.at_start else {}
        scheduler.add_job(
            _run_logged, job.trigger(zone), args=[job, services], id=job.name, name=job.name, **first
        )
    return scheduler


def run_until(services: TaskServices, stop: threading.Event) -> None:
    """Run the schedule until somebody sets the event; what is under way is finished first."""
    scheduler = build_scheduler(services)
    memory_tuning.freeze()
    scheduler.start()
    log.info("the schedule runs", extra={"fields": {"jobs": len(JOBS), "pid": os.getpid()}})
    try:
        # Windows delivers Ctrl-C only between waits, so none of them may be endless.
        while not stop.wait(timeout=1):
            pass
    finally:
        scheduler.shutdown(wait=True)


def run_once(name: str, services: TaskServices, today: date | None = None) -> dict[str, Any]:
    """Run one job now, or as at nine in the morning of a day; give what it did.

    A day other than today is a rehearsal that writes nothing and shows what would be done, but for one to
    come in a sample, which is at that day from then on (domain.md section 1). Raises NotFound for a name that
    is not in the table; what the task raises goes through.
    """
    if name not in BY_NAME:
        raise NotFound(job=name)
    job, present = BY_NAME[name], services.clock.now()
    moment = present if today is None else moment_of(today, services.rules.zone)
    if today is None or today == present.astimezone(services.rules.zone).date():
        as_of = max(moment, present) if job.of_morning else present
        return {**job.task(services, as_of), "rehearsal": False}
    if services.clock.is_sample() and moment > present:
        services.clock.advance(moment, chain=services.rules.services.chain)
        return {**job.task(services, moment), "rehearsal": False}
    if job.rehearse is not None:
        return {**job.rehearse(services, moment), "rehearsal": True}
    return {**job.task(rehearsals.RehearsalServices.of(services), moment), "rehearsal": True}


def moment_of(today: date, zone: tzinfo) -> datetime:
    """Return nine in the morning of a day."""
    return datetime.combine(today, NINE, zone).astimezone(UTC)


def _run_logged(job: Job, services: TaskServices) -> None:
    """Run a task for the scheduler; one that fails is logged and looks again at its next time."""
    try:
        done = job.task(services, services.clock.now())
    except Exception:
        log.exception("job %s failed", job.name)
    else:
        counts = {name: len(value) if isinstance(value, list) else value for name, value in done.items()}
        did = any(value for value in counts.values() if isinstance(value, int))
        fields = {"job": job.name, "done": counts}
        log.log(logging.INFO if did else logging.DEBUG, "job done", extra={"fields": fields})
        record_run(services.settings.data_dir, job.name, clock.now())
