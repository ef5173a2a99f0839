"""A PostgreSQL server that is stopped in every way and started again, and that keeps what it acknowledged."""

import os
import signal
import subprocess
import time
from pathlib import Path

import psycopg

from tests import postgres
from tests.patience import PATIENCE

#: As a server is set up for real use, except that the log is not forced to the disk: the machine stays up.
OPTIONS = tuple(
    option for option in postgres.OPTIONS if not option.startswith(("synchronous_commit", "full_page_writes"))
)
STOPS = ("fast", "immediate", "kill")


class Cluster:
    """One server of our own with one database."""

    def __init__(self, programs: Path, *, inside: Path | None = None) -> None:
        """Make it and start it; `inside` is the folder to make it in."""
        self._programs = programs
        self._server = postgres.start(programs, options=OPTIONS, inside=inside)
        self._data = Path(self._server.host) / "data"

    def url(self, database: str) -> str:
        """Return the address of a database, made if there is none."""
        where = f"host={self._server.host} port={self._server.port} user=postgres dbname=postgres"
        with psycopg.connect(where, autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {database}".encode())
        return self._server.url(database)

    def stop(self, how: str) -> None:
        """Stop the server: fast, immediate (without a checkpoint), or by killing its first process."""
        if how == "kill":
            pid = int((self._data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
            os.kill(pid, signal.SIGKILL)
            return
        assert self._control("-m", how, "-w", "stop") == 0

    def start(self) -> None:
        """Start it again; what a killed server left running must have ended before."""
        until = time.monotonic() + PATIENCE
        while self._control("-l", str(self._data.parent / "log"), "-w", "start") != 0:
            if time.monotonic() > until:
                raise AssertionError("PostgreSQL did not start again")

    def close(self) -> None:
        """Stop it for good and remove its folder."""
        self._server.stop()

    def _control(self, *arguments: str) -> int:
        return subprocess.run(
            [self._programs / "pg_ctl", "-D", self._data, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._data.parent,
            env=postgres.on_time(),
            user=self._data.owner() if os.geteuid() == 0 else None,
            check=False,
        ).returncode
