"""How a process keeps its memory: what lives as long as it does is not looked through for garbage again and
again, and its threads share what the system lends it.
"""

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

#: `M_ARENA_MAX` of glibc's mallopt(3): how many heaps the threads of a process may have.
_ARENA_MAX = -8
#: Two are enough where one thread runs at a time; by itself glibc gives each thread one, up to eight a core.
ARENAS = 2


@contextmanager
def loading() -> Iterator[None]:
    """Search for no garbage while a program is loaded, and never in what was: a sixth of the time of a start.

    Two hundred thousand objects are made, and a thousand of them are needed no more at the end.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def freeze() -> None:
    """Leave everything made so far out of later searches for garbage; for a process that begins its work.

    Modules, mappings and statements are some hundred thousand objects, none of which ever goes. A sweep that
    reads thousands of rows would have them all looked through several times, a quarter of its time.
    """
    gc.collect()
    gc.freeze()


def share_heaps() -> bool:
    """Let the threads of this process share few heaps; to be called before they start.

    What a request needed is freed, but a heap gives back only what lies at its end: eight threads kept eight
    times as much. Return whether the system's library does so; others than glibc keep their own ways.
    """
    if sys.platform != "linux":
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and mallopt(_ARENA_MAX, ARENAS) == 1
