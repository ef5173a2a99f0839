"""Let several people, or several processes, begin at the same moment."""

import multiprocessing
import threading
import time
from collections.abc import Callable
from functools import cache, partial
from typing import Any, TypeVar

from werkzeug.test import TestResponse

from tests.patience import PATIENCE

EIGHT = 8
Result = TypeVar("Result")


def at_once(*tasks: Callable[[], Result]) -> list[Result]:
    """Run every task in a thread of its own, all from the same moment; give their results in the order."""
    start = threading.Barrier(len(tasks))
    results: dict[int, Result] = {}

    def run(place: int, task: Callable[[], Result]) -> None:
        start.wait()
        results[place] = task()

    threads = [threading.Thread(target=run, args=(place, task)) for place, task in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [results[place] for place in range(len(tasks))]


def answers_at_once(*requests: Callable[[], TestResponse]) -> list[TestResponse]:
    """Send requests at once as programs do that come again when they are told to: none ends with 503.

    A busy machine lets not every turn come in time; then nothing was stored, and the answer says so.
    """
    until = time.monotonic() + PATIENCE

    def answer(request: Callable[[], TestResponse]) -> TestResponse:
        while (answered := request()).status_code == 503 and time.monotonic() < until:
            assert "Retry-After" in answered.headers
        return answered

    return at_once(*[partial(answer, request) for request in requests])


@cache
def processes() -> Any:
    """Return a way to start processes that share nothing with this one; fast where the system can do so."""
    known = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in known else "spawn")
    if "forkserver" in known:
        context.set_forkserver_preload(["tests.races.crew"])
    return context
