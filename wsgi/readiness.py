"""Find out whether a process can do its work.

Only a write that commits proves that writing works: one that is rolled back never reaches the disk and cannot
see that it is full (threats.md 3.12). Nothing here tells versions, backups or schedulers.
"""

import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from config.settings import Settings
from core.persistence import revisions
from core.persistence.db import Base, Database
from core.persistence.upsert import Insert, Upsert
from wsgi.models import Heartbeat

PAUSE = timedelta(seconds=5)
MEGABYTE = 1024 * 1024
HEARTBEATS = Base.metadata.tables[Heartbeat.__tablename__]


def _beat(insert: Insert, _: str) -> Any:
    statement = insert(HEARTBEATS)
    again = {"beat_at": statement.excluded.beat_at}
    return statement.on_conflict_do_update(index_elements=[HEARTBEATS.c.id], set_=again)


BEAT = Upsert(_beat)


@dataclass
class Readiness:
    """Remember for 5 seconds what was found, so that nobody can wear the disk out by asking."""

    db: Database
    settings: Settings
    checked_at: datetime | None = None
    reason: str | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def why_not(self, now: datetime) -> str | None:
        """Return the reason why this process cannot work, or None when it can."""
        with self.lock:
            if self.checked_at is None or not timedelta() <= now - self.checked_at < PAUSE:
                self.reason = self._check(now)
                self.checked_at = now
            return self.reason

    def _check(self, now: datetime) -> str | None:
        if free_mb(self.settings.data_dir) < self.settings.least_free_mb:
            return "disk_nearly_full"
        try:
            with self.db.transaction() as session:
                session.connection()  # waits for its turn to write, before anything else can fail
                if not revisions.is_enough(session):
                    return "migration_pending"
                record_heartbeat(session, now)
        except SQLAlchemyError:
            return "database_not_writable"
        return None


def free_mb(folder: Path) -> int:
    """Return the free space where the data lies, in MB; before the first start that is the folder above."""
    place = next(one for one in (folder, *folder.parents) if one.exists())
    return shutil.disk_usage(place).free // MEGABYTE


def record_heartbeat(session: Session, now: datetime) -> None:
    """Write the heartbeat."""
    session.execute(BEAT.on(session), {"id": 1, "beat_at": now})


def readiness(db: Database, settings: Settings) -> Callable[[datetime], str | None]:
    """Make the question that `/readyz` asks."""
    return Readiness(db, settings).why_not
