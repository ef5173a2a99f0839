"""Keep keys in a file of their own, one a line and the newest first, which nobody else may read."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

#: In the data folder, which a backup never takes it from (`cli.backup`).
NAME = "personal.key"
RANDOM_BYTES = 48


def read(place: Path) -> tuple[str, ...]:
    """Return the keys of a file, the newest first; none where there is no file."""
    try:
        lines = place.read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return ()
    return tuple(line.strip() for line in lines if line.strip())


def make(place: Path) -> None:
    """Make a key where there is no file; of two processes that start at once the first one's is kept.

    The file is made with mode 600 in one step, so that it is at no moment readable by others.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        _write(place, (secrets.token_urlsafe(RANDOM_BYTES),))


def add(place: Path) -> None:
    """Put a new key behind those that are there: it opens, and does not seal yet."""
    _replace(place, (*read(place), secrets.token_urlsafe(RANDOM_BYTES)))


def put_first(place: Path, index: int) -> None:
    """Let the key at this place among the others be the first, which seals."""
    keys = read(place)
    if index:
        _replace(place, (keys[index], *keys[:index], *keys[index + 1 :]))


def _replace(place: Path, keys: tuple[str, ...]) -> None:
    """Write the file anew in one step: whoever reads meanwhile finds the keys of before, or these."""
    aside = place.with_name(f"{place.name}.new")
    aside.unlink(missing_ok=True)  # of somebody who was killed
    _write(aside, keys)
    os.replace(aside, place)


def _write(place: Path, keys: tuple[str, ...]) -> None:
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write("".join(f"{key}\n" for key in keys))
        out.flush()
        os.fsync(out.fileno())  # what is sealed with it must never outlive it
