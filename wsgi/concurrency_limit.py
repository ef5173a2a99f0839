"""Let only so many requests be worked on at once, so that slow ones hold up neither refusals nor health.

When every place is taken for long, as by questions to a database that does not answer, whoever comes next is
told at once to come back, and `/healthz` goes on saying that the process lives (trust.md T17).
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, request

from core.errors import Unavailable

#: How many requests of one process are worked on at once.
PLACES = 8
#: Seconds that a request waits for a place; while none becomes free, those after it do not wait at all.
PATIENCE = 2.0
TURNED_AWAY = "huiyin.turned_away"


class ConcurrencyLimit:
    """The places of one process."""

    def __init__(self, *, places: int = PLACES, patience: float = PATIENCE) -> None:
        self._free = threading.Semaphore(places)
        self._patience = patience
        self._full_for_long = False

    def enter(self) -> bool:
        """Take a place; False when there is none, and then nothing is to be given back."""
        entered = self._free.acquire(timeout=0 if self._full_for_long else self._patience)
        self._full_for_long = not entered
        return entered

    def leave(self) -> None:
        """Give a place back."""
        self._full_for_long = False
        self._free.release()

    @contextmanager
    def place(self, reason: str) -> Iterator[None]:
        """Hold a place; raise Unavailable with this reason when there is none."""
        if not self.enter():
            raise Unavailable(reason=reason)
        try:
            yield
        finally:
            self.leave()


def turned_away(environ: dict[str, Any]) -> bool:
    """Tell whether a request found no place: it is answered without the database."""
    return bool(environ.get(TURNED_AWAY))


def install(app: Flask) -> None:
    """Let an application refuse what found no place, before it does anything else."""

    @app.before_request
    def refuse() -> None:
        if turned_away(request.environ):
            raise Unavailable(reason="no_place")
