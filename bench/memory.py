"""Read how much memory processes take: the proportional share (PSS), and the peak of a child that ended."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.ground import ROOT

PROC = Path("/proc")


@dataclass(frozen=True)
class Spent:
    """What a command took: seconds, and megabytes at its peak (None where the system does not tell)."""

    seconds: float
    peak_mb: float | None


def pss(process_id: int) -> float | None:
    """Give the megabytes of a process and all below it; None where there is no /proc."""
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
    if hasattr(os, "wait4"):
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        peak = usage.ru_maxrss / 1024
    if process.wait():
        raise subprocess.CalledProcessError(process.returncode, command)
    return Spent(time.perf_counter() - began, peak)


def _below(process_id: int) -> list[int]:
    found: list[int] = []
    for place in (PROC / str(process_id) / "task").iterdir():
        for child in map(int, (place / "children").read_text().split()):
            found += [child, *_below(child)]
    return found
