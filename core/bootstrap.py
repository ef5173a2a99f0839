"""Go on inside an environment that has the packages of the program; have it made when there is none.

This is the first thing a start does, before any package can be imported, and every later start does it
again. So it uses the standard library alone, and little of it: what is rarely needed, making the
environment, is a program of its own (environment.py). It is written so that an old Python can read it and
say which one is needed.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

from core import child_process, front_end

LEAST = (3, 11)
RUNNING = "requirements.txt"
TESTING = "requirements-dev.txt"
STAMP = "huiyin-stamp.txt"

TOO_OLD = """\
本程序需要 Python {least} 或更新的版本，当前是 {present}。
This program needs Python {least} or newer; this is {present}."""


def enter(root: str, arguments: list[str]) -> None:
    """Return when this interpreter can run the command; else start the program again with one that can.

    `root` is the folder of app.py, `arguments` what stands after it on the command line. The interpreter
    that is running is used as it is when it has every package, as in a container. Ends the process with 1
    and a plain sentence when there is no way.
    """
    if sys.version_info < LEAST:
        sys.exit(TOO_OLD.format(least=_dotted(LEAST), present=_dotted(sys.version_info[:2])))
    wanted = TESTING if arguments[:1] == ["test"] else RUNNING
    venv = os.path.join(root, ".venv")
    inside = os.path.realpath(sys.prefix) == os.path.realpath(venv)
    built = front_end.is_built(root)
    if inside and built and stamped(venv, wanted, sys.version_info[:2]):
        return
    if not inside and has_all(os.path.join(root, wanted), sys.path):
        if not built:
            _provision(root)
        return
    if inside or not built or not stamped(venv, wanted):
        _provision(root, wanted)
    _start_again(python_of(venv))


def python_of(venv: str) -> str:
    """Return the interpreter of an environment."""
    if os.name == "nt":
        return os.path.join(venv, "Scripts", "python.exe")
    return os.path.join(venv, "bin", "python")


def stamp_line(requirements: str) -> str:
    """Return the line that says that a requirements file is installed: its name and its SHA-256."""
    with open(requirements, "rb") as lines:
        digest = hashlib.sha256(lines.read()).hexdigest()
    return f"{os.path.basename(requirements)} {digest}"


def stamped(venv: str, wanted: str, version: tuple[int, ...] | None = None) -> bool:
    """Return whether an environment is whole and holds what the requirements file says today.

    With a version of Python: and was made for it. It no longer is after the system has moved to a newer one.
    """
    try:
        with open(os.path.join(venv, STAMP), encoding="ascii") as stamp:
            lines = stamp.read().splitlines()
    except OSError:
        return False
    if version is not None and f"python {_dotted(version)}" not in lines:
        return False
    return (
        os.path.exists(python_of(venv)) and stamp_line(os.path.join(os.path.dirname(venv), wanted)) in lines
    )


def has_all(requirements: str, path: list[str]) -> bool:
    """Return whether every pinned package is installed somewhere on the path in exactly the pinned version.

    Packages that only some systems need are passed over.
    """
    with open(requirements, encoding="utf-8") as lines:
        pins = {_pin(line) for line in lines if line[:1].isalnum() and ";" not in line}
    return pins <= _installed(path)


def _pin(line: str) -> tuple[str, str]:
    name, _, version = line.rstrip("\\ \n").partition("==")
    return _normal(name.partition("[")[0]), version


def _installed(path: list[str]) -> set[tuple[str, str]]:
    """Read the names of the folders in which installers keep what they know of a package."""
    found = set()
    for folder in filter(os.path.isdir, path):
        for entry in os.listdir(folder):
            if entry.endswith(".dist-info"):
                name, _, version = entry[: -len(".dist-info")].partition("-")
                found.add((_normal(name), version))
    return found


def _normal(name: str) -> str:
    """Write a package's name in the one form in which names are compared."""
    return name.lower().replace("_", "-").replace(".", "-")


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)


def _provision(root: str, *wanted: str) -> None:
    """Let the other program make the environment and what the pages need; it says itself what it has to say.

    Without the name of a requirements file the packages are there already.
    """
    base = getattr(sys, "_base_executable", None) or sys.executable
    command = [base, "-m", "core.environment", root, *wanted]
    surroundings = child_process.surroundings
    code = _wait(subprocess.Popen(command, cwd=root, env=surroundings(child_process.INSTALLING)))
    if code:
        sys.exit(code)


def _start_again(python: str) -> None:
    """Run the same command line with another interpreter; where the process cannot change, wait for it."""
    command = [python, *sys.orig_argv[1:]]
    if os.name == "posix":
        sys.stdout.flush()
        os.execve(python, command, child_process.same_surroundings())
    sys.exit(_wait(subprocess.Popen(command, env=child_process.same_surroundings())))


def _wait(child: subprocess.Popen[bytes]) -> int:
    """Wait for a program and give its exit code; Ctrl-C reaches it as well, and what to do is its affair."""
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue
