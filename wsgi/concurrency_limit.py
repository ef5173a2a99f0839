"""Let only so many requests be worked on at once, so that slow ones hold up neither refusals nor health.

When every slot is taken for long, as by questions to a database that does not answer, whoever comes next is
told at once to come back, and `/healthz` goes on saying that the process lives (threats.md T17).
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, request

from core.errors import Unavailable

#: How many requests of one process are worked on at once.
SLOTS = 8
#: Seconds that a request waits for a slot; while none becomes free, those after it do not wait at all.
PATIENCE = 2.0
TURNED_AWAY = "huiyin.turned_away"


class ConcurrencyLimit:
    """The slots of one process."""

    def __init__(self, *, slots: int = SLOTS, patience: float = PATIENCE) -> None:
        self._free = threading.Semaphore(slots)
        self._patience = patience
        self._full_for_long = False

    def enter(self) -> bool:
        """Take a slot; False when there is none, and then nothing is to be given back."""
        entered = self._free.acquire(timeout=0 if self._full_for_long else self._patience)
        self._full_for_long = not entered
        return entered

    def leave(self) -> None:
        """Give a slot back."""
        self._full_for_long = False
        self._free.release()

    @contextmanager
    def slot(self, reason: str) -> Iterator[None]:
        """Hold a slot; raise Unavailable with this reason when there is none."""
        if not self.enter():
            raise Unavailable(reason=reason)
        try:
            yield
        finally:
            self.leave()


def turned_away(environ: dict[str, Any]) -> bool:
    """Return whether a request found no slot: it is answered without the database."""
    return bool(environ.get(TURNED_AWAY))


def install(app: Flask) -> None:
    """Let an application refuse what found no slot, before it does anything else."""

    @app.before_request
    def refuse() -> None:
        if turned_away(request.environ):
            raise Unavailable(reason="no_place")
