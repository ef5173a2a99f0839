"""Rules that hold for every module: where things may be written, and where not."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.rules.sources import ROOT, modules, name, product, tree, where

MOST_LINES = 300
#: Tests may run longer, for the sake of tables.
MOST_LINES_OF_TESTS = 400
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b|raise Not" + "Implemented")


def inside_functions(module: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(module):
        if isinstance(node, FUNCTIONS):
            yield from (inner for inner in ast.walk(node) if inner is not node)


def last_name(node: ast.AST) -> str:
    """Return the last name of an expression like `datetime` or `dt.datetime`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def late_imports(module: ast.Module) -> list[ast.AST]:
    """Find imports that stand inside a function."""
    return [node for node in inside_functions(module) if isinstance(node, ast.Import | ast.ImportFrom)]


def test_no_import_stands_inside_a_function() -> None:
    assert [where(place, node) for place in modules() for node in late_imports(tree(place))] == []


@pytest.mark.parametrize("planted", ["def act():\n    import os", "def act():\n    from os import path"])
def test_an_import_inside_a_function_is_found(planted: str) -> None:
    assert late_imports(ast.parse(planted)) != []


def commits(module: ast.Module) -> list[ast.AST]:
    """Find where a transaction is ended, or begun inside another."""
    return [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute)
        and node.attr in {"commit", "rollback"}
        and last_name(node.value).endswith("session")
    ]


@pytest.mark.parametrize(
    "planted",
    ["session.commit()", "self.session.rollback()", "found.session.commit()"],
)
def test_a_commit_is_found(planted: str) -> None:
    assert commits(ast.parse(planted)) != []


def test_nothing_below_the_doors_commits() -> None:
    doors = {"api", "web", "jobs", "cli", "demo", "migrations"}
    found = [
        where(place, node)
        for place in product()
        if name(place).split("/")[0] not in doors
        and name(place) not in {"core/persistence/db.py", "core/persistence/migrations.py"}
        for node in commits(tree(place))
    ]
    assert found == []


#: What runs a text as program or by a shell, by the last name of what is called; `re.compile` does not.
RUNS_TEXT = {"eval", "exec", "__import__", "system", "popen"}
UNPACKS = {"pickle", "marshal", "shelve", "dill", "jsonpickle"}


def runs_text(module: ast.Module) -> list[ast.AST]:
    """Find where a text would be run as program or by a shell, and what unpacks objects of any kind."""
    found: list[ast.AST] = []
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            called = last_name(node.func)
            shell = any(one.arg == "shell" for one in node.keywords)
            built_in = isinstance(node.func, ast.Name) and called == "compile"
            if called in RUNS_TEXT or built_in or shell:
                found.append(node)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            origin = node.module if isinstance(node, ast.ImportFrom) else None
            if {*(one.name.split(".")[0] for one in node.names), (origin or "").split(".")[0]} & UNPACKS:
                found.append(node)
    return found


def test_no_text_is_run_as_program() -> None:
    assert [where(place, node) for place in product() for node in runs_text(tree(place))] == []


@pytest.mark.parametrize(
    "planted",
    [
        "eval(given)",
        "builtins.exec(given)",
        "compile(given, '', 'exec')",
        "os.system(given)",
        "subprocess.run(given, shell=True)",
        "import pickle",
        "from marshal import loads",
    ],
)
def test_a_text_that_is_run_as_program_is_found(planted: str) -> None:
    assert runs_text(ast.parse(planted)) != []


def too_long(lines: Mapping[str, int]) -> dict[str, int]:
    """Find the modules with more lines than a reader can hold, by path."""
    most = {path: MOST_LINES_OF_TESTS if path.startswith("tests/") else MOST_LINES for path in lines}
    return {path: count for path, count in lines.items() if count > most[path]}


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    assert too_long({name(place): place.read_text(encoding="utf-8").count("\n") for place in modules()}) == {}


def test_a_module_that_is_too_long_is_found() -> None:
    lines = {"cases/a.py": 300, "cases/b.py": 301, "bench/c.py": 301, "tests/d.py": 400, "tests/e.py": 401}
    assert too_long(lines) == {"cases/b.py": 301, "bench/c.py": 301, "tests/e.py": 401}


@pytest.mark.parametrize("planted", ["# TO" + "DO: later", "raise Not" + "ImplementedError"])
def test_what_is_left_unfinished_is_found(planted: str) -> None:
    assert UNFINISHED.search(planted)


def test_nothing_is_left_unfinished() -> None:
    found = [
        f"{name(place)}:{number}"
        for place in modules()
        for number, line in enumerate(place.read_text(encoding="utf-8").splitlines(), start=1)
        if UNFINISHED.search(line)
    ]
    assert found == []


def says_nothing(place: Path) -> bool:
    """Return whether a word of the name of a module or of a folder could stand over anything."""
    vague = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "stuff"}
    return any(word in vague for part in Path(name(place)).with_suffix("").parts for word in part.split("_"))


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [name(place) for place in modules() if says_nothing(place)] == []


@pytest.mark.parametrize("planted", ["cases/utils.py", "web/helpers/texts.py", "core/case_manager.py"])
def test_a_name_that_says_nothing_is_found(planted: str) -> None:
    assert says_nothing(ROOT / planted)


def test_every_package_of_the_program_says_what_it_is() -> None:
    packages: set[Path] = {place.parent for place in product() if place.parent.parent == ROOT}
    silent = [
        name(package)
        for package in sorted(packages)
        if package.name != "migrations"
        and not ((package / "__init__.py").is_file() and ast.get_docstring(tree(package / "__init__.py")))
    ]
    assert silent == []
