"""Small disks that a test may fill or cut off; only root can mount them."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

BLOCK = 64 * 1024


def needs_root(what: str) -> None:
    """Skip where the system does not let a test have a disk of its own, and say so."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip(f"{what} needs root, to mount a small disk")


@contextmanager
def mounted(place: Path, *arguments: str) -> Iterator[Path]:
    """Mount something for the time of a test."""
    place.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["mount", *arguments, str(place)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"root may not mount here, as in a container: {done.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[Path]:
    """Yield a disk of this size, in memory."""
    with mounted(place, "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "none") as disk:
        yield disk


def fill(disk: Path) -> Path:
    """Fill a disk to the last byte; give the file that does so."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as out:
        for size in (BLOCK, 1):
            try:
                while out.write(b"\0" * size) == size:
                    pass
            except OSError:
                continue
    return filler
