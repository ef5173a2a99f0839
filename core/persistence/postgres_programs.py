"""Find the programs of PostgreSQL, which are often installed beside the path."""

import glob
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from core.errors import Unavailable

SEARCH_PATTERNS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "C:/Program Files/PostgreSQL/*/bin",
)


class ProgramNotFound(Unavailable):
    """Say that a program that the work needs is not installed."""

    def __init__(self, program: str) -> None:
        super().__init__(program=program)
        self.code = "program_not_found"


def find(name: str) -> Path:
    """Return the newest installed program of this name, for a newer one reads what older servers hold.

    Raises ProgramNotFound.
    """
    suffix = ".exe" if os.name == "nt" else ""
    for folder in _folders():
        if (folder / (name + suffix)).is_file():
            return folder / (name + suffix)
    on_path = shutil.which(name)
    if on_path is None:
        raise ProgramNotFound(name)
    return Path(on_path)


def _folders() -> Iterator[Path]:
    for pattern in SEARCH_PATTERNS:
        yield from (Path(found) for found in sorted(glob.glob(pattern), key=_version, reverse=True))


def _version(folder: str) -> tuple[int, ...]:
    digits = "".join(char if char.isdigit() else " " for char in folder)
    return tuple(int(part) for part in digits.split())
