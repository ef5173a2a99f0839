"""Start the program for real, as a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.builders import PERSONAL_KEY
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[3]
START = "import sys, app; sys.exit(app.main(sys.argv[1:], assemble=app.assemble, create_app=app.create_app))"
Started = tuple[str, "subprocess.Popen[str]"]


def environ_with(**settings: str) -> dict[str, str]:
    """Return the environment of this process with these settings alone, named without their prefix."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("HUIYIN_")}
    return environ | {"PYTHONUTF8": "1", **{f"HUIYIN_{name}": value for name, value in settings.items()}}


#: The umask of most shells, with which a program begins that does not set its own; Windows has none.
USUAL_UMASK = 0o022 if os.name == "posix" else -1


@contextmanager
def started(*argv: str, folder: Path, url: str = "", key: str = "") -> Iterator[Started]:
    """Start a command that serves; give its address and the process."""
    keys = {"SECRET_KEY": key, "PERSONAL_KEY": PERSONAL_KEY if key else ""}
    environ = environ_with(DATA_DIR=str(folder), DATABASE_URL=url, LANGUAGE="en", **keys)
    command = [sys.executable, "-c", START, *argv, "--port", "0"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        umask=USUAL_UMASK,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            yield next((word for word in line.split() if word.startswith("http")), "").rstrip(";"), process
        finally:
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=PATIENCE)
            assert "Traceback" not in said
