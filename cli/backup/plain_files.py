"""Read the files of a folder that somebody else may have made, and nothing but them.

A name is a name below the folder, and a file is a file: no link, device or pipe leads elsewhere.
"""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from io import BufferedReader
from pathlib import Path, PurePosixPath

from cases.history.daily_seals import FOLDER as SEALS_FOLDER
from core.files import store
from core.persistence.database_backup import POSTGRES_COPY, SQLITE_COPY

#: One part of a name in a backup: what this program gives its files, on any system.
PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,100}")
FOLDERS = frozenset({store.FOLDER, SEALS_FOLDER})
COPIES = frozenset({SQLITE_COPY, POSTGRES_COPY})
#: A link cannot be opened, and a pipe is opened without waiting for its other end; Windows has neither flag.
PLAINLY = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))


class NotPlain(OSError):
    """Say that a name leads to something else than a file of its own below the folder."""


def find_strange(names: Iterable[str]) -> list[str]:
    """Return the names that no backup of ours has: absolute, upwards, elsewhere, or the same as another.

    The same are also two that differ in capitals alone, and a file where another name has a folder.
    """
    known = list(names)
    folded = [name.casefold() for name in known]
    folders = {str(parent) for name in folded for parent in PurePosixPath(name).parents}
    return [
        name
        for name, one in zip(known, folded, strict=True)
        if not _is_ours(name) or folded.count(one) > 1 or one in folders
    ]


def _is_ours(name: str) -> bool:
    first, *rest = name.split("/")
    if not all(PART.fullmatch(part) for part in (first, *rest)):
        return False
    return first in FOLDERS if rest else first in COPIES


def open_plain(folder: Path, name: str) -> BufferedReader:
    """Open a file below a folder for reading; the folder itself may be a link, nothing below it.

    Raises NotPlain for anything but a file, and for one that is the same file as another somewhere;
    FileNotFoundError where there is nothing.
    """
    place = folder
    for part in PurePosixPath(name).parts[:-1]:
        place = place / part
        if not stat.S_ISDIR(place.lstat().st_mode):
            raise NotPlain(name)
    place = folder / name
    if not stat.S_ISREG(place.lstat().st_mode):  # to open a device may do something
        raise NotPlain(name)
    handle = os.open(place, PLAINLY)
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
        os.close(handle)
        raise NotPlain(name)
    return os.fdopen(handle, "rb")


def list_files(folder: Path) -> Iterator[str]:
    """Yield the names of all files below a folder, in order; nothing where there is no folder.

    Raises NotPlain for what is neither a file nor a folder.
    """
    for place in sorted(folder.rglob("*")):
        mode, name = place.lstat().st_mode, place.relative_to(folder).as_posix()
        if stat.S_ISREG(mode):
            yield name
        elif not stat.S_ISDIR(mode):
            raise NotPlain(name)
