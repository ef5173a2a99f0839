"""Show what jobs would do at a moment without doing it: nothing is written, sent or removed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.installation import InstallationClock
from accounts.security_log import writer as security_log
from cases import attachments
from cases.configuration.case_rules import CountyRules
from cases.history import daily_seals
from cases.statistics import tallies
from config.settings import Settings
from core.persistence.db import Database, RehearsalDatabase
from jobs.tasks import TaskServices
from notifications import delivery


@dataclass(frozen=True)
class RehearsalServices:
    """What tasks need, with a database that takes every transaction back."""

    settings: Settings
    db: Database
    rules: CountyRules
    channels: Mapping[str, Any]
    clock: InstallationClock

    @classmethod
    def of(cls, services: TaskServices) -> "RehearsalServices":
        """Make them of the program's own."""
        return cls(
            services.settings,
            RehearsalDatabase(services.db),
            services.rules,
            services.channels,
            services.clock,
        )


def deliver(services: TaskServices, now: datetime) -> dict[str, Any]:
    """Count the letters that would be sent; whether they would arrive, nobody knows before."""
    due = delivery.count_due(services.db, channels=services.channels, now=now)
    return {"sent": due, "failed": 0, "dead": 0, "dropped": 0}


def tally(services: TaskServices, now: datetime) -> dict[str, Any]:
    """Count the changes that would be tallied."""
    del now
    return {"tallied": tallies.count_untallied(services.db)}


def seal(services: TaskServices, now: datetime) -> dict[str, Any]:
    """List the days that would be sealed."""
    with services.db.reading() as session:
        days = daily_seals.unsealed_days(session, rules=services.rules, now=now)
    return {"sealed": [day.isoformat() for day in days]}


def remove_orphans(services: TaskServices, now: datetime) -> dict[str, Any]:
    """Count the files that would be removed."""
    return {"removed": attachments.count_orphans(services.db, rules=services.rules, now=now)}


def delete_old_reads(services: TaskServices, now: datetime) -> dict[str, Any]:
    """List the days of the security log that would be removed."""
    days = security_log.find_expired(services.settings.data_dir / security_log.FOLDER, now)
    return {"removed_days": [day.isoformat() for day in sorted(days)]}
