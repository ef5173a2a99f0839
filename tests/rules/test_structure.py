"""The shape of the tree: names that collide with nothing, folders one can survey, tests where they belong."""

import ast
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import PurePosixPath

import pytest

from tests.rules.sources import modules, name, product, tree

#: What is divided into rooms; in none of them a folder grows beyond what a reader can survey.
ROOMED = ("cases", "web", "workflow", "accounts", "core", "api", "cli", "wsgi")
MOST_MODULES = 15


@cache
def program() -> list[str]:
    """List every module of the program and of what measures it, by path."""
    return [path for path in map(name, modules()) if path.split("/")[0] != "tests"]


def shadowing(paths: Iterable[str]) -> set[str]:
    """Find the top-level packages and modules that bear the name of one in the standard library."""
    return {path.split("/")[0].removesuffix(".py") for path in paths} & sys.stdlib_module_names


def test_no_package_shadows_the_standard_library() -> None:
    assert shadowing(map(name, modules())) == set()


@pytest.mark.parametrize("path", ["http/headers.py", "calendar.py", "statistics/__init__.py"])
def test_a_package_that_shadows_the_standard_library_is_found(path: str) -> None:
    assert shadowing(["cases/statistics/tallies.py", "cli/calendar.py", path]) == {
        path.split("/")[0].removesuffix(".py")
    }


def crowded(paths: Iterable[str]) -> dict[str, int]:
    """Count the modules of the folders that hold too many, `__init__` left out."""
    count = Counter(str(PurePosixPath(path).parent) for path in paths if not path.endswith("/__init__.py"))
    return {folder: number for folder, number in count.items() if number > MOST_MODULES}


def test_no_folder_holds_more_modules_than_a_reader_can_survey() -> None:
    assert crowded(path for path in program() if path.split("/")[0] in ROOMED) == {}


def test_a_crowded_folder_is_found() -> None:
    paths = ["cases/queries/__init__.py", *(f"cases/queries/list_{number}.py" for number in range(16))]
    assert crowded(paths) == {"cases/queries": 16}
    assert crowded(paths[:-1]) == {}


def repeated(trees: Mapping[str, ast.Module]) -> dict[str, list[str]]:
    """Find the names that more than one class bears, wherever it is defined, with the modules."""
    found = defaultdict(list)
    for path, module in trees.items():
        for node in ast.walk(module):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(path)
    return {kind: paths for kind, paths in found.items() if len(paths) > 1}


def test_the_name_of_a_class_has_one_meaning() -> None:
    assert repeated({name(place): tree(place) for place in modules() if name(place) in program()}) == {}


@pytest.mark.parametrize(
    "second",
    ["class Day: ...", "def build():\n    class Day: ...", "class Week:\n    class Day: ..."],
    ids=["at the top", "in a function", "in a class"],
)
def test_a_name_of_two_classes_is_found(second: str) -> None:
    trees = {"cases/days.py": ast.parse("class Day: ..."), "bench/days.py": ast.parse(second)}
    assert repeated(trees) == {"Day": ["cases/days.py", "bench/days.py"]}


def loads_by_name(module: ast.Module) -> bool:
    """Return whether a module can load another one by its name."""
    return any(
        (isinstance(node, ast.Import) and any(alias.name == "importlib" for alias in node.names))
        or (
            isinstance(node, ast.ImportFrom)
            and node.module == "importlib"
            and bool({alias.name for alias in node.names} & {"import_module", "__import__"})
        )
        or (isinstance(node, ast.Name) and node.id == "__import__")
        for node in ast.walk(module)
    )


def test_a_module_is_imported_at_the_top_and_not_loaded_by_its_name() -> None:
    assert {name(place) for place in product() if loads_by_name(tree(place))} == set()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import importlib\ndef late():\n    return importlib.import_module('core.db')", True),
        ("from importlib import import_module as load", True),
        ("late = lambda: __import__('core.db')", True),
        ("from importlib.metadata import version", False),
        ("from core.persistence import db", False),
    ],
)
def test_loading_by_name_is_found(source: str, *, found: bool) -> None:
    assert loads_by_name(ast.parse(source)) is found


def misplaced(tests: Iterable[str], paths: Iterable[str]) -> list[str]:
    """Find the tests of packages that mirror nothing there.

    `tests/cases/test_X.py` tests the module `cases/X.py` or the folder `cases/X/`; one aspect of it, or what
    it does together with others, is tested by `test_X_and_more.py`.
    """
    known = set(map(PurePosixPath, paths))
    places = {path.with_suffix("") for path in known} | {path.parent for path in known}
    packages = {path.parts[0] for path in known if len(path.parts) > 1}
    found = []
    for test in map(PurePosixPath, tests):
        inside, stem = PurePosixPath(*test.parts[1:-1]), test.stem.removeprefix("test_").split("_")
        names = {"_".join(stem[:length]) for length in range(1, len(stem) + 1)}
        if test.parts[1] in packages and not any(inside / one in places for one in names):
            found.append(str(test))
    return found


def test_every_test_of_a_package_mirrors_a_module_or_a_room() -> None:
    tests = [name(place) for place in modules() if place.name.startswith("test_")]
    assert len(tests) > len(ROOMED)
    assert misplaced(tests, [path for path in program() if not path.startswith("migrations/")]) == []


@pytest.mark.parametrize(
    ("test", "placed"),
    [
        ("tests/cases/lifecycle/test_recipients.py", True),
        ("tests/cases/lifecycle/test_recipients_of_notices.py", True),
        ("tests/cases/test_lifecycle.py", True),
        ("tests/stories/test_one_complaint.py", True),
        ("tests/cases/test_recipients.py", False),
        ("tests/cases/lifecycle/test_audience.py", False),
        ("tests/cases/queries/test_recipients.py", False),
    ],
)
def test_a_test_that_mirrors_nothing_is_found(test: str, *, placed: bool) -> None:
    paths = ["cases/__init__.py", "cases/lifecycle/recipients.py", "cases/queries/filters.py"]
    assert misplaced([test], paths) == ([] if placed else [test])
