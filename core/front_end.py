"""Build what the pages run and look like, outside git, from the sources and the packages they name.

Run by environment.py, which sees to it that there is a Node.js. Standard library only, and little of it: each
start asks whether what was built is still what the sources say.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess

from core import child_process

FOLDER = "web"
SOURCES = "static"
#: What decides on the result, beside everything below the folder of sources.
FILES = ("package.json", "package-lock.json", "build.mjs")
BUILT = "built"
STAMP = "stamp.txt"
LEAST_NODE = 20


def is_built(root: str) -> bool:
    """Return whether what was built is what the sources say today; without pages nothing is to be built."""
    if not os.path.exists(os.path.join(root, FOLDER, FILES[0])):
        return True
    try:
        with open(os.path.join(root, FOLDER, BUILT, STAMP), encoding="ascii") as stamp:
            return stamp.read() == digest(root)
    except OSError:
        return False


def digest(root: str) -> str:
    """Return the SHA-256 of everything that decides on the result, names and contents."""
    whole = hashlib.sha256()
    base = os.path.join(root, FOLDER)
    for name in (*FILES, *_sources(base)):
        with open(os.path.join(base, name), "rb") as content:
            whole.update(name.replace(os.sep, "/").encode() + b"\0" + content.read() + b"\0")
    return whole.hexdigest()


def build(root: str, node: list[str], npm: list[str]) -> bool:
    """Install the packages and build; tell whether it was done. What was built before is replaced at once.

    `node` and `npm` are the beginnings of their command lines. Where packages come from is the affair of the
    user's own settings of npm.
    """
    base = os.path.join(root, FOLDER)
    quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    aside = os.path.join(base, BUILT + ".new")
    shutil.rmtree(aside, ignore_errors=True)
    wanted = digest(root)
    for command in ([*npm, "ci", *quiet], [*node, "build.mjs", aside]):
        done = subprocess.run(
            command,
            cwd=base,
            env=child_process.surroundings(child_process.INSTALLING),
            stdout=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode:
            return False
    with open(os.path.join(aside, STAMP), "w", encoding="ascii") as stamp:
        stamp.write(wanted)
    place = os.path.join(base, BUILT)
    shutil.rmtree(place, ignore_errors=True)
    os.replace(aside, place)
    return True


def system_node() -> tuple[list[str], list[str]] | None:
    """Return the system's own Node.js and npm when they are new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    told = subprocess.run(
        [node, "--version"], env=child_process.surroundings(), capture_output=True, text=True, check=False
    ).stdout
    major = told.strip().lstrip("v").partition(".")[0]
    return ([node], [npm]) if major.isdigit() and int(major) >= LEAST_NODE else None


def _sources(base: str) -> list[str]:
    found = []
    for folder, _, names in os.walk(os.path.join(base, SOURCES)):
        found += [os.path.relpath(os.path.join(folder, name), base) for name in names]
    return sorted(found)
