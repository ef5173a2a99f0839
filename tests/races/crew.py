"""Sweepers and deliverers as processes of their own, which may be killed in the middle of their work."""

import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

import app
from cases.deadlines import sweep as case_sweep
from cli.framework.services import ProgramServices
from core.errors import Unavailable
from notifications import delivery
from notifications.channels.message import Message
from tests.builders import accept_given_moments

LETTERS, DONE = "letters", "done"
#: What the schedule answers with another look: the database was busy.
BUSY = (OperationalError, Unavailable)


@dataclass
class Fate:
    """The number of the action before which a process is killed; none at all when it is 0."""

    left: int

    def step(self, *_: object) -> None:
        """Count an action; be killed when its time has come."""
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class Postbox:
    """A channel that keeps the keys of its letters in a file, also when the sender is killed after it."""

    place: Path
    fate: Fate

    def send(self, letter: Message) -> None:
        """Take a letter; the sender may be killed right after it."""
        out = os.open(self.place, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(out, f"{letter.key}\n".encode())
        os.close(out)
        self.fate.step()


def sweep(environ: Mapping[str, str], folder: str, now: datetime, left: int) -> None:
    """Sweep until every case was looked at."""
    services, _ = _joined(environ, folder, left)
    while case_sweep.sweep(services.db, rules=services.rules, now=now).failed:
        continue


def deliver(environ: Mapping[str, str], folder: str, now: datetime, left: int) -> None:
    """Deliver until the sweepers are done and nothing is left that nobody else has claimed."""
    services, box = _joined(environ, folder, left)
    while True:
        done = (Path(folder) / DONE).exists()
        try:
            sent = delivery.deliver(
                services.db, channels={"smtp": box}, now=now, worker=str(os.getpid())
            ).sent
        except BUSY:
            continue
        if done and not sent:
            return


def _joined(environ: Mapping[str, str], folder: str, left: int) -> tuple[ProgramServices, Postbox]:
    services, fate = app.assemble(environ), Fate(left)
    accept_given_moments(services.db, services.rules)
    event.listen(Engine, "before_cursor_execute", fate.step)
    event.listen(Engine, "commit", fate.step)
    return services, Postbox(Path(folder) / LETTERS, fate)
