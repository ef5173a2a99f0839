"""Keep what the program writes to its owner alone, and find what others can open all the same."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

#: What group and others may do with a file: nothing.
OTHERS = 0o077


def close_to_others() -> None:
    """Let every file and folder that this process makes from now on be its owner's alone: 600 and 700.

    Processes that it starts begin with the same.
    """
    os.umask(OTHERS)


@contextmanager
def closed_to_others() -> Iterator[None]:
    """Let files be made for their owner alone until the end."""
    before = os.umask(OTHERS)
    try:
        yield
    finally:
        os.umask(before)


@dataclass(frozen=True)
class OpenPlace:
    """A file or folder that group or others may use by its bits; `reached` unless a folder keeps them out."""

    place: Path
    mode: int
    reached: bool


def find_open(root: Path) -> Iterator[OpenPlace]:
    """Yield what group or others may use of a file, or of a folder and all below it; nothing on Windows.

    No link is followed; what cannot be looked at is passed over, for it belongs to somebody else.
    """
    if os.name == "posix":
        yield from _open_below(root, reached=True)


def _open_below(place: Path, *, reached: bool) -> Iterator[OpenPlace]:
    try:
        mode = place.lstat().st_mode
        inside = sorted(place.iterdir()) if stat.S_ISDIR(mode) else []
    except OSError:
        return
    if stat.S_ISLNK(mode):
        return
    if mode & OTHERS:
        yield OpenPlace(place, stat.S_IMODE(mode), reached)
    within = reached and bool(mode & 0o011)  # without it nobody gets into a folder
    for one in inside:
        yield from _open_below(one, reached=within)
