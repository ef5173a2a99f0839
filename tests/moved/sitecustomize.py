"""Let a Python sleep whose clock was moved; read at the start of every one that runs at another moment.

It would sleep until a moment of the clock that only counts. libfaketime leaves that clock alone and yet takes
the moment for one of the clock it has moved, and the system refuses. Waiting for nothing takes as long and
asks for no moment. Standard library only.
"""

import select
import time


def sleep(seconds: float) -> None:
    """Sleep as time.sleep does, without a moment at which to wake."""
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    select.select([], [], [], seconds)


time.sleep = sleep  # type: ignore[assignment]
