"""Prepare what is measured: databases on both engines, a place with people, and server processes."""

import csv
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from tests import postgres

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
#: As many as there are clients: those who register at once do not sit in one village.
VILLAGES = 8
AREAS = (
    ("code", "name", "level", "parent"),
    ("BX", "基准县", "county", ""),
    ("BT", "基准乡", "township", "BX"),
    *((f"BV{index}", f"基准{index}村", "village", "BT") for index in range(VILLAGES)),
)
UNITS = (
    ("code", "name", "kind", "area", "superior"),
    ("bench-office", "基准乡政府", "township", "BT", ""),
    ("bench-team", "基准工作组", "team", "BT", "bench-office"),
    ("bench-committee", "基准村两委", "committee", "BT", "bench-office"),
)


@contextmanager
def databases(folder: Path) -> Iterator[dict[str, str]]:
    """Yield the address of an empty database for each engine; PostgreSQL waits for the disk."""
    programs = postgres.programs()
    urls = {"sqlite": f"sqlite:///{(folder / 'huiyin.db').as_posix()}"}
    if programs is None:
        yield urls
        return
    server = postgres.start(programs)
    try:
        admin = create_engine(server.url("postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            for name in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"):
                connection.execute(text(f"ALTER SYSTEM SET {name} TO on"))
            connection.execute(text("SELECT pg_reload_conf()"))
            connection.execute(text("CREATE DATABASE huiyin"))
        admin.dispose()
        yield {**urls, "postgresql": server.url("huiyin")}
    finally:
        server.stop()


def prepare_environment(environ: Mapping[str, str], folder: Path) -> str:
    """Migrate, enter villages, units and who works there, all by commands; give the team member's token."""
    command(environ, "db", "upgrade")
    for noun, rows in (("areas", AREAS), ("units", UNITS)):
        with (folder / f"{noun}.csv").open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(rows)
        command(environ, noun, "import", str(folder / f"{noun}.csv"))
    roles = ("--role", "team_leader", "--role", "member")
    command(
        environ, "users", "add", "bench", "--name", "基准", "--unit", "bench-team", "--no-password", *roles
    )
    committee = ("--unit", "bench-committee", "--role", "committee")
    command(environ, "users", "add", "bench-committee", "--name", "基准村干部", *committee)
    return command(environ, "tokens", "issue", "bench").strip()


def command(environ: Mapping[str, str], *arguments: str) -> str:
    """Run a command of the program and give what it printed; raise CalledProcessError when it refuses."""
    return subprocess.run(
        [sys.executable, str(ROOT / "app.py"), *arguments],
        env={**os.environ, **environ},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ).stdout


@contextmanager
def serving(arguments: list[str], environ: Mapping[str, str], port: int) -> Iterator[int]:
    """Run a server process until it answers /readyz, give its id, and end it afterwards."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env={**os.environ, **environ},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await_ready(process, port)
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=START_SECONDS)


def _await_ready(process: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return
        except OSError:
            if process.poll() is not None:
                raise RuntimeError("the server ended before it was ready") from None
            time.sleep(0.1)
    raise RuntimeError("the server did not become ready")
