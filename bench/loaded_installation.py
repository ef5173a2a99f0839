"""Hold one loaded database with the application in this process, and time what it answers."""

import statistics
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from werkzeug.test import TestResponse

from api.application import create
from app import assemble
from bench import environment
from cases.history.entries import Entry
from cli.framework.services import ProgramServices
from core import clock, memory_tuning

SECRET, PERSONAL_KEY = "b" * 40, "p" * 40
API = "/api/v1"
WORK_SECONDS = 3.0
Figures = dict[str, float | None]


class Installation:
    """One loaded database with the application in this process and the people's tokens."""

    def __init__(self, url: str, folder: Path) -> None:
        self.environ = {
            "HUIYIN_DATABASE_URL": url,
            "HUIYIN_DATA_DIR": str(folder),
            "HUIYIN_SECRET_KEY": SECRET,
            "HUIYIN_PERSONAL_KEY": PERSONAL_KEY,
        }
        self.services: ProgramServices = assemble(self.environ)
        self.statements: list[str] = []
        event.listen(self.services.db.engine, "before_cursor_execute", self._note)
        self._now = clock.now()

    def _note(self, *call: Any) -> None:
        if not call[2].startswith(("BEGIN", "PRAGMA")):
            self.statements.append(call[2])

    def open(self) -> None:
        """Put the clock to ten in the morning of the first working day after the newest entry."""
        db, rules = self.services.db, self.services.rules
        with db.reading() as session:
            newest = session.scalars(select(func.max(Entry.stored_at))).one()
        self._now = newest.astimezone(rules.zone)
        self.move_on()
        memory_tuning.freeze()  # as a server and a scheduler do when they begin

    def move_on(self) -> None:
        """Put the clock to ten in the morning of the next working day."""
        db, rules = self.services.db, self.services.rules
        with db.reading() as session:
            tomorrow = self._now.date() + timedelta(days=1)
            day = rules.services.calendars.current(session).next_working(tomorrow)
        self._now = datetime.combine(day, time_of_day(10), rules.zone)

    @property
    def now(self) -> datetime:
        """Return the moment at which this installation stands."""
        return self._now

    def client(self, username: str) -> FlaskClient:
        """Return a client that is signed in as somebody."""
        services = self.services
        app = create(db=services.db, rules=services.rules, settings=services.settings, now=lambda: self._now)
        client = app.test_client()
        token = environment.command(self.environ, "tokens", "issue", username).strip()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client


def get(client: FlaskClient, address: str) -> TestResponse:
    """Return the answer of an address; raise RuntimeError for a refusal."""
    answer = client.get(address)
    if answer.status_code >= 300:
        raise RuntimeError(f"{address}: {answer.status_code} {answer.get_data(as_text=True)[:300]}")
    return answer


def median(work: Callable[[], object]) -> float:
    """Return the median in milliseconds of what fits into some seconds, at least one."""
    times: list[float] = []
    until = time.perf_counter() + WORK_SECONDS
    while not times or (time.perf_counter() < until and len(times) < 100):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return 1000 * statistics.median(times)
