"""What the schedule calls: each task finds what is due and does it, whether run twice or on many machines.

Each gives back what it did, as plain values that a command can print.
"""

import os
import socket
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.installation import InstallationClock
from accounts.quotas import counting
from accounts.security_log import writer as security_log
from accounts.sign_in import rate_limits, sessions
from cases import attachments
from cases.access.visibility import names_user
from cases.configuration import missing_notices
from cases.configuration.case_rules import CountyRules
from cases.deadlines import ladder_rungs, notice_moments, weekly_notice
from cases.deadlines import sweep as case_sweep
from cases.history import daily_seals
from cases.history.entries import clock_guard
from cases.models.case import Case, Clock
from cases.statistics import tallies
from cases.verification import nightly_check
from config.settings import Settings
from core.persistence.db import Database
from notifications import delivery, restore_guard
from notifications.models import Notice
from notifications.restore_guard import Restore
from wsgi import idempotency

#: Where the daily seals are kept beside the database.
SEALS_FOLDER = daily_seals.FOLDER


class TaskServices(Protocol):
    """What tasks need of the composed program."""

    @property
    def settings(self) -> Settings:
        """Return the settings."""

    @property
    def db(self) -> Database:
        """Return the database."""

    @property
    def clock(self) -> InstallationClock:
        """Return the clock of the installation."""

    @property
    def rules(self) -> CountyRules:
        """Return what the county decided."""

    @property
    def channels(self) -> Mapping[str, Any]:
        """Return the ways to reach people, by name."""


def sweep(services: TaskServices, now: datetime) -> dict[str, Any]:
    """Flag what is late and fire the ladder; the sweep itself knows the hour and the day.

    Raises Unavailable while the clock lies behind the history: which day it is nobody knows then.
    """
    with services.db.transaction() as session:
        guard = clock_guard(session)
        if guard is not None:
            guard.require_right(session)
    result = case_sweep.sweep(services.db, rules=services.rules, now=now, stored_at=services.clock.now())
    return {
        "today": result.today.isoformat(),
        "flagged": result.flagged,
        "fired": result.fired,
        "skipped": result.skipped,
        "raised": result.raised,
        **({"failed": result.failed} if result.failed else {}),
    }


def tally(services: TaskServices, now: datetime) -> dict[str, Any]:
    """Bring the sums behind the figures up to date; they do not depend on the moment."""
    del now
    return {"tallied": tallies.tally(services.db, zone=services.rules.zone)}


def deliver(services: TaskServices, now: datetime) -> dict[str, Any]:
    """Send what waits in the outbox and is still wanted."""
    with services.db.reading() as session:
        restore = restore_guard.last_restore(session)
    result = delivery.deliver(
        services.db,
        channels=services.channels,
        now=now,
        worker=f"{socket.gethostname()}:{os.getpid()}",
        wanted=partial(is_still_wanted, rules=services.rules, restore=restore),
        epoch=restore.epoch if restore is not None else "",
        sample=services.clock.is_sample(),
    )
    return {"sent": result.sent, "failed": result.failed, "dead": result.dead, "dropped": result.dropped}


def is_still_wanted(session: Session, notice: Notice, *, rules: CountyRules, restore: Restore | None) -> bool:
    """Return whether a notice still has its reason at the moment of sending (threats.md T47).

    Whoever a matter has come to name must not learn of it by a letter that was on its way. After a restore,
    what the clock owed before it was sent by the original, or was its to send.
    """
    if restore is not None and notice.created_at >= restore.at:
        since = notice_moments.owed_since(session, notice, rules)
        if since is not None and since <= restore.at:
            return False
    number, name = notice.facts.get("number"), notice.facts.get("clock")
    if number is not None and names_user(session, number=number, user_id=notice.user_id):
        return False
    if number is None or name is None:
        return True
    row = session.execute(
        select(Case, Clock)
        .outerjoin(Clock, (Clock.case_id == Case.id) & (Clock.clock == name))
        .where(Case.number == number)
    ).one_or_none()
    case, running = row if row is not None else (None, None)
    return ladder_rungs.still_wanted(case, notice.kind, notice.facts, running)


def seal(services: TaskServices, now: datetime) -> dict[str, Any]:
    """Seal the history of every finished day and write the seals beside the database."""
    days = daily_seals.seal(
        services.db, rules=services.rules, folder=services.settings.data_dir / SEALS_FOLDER, now=now
    )
    return {"sealed": [day.isoformat() for day in days]}


def verify_records(services: TaskServices, now: datetime) -> dict[str, Any]:
    """Check what was recorded since the last check, and keep what was found."""
    folder = services.settings.data_dir / SEALS_FOLDER
    done = nightly_check.run(services.db, rules=services.rules, seals_folder=folder, now=now)
    since = done.since.isoformat() if done.since is not None else None
    return {"since": since, "looked_at": done.looked_at, "found": done.found}


def digest(services: TaskServices, now: datetime) -> dict[str, Any]:
    """Write the weekly notice; the notice itself knows the week."""
    with services.db.transaction() as session:
        return {"notices": weekly_notice.write(session, rules=services.rules, now=now)}


def remove_orphans(services: TaskServices, now: datetime) -> dict[str, Any]:
    """Remove uploads that no case took up, and files that no row points to."""
    return {"removed": attachments.remove_orphans(services.db, rules=services.rules, now=now)}


def delete_expired(services: TaskServices, now: datetime) -> dict[str, Any]:
    """Drop kept answers, what was counted and sign-ins that were over long ago, each after its time."""
    with services.db.transaction() as session:
        return {
            "forgotten": idempotency.delete_expired(session, now=now),
            "tries": rate_limits.delete_expired(session, now=now),
            "sign_ins": sessions.delete_expired(session, now=now),
            "quotas": counting.delete_expired(session, today=now.astimezone(services.rules.zone).date()),
        }


def delete_old_reads(services: TaskServices, now: datetime) -> dict[str, Any]:
    """Remove the days of the security log that were kept long enough, and nothing younger."""
    days = security_log.delete_expired(services.settings.data_dir / security_log.FOLDER, now)
    return {"removed_days": [day.isoformat() for day in days]}


def watch_calendar(services: TaskServices, now: datetime) -> dict[str, Any]:
    """Tell the administrators while the working days of a year are only guessed."""
    with services.db.transaction() as session:
        return {"notices": missing_notices.warn(session, rules=services.rules, now=now)}
