"""Read how much memory processes take: the proportional share (PSS), and the peak of a child that ended."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.environment import ROOT

PROC = Path("/proc")
POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Spent:
    """What a command took: seconds, and megabytes at its peak (None where the system does not tell)."""

    seconds: float
    peak_mb: float | None


def pss(process_id: int) -> float | None:
    """Return the megabytes of a process and all below it; None where there is no /proc."""
    if not (PROC / "self" / "smaps_rollup").exists():
        return None
    total = 0
    for one in (process_id, *_below(process_id)):
        for line in (PROC / str(one) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def run(environ: Mapping[str, str], *arguments: str) -> Spent:
    """Run a command of the program to its end; raise CalledProcessError when it refuses."""
    began = time.perf_counter()
    command = [sys.executable, str(ROOT / "app.py"), *arguments]
    process = subprocess.Popen(command, env={**os.environ, **environ}, stdout=subprocess.DEVNULL)
    peak: float | None = None
    while process.poll() is None:
        # Read while it runs: what the system tells of a child that ended counts the parent's memory as well.
        peak = _peak(process.pid) or peak
        time.sleep(POLL_SECONDS)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Spent(time.perf_counter() - began, peak)


def _peak(process_id: int) -> float | None:
    """Return the most megabytes that a process has had so far; None when it has none any more."""
    try:
        told = (PROC / str(process_id) / "status").read_text()
    except OSError:
        return None
    found = re.search(r"VmHWM:\s+(\d+) kB", told)
    return int(found[1]) / 1024 if found else None


def _below(process_id: int) -> list[int]:
    found: list[int] = []
    for place in (PROC / str(process_id) / "task").iterdir():
        for child in map(int, (place / "children").read_text().split()):
            found += [child, *_below(child)]
    return found
