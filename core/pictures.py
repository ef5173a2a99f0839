"""Have pictures written anew, without what they tell beside what is seen."""

import os
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore

PROGRAM = Path(__file__).with_name("picture_process.py")
MOST_PIXELS = 40_000_000
MOST_SECONDS = 20
TOO_MANY_PIXELS, DAMAGED = 3, 4
LIMITS = (MOST_PIXELS, MOST_SECONDS, TOO_MANY_PIXELS, DAMAGED)
#: All that the process learns of ours: where the system keeps its libraries. It must not see the secret key.
SURROUNDINGS = ("LD_LIBRARY_PATH", "PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR")
#: The largest pictures need some 400 MB each while they are written; more at once would take too much.
AT_ONCE = BoundedSemaphore(2)


class DamagedPicture(ValueError):
    """Say that a picture cannot be read to its end."""


class TooManyPixels(ValueError):
    """Say that a picture would be too large when it is opened."""


def written_anew(content: bytes, kind: str) -> bytes:
    """Give a picture of a kind, `jpeg` or `png`, as it looks, and nothing beside it.

    The same content gives the same result. Raises DamagedPicture and TooManyPixels.
    """
    with AT_ONCE:
        try:
            done = subprocess.run(
                [sys.executable, "-I", str(PROGRAM), kind, *map(str, LIMITS)],
                input=content,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={name: os.environ[name] for name in SURROUNDINGS if name in os.environ},
                timeout=2 * MOST_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise DamagedPicture from None
    if done.returncode == TOO_MANY_PIXELS:
        raise TooManyPixels
    if done.returncode != 0 or not done.stdout:
        raise DamagedPicture
    return done.stdout
