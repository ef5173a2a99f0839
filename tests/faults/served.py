"""Start the program for real, kill it or some of its processes, and start it again at the same address."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]


class Served:
    """`app.py serve` as a group of processes of its own."""

    def __init__(
        self, environ: Mapping[str, str], *, workers: int = 1, program: tuple[str, ...] = ("app.py",)
    ) -> None:
        """Remember what to start; `program` is what the interpreter runs, the command is added."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HUIYIN_")}
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        self._environ = {**kept, **environ, "PYTHONUTF8": "1", "PYTHONPATH": path}
        self._program = program
        self.workers = workers
        self.port = 0
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Served":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self.kill()

    def start(self) -> float:
        """Start and wait until people can connect; give the seconds that took."""
        began = time.monotonic()
        while not self._started():
            if time.monotonic() - began > PATIENCE:
                raise AssertionError(f"the program did not start again within {PATIENCE:.0f} s")
        return time.monotonic() - began

    def _started(self) -> bool:
        process = subprocess.Popen(
            [sys.executable, *self._program, *("serve", "--port", str(self.port)), *self._workers()],
            cwd=ROOT,
            env=self._environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        self._process = process
        assert process.stdout is not None
        told = process.stdout.readline()
        if "http://" not in told:
            self.kill()
            return False
        self.port = int(told.split("http://")[1].split(",")[0].split()[0].rpartition(":")[2])
        return True

    def _workers(self) -> tuple[str, ...]:
        return ("--workers", str(self.workers))

    @property
    def process(self) -> "subprocess.Popen[str]":
        """Return the first process; it must be running."""
        assert self._process is not None
        return self._process

    def kill(self) -> None:
        """End every process of the group at once, as a supervisor does after the first was killed."""
        with contextlib.suppress(ProcessLookupError):  # it may have ended by itself
            os.killpg(self.process.pid, signal.SIGKILL)
        self._forget()

    def kill_a_worker(self, which: int) -> None:
        """End one of the workers alone."""
        found = self.worker_pids()
        os.kill(found[which % len(found)], signal.SIGKILL)

    def worker_pids(self) -> list[int]:
        """Return the processes that answer requests."""
        listed = subprocess.run(
            ["ps", "-A", "-ww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
        ).stdout
        rows = [line.split(None, 2) for line in listed.splitlines()]
        return [
            int(pid)
            for pid, parent, command in rows
            if int(parent) == self.process.pid and "spawn_main" in command
        ]

    def terminate(self) -> None:
        """Ask the program to end."""
        self.process.send_signal(signal.SIGTERM)

    def ended(self, seconds: float = PATIENCE) -> int:
        """Wait until the program has ended; give its exit code."""
        code = self.process.wait(timeout=seconds)
        self._forget()
        return code

    def _forget(self) -> None:
        self.process.wait(timeout=PATIENCE)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self._process = None
