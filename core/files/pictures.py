"""Have pictures written anew, without what they tell beside what is seen."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore

from core.child_process import KILLED_STATUSES, surroundings

PROGRAM = Path(__file__).with_name("picture_process.py")
MOST_PIXELS = 40_000_000
MOST_SECONDS = 20
#: So long somebody waits for others' pictures; with the longest work it stays within a proxy's minute.
MOST_WAITING = 10
TOO_MANY_PIXELS, DAMAGED, TOO_MUCH_WORK = 3, 4, 5
LIMITS = (MOST_PIXELS, MOST_SECONDS, TOO_MANY_PIXELS, DAMAGED, TOO_MUCH_WORK)
#: The largest pictures need some 400 MB each while they are written; more at once would take too much.
PROCESS_SLOTS = BoundedSemaphore(2)


class DamagedPicture(ValueError):
    """Say that a picture cannot be read to its end."""


class TooManyPixels(ValueError):
    """Say that a picture would be too large when it is opened."""


class TooMuchWork(ValueError):
    """Say that a picture took more time or memory than it may; nothing is known of what is wrong with it."""


class NoTurn(Exception):
    """Say that others' pictures took too long for this one to be begun; later it may be."""


def reencode(content: bytes, kind: str) -> bytes:
    """Return a picture of a kind, `jpeg` or `png`, as it looks, and nothing beside it.

    The same content gives the same result. Raises DamagedPicture, TooManyPixels and TooMuchWork, and NoTurn
    when too many others are at it.
    """
    with _turn():
        try:
            done = subprocess.run(
                [sys.executable, "-I", str(PROGRAM), kind, *map(str, LIMITS)],
                input=content,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=surroundings(),
                timeout=2 * MOST_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise TooMuchWork from None
    if done.returncode == TOO_MANY_PIXELS:
        raise TooManyPixels
    if done.returncode == TOO_MUCH_WORK or done.returncode in KILLED_STATUSES:
        raise TooMuchWork
    if done.returncode != 0 or not done.stdout:
        raise DamagedPicture
    return done.stdout


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for one of the places, but not for ever: a thread that waits answers nobody else."""
    if not PROCESS_SLOTS.acquire(timeout=MOST_WAITING):
        raise NoTurn
    try:
        yield
    finally:
        PROCESS_SLOTS.release()
