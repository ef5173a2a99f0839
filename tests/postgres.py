"""Start a PostgreSQL server for the tests alone and take it away again, whatever becomes of the tests.

A small guard process holds one end of a pipe. It stops the server and removes its folder when the other end
closes, which also happens when the tests are interrupted or killed. Standard library only: the guard is this
file run as a program.
"""

import glob
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

POSIX = os.name == "posix"
SUFFIX = "" if POSIX else ".exe"
PROGRAMS = ("initdb", "pg_ctl", "postgres")
PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "C:/Program Files/PostgreSQL/*/bin",
)
#: PostgreSQL refuses to run as root; these are the users it may run as instead.
OTHER_USERS = ("postgres", "nobody")
#: Seconds after which a server that does not stop is given up (tests.patience, which this file cannot read).
PATIENCE = 600.0
#: Nothing here has to survive a power cut.
OPTIONS = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "autovacuum=off",
    "shared_buffers=64MB",
    "timezone=UTC",
    "jit=off",  # compiling a statement takes longer than it would over a few rows
    "max_parallel_workers_per_gather=0",
)


def programs() -> Path | None:
    """Return the folder with the server's programs, of the newest version found, or None."""
    for folder in _folders():
        if all((folder / (name + SUFFIX)).is_file() for name in PROGRAMS):
            return folder
    return None


def _folders() -> Iterator[Path]:
    on_path = shutil.which("initdb")
    if on_path:
        yield Path(on_path).resolve().parent
    for pattern in PLACES:
        yield from (Path(found) for found in sorted(glob.glob(pattern), key=_version, reverse=True))
    config = shutil.which("pg_config")
    if config:
        told = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        yield Path(told.stdout.strip() or os.devnull)


def _version(folder: str) -> tuple[int, ...]:
    digits = "".join(char if char.isdigit() else " " for char in folder)
    return tuple(int(part) for part in digits.split())


@dataclass(frozen=True)
class Server:
    """A running server: where its socket is (a folder or a host), its port, and the guard to end it."""

    host: str
    port: int
    guard: subprocess.Popen[bytes]

    def url(self, database: str) -> str:
        """Return the address of one of its databases."""
        return f"postgresql+psycopg://postgres@/{database}?host={quote(self.host, safe='')}&port={self.port}"

    def stop(self) -> None:
        """Let the guard stop the server and remove its folder, and wait until it has."""
        if self.guard.stdin is not None:
            self.guard.stdin.close()
        self.guard.wait(timeout=PATIENCE)


def start(folder: Path, *, options: Sequence[str] = OPTIONS, inside: Path | None = None) -> Server:
    """Make a cluster with the programs in this folder and start it; about a second.

    It lies in a folder of its own, below `inside` or where temporary files lie. Raises RuntimeError with what
    the server said when it does not start.
    """
    home = Path(tempfile.mkdtemp(prefix="huiyin-pg-", dir=inside))
    user = _other_user(home)
    guard = subprocess.Popen(
        [sys.executable, str(Path(__file__).resolve()), str(folder), str(home), user or ""],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    host, port = (str(home), 5432) if POSIX else ("127.0.0.1", _free_port())
    _make(folder, home, user)
    told = [*options, f"listen_addresses={'' if POSIX else host}", f"port={port}"]
    if POSIX:
        told.append(f"unix_socket_directories={home}")
    with (home / "data" / "postgresql.auto.conf").open("a", encoding="utf-8") as conf:
        conf.writelines("{}='{}'\n".format(*option.split("=", 1)) for option in told)
    server = Server(host, port, guard)
    try:
        _run(folder / "pg_ctl", "-D", home / "data", "-l", home / "log", "-w", "start", home=home, user=user)
    except RuntimeError as error:
        log = (home / "log").read_text(encoding="utf-8", errors="replace") if (home / "log").exists() else ""
        server.stop()
        raise RuntimeError(f"{error}\n{log}") from None
    return server


def _make(folder: Path, home: Path, user: str | None) -> None:
    _run(
        folder / "initdb",
        *("-D", home / "data", "--no-sync", "--auth=trust", "--username=postgres"),
        *("--encoding=UTF8", "--locale=C"),
        home=home,
        user=user,
    )


def _run(program: Path, *arguments: str | Path, home: Path, user: str | None) -> None:
    """Run one of the server's programs; its output goes to a file, for a started server keeps it open."""
    said = home / "said"
    with said.open("wb") as out:
        done = subprocess.run(
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            cwd=home,
            env=on_time(),
            user=user,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"{program.name}: {said.read_text(encoding='utf-8', errors='replace')}")


def on_time() -> dict[str, str]:
    """Return an environment in which nobody moves the clock: the program never asks its database's."""
    return {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}


def _other_user(home: Path) -> str | None:
    """When root runs the tests, choose another user for the server and give it the folder."""
    if not POSIX or os.geteuid() != 0:
        return None
    for name in OTHER_USERS:
        try:
            shutil.chown(home, user=name)
        except LookupError:
            continue
        return name
    raise RuntimeError(f"root cannot run PostgreSQL, and there is no user {' or '.join(OTHER_USERS)}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _guard(folder: Path, home: Path, user: str | None) -> None:
    """Wait until the tests end, in whatever way, then leave nothing behind."""
    sys.stdin.buffer.read()
    if (home / "data" / "postmaster.pid").exists():
        _run(folder / "pg_ctl", "-D", home / "data", "-m", "immediate", "-w", "stop", home=home, user=user)
    shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    _guard(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] or None)
