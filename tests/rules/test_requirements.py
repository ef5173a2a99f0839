"""The packages: pinned, hashed, from nowhere in particular, and all of them used."""

import ast
import re
from importlib.metadata import packages_distributions

import pytest

from tests.rules.sources import ROOT, name, product, tree

RUNNING, TESTING, NODE = "requirements.txt", "requirements-dev.txt", "requirements-node.txt"
PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9-]*)==(?P<version>[^\s;]+)(?: ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")
#: Needed without being imported by name.
SILENT = {
    "psycopg": "SQLAlchemy loads it for a postgresql:// address",
    "tzdata": "zoneinfo reads it where the system has no zones, as on Windows",
}


def content(file: str) -> list[str]:
    return (ROOT / file).read_text(encoding="utf-8").splitlines()


def pins(file: str) -> dict[str, str]:
    found = (PIN.match(line) for line in content(file))
    return {match["name"]: match["version"] for match in found if match}


def named(file: str) -> set[str]:
    """Return the packages that a person listed."""
    listed = (re.match(r"[a-z0-9-]+", line.lower()) for line in content(file) if line[:1] not in "#-")
    return {match[0] for match in listed if match}


def odd(lines: list[str]) -> list[str]:
    """Return the lines of a compiled list that are neither a pin nor a hash, and pins without a hash."""
    strange = [
        line for line in lines if not line.startswith("#") and not PIN.match(line) and not HASH.match(line)
    ]
    following = zip(lines, [*lines[1:], ""], strict=True)
    return strange + [line for line, after in following if PIN.match(line) and not HASH.match(after)]


def test_every_list_that_is_installed_is_looked_at() -> None:
    compiled = {place.name for place in ROOT.glob("requirements*.txt")}
    assert compiled == {RUNNING, TESTING, NODE}


@pytest.mark.parametrize("file", [RUNNING, TESTING, NODE])
def test_every_line_is_a_pin_or_a_hash_and_every_pin_has_one(file: str) -> None:
    assert odd(content(file)) == []


@pytest.mark.parametrize("file", [RUNNING, TESTING, NODE])
def test_a_package_without_hash_or_without_a_version_is_found(file: str) -> None:
    lines = content(file)
    bare = [line for line in lines if not HASH.match(line)]
    assert odd(bare) != []
    assert odd([*lines, "left-behind"]) == ["left-behind"]
    assert odd([*lines, "left-behind==1.0"]) == ["left-behind==1.0"]


def test_the_tests_run_with_the_versions_that_the_program_runs_with() -> None:
    assert pins(RUNNING).items() <= pins(TESTING).items()


@pytest.mark.parametrize(
    ("listed", "compiled"),
    [("requirements.in", RUNNING), ("requirements-dev.in", TESTING), ("requirements-node.in", NODE)],
)
def test_the_compiled_list_is_made_from_what_people_list(listed: str, compiled: str) -> None:
    assert named(listed) <= pins(compiled).keys()


def test_every_listed_package_is_used() -> None:
    imported = set()
    for place in product():
        for node in ast.walk(tree(place)):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.split(".")[0])
    distributions = packages_distributions()
    used = {
        re.sub(r"[-_.]+", "-", distribution).lower()
        for module in imported
        for distribution in distributions.get(module, [])
    }
    assert named("requirements.in") - used - SILENT.keys() == set()


def test_only_listed_packages_are_imported() -> None:
    distributions = packages_distributions()
    listed = named("requirements.in")
    stray = {
        f"{name(place)}: {module}"
        for place in product()
        for node in ast.walk(tree(place))
        if isinstance(node, ast.ImportFrom) and node.module
        for module in [node.module.split(".")[0]]
        if module in distributions
        and not {re.sub(r"[-_.]+", "-", one).lower() for one in distributions[module]} & listed
    }
    assert stray == set()
