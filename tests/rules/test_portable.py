"""The program starts where the modules that only POSIX systems have are missing, as on Windows."""

import subprocess
import sys

from tests.rules.sources import ROOT

POSIX_ONLY = ("fcntl", "grp", "pwd", "resource", "termios", "tty", "pty", "syslog", "crypt", "spwd", "nis")
HIDE = f"""
import sys

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name in {POSIX_ONLY!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Hidden())
for name in {POSIX_ONLY!r}:
    sys.modules.pop(name, None)
"""


def imported(*names: str) -> subprocess.CompletedProcess[str]:
    """Import modules in a fresh interpreter that lacks what Windows lacks."""
    return subprocess.run(
        [sys.executable, "-c", HIDE + "\n".join(f"import {name}" for name in names)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_everything_can_be_imported_without_them() -> None:
    names = (
        "core.bootstrap",
        "core.environment",
        "app",
        "cli.serve.processes",
        "cli.serve.workers",
        "jobs.schedule",
        "demo",
        "cli.testing",
        "tests.conftest",
    )
    assert imported(*names).stderr == ""


def test_the_modules_really_are_hidden() -> None:
    assert "No module named 'fcntl'" in imported("fcntl").stderr


def test_the_bootstrap_needs_no_package() -> None:
    done = subprocess.run(
        [sys.executable, "-S", "-c", "import core.bootstrap, core.environment"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
