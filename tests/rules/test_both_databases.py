"""What has SQL of its own is tested on both databases: by what tests import, and by what they let be said.

The first is seen here, before a test runs. The second is seen at the end of a whole run (tests.conftest): it
fails when a function of the program spoke to one kind of database and no test let it speak to the other.
"""

import ast
import importlib.util
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import cast

import pytest

from core.persistence.db import Database
from tests import conftest
from tests.footprints import Footprints, left_on_one
from tests.rules.names import Names, dotted, names_of
from tests.rules.sources import modules, name, nodes, product, tree

MARKER = "pytest.mark.one_database"
#: What a statement begins with.
STATEMENTS = {
    *(f"sqlalchemy.{verb}" for verb in ("delete", "exists", "insert", "select", "text", "union", "update")),
    "core.persistence.upsert.Upsert",
}
#: Every test needs them to look at what is there; what they say themselves their own tests try on both.
LOOKING = {"core.persistence.db", "accounts.models", "cases.models.case", "notifications.models"}


def has_sql(module: ast.Module, names: Names) -> bool:
    """Return whether a module makes a statement of its own."""
    paths = (names.path(node.func) or "" for node in nodes(module) if isinstance(node, ast.Call))
    return any(path in STATEMENTS or path.startswith("sqlalchemy.func.") for path in paths)


@cache
def with_sql() -> set[str]:
    """Return the modules of the program that make statements."""
    found = {dotted(name(place)) for place in product() if has_sql(tree(place), Names(tree(place), names_of))}
    return {module for module in found if not module.startswith("migrations.")} - LOOKING


def used(module: ast.Module) -> Iterator[str]:
    """Yield the modules of which a test uses functions; a class by itself says nothing to a database."""
    for node in nodes(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
            if any(alias.name[:1].islower() for alias in node.names):
                yield node.module


def named_after(path: str) -> str:
    """Return the module that a test module is named after."""
    folder, _, last = path.removeprefix("tests/").removesuffix(".py").rpartition("/")
    return f"{folder.replace('/', '.')}.{last.removeprefix('test_')}"


def on_one(module: ast.Module) -> bool:
    """Return whether all or some tests of a module are left on one database."""
    return any(isinstance(node, ast.Attribute) and ast.unparse(node) == MARKER for node in nodes(module))


def wrongly_on_one(path: str, module: ast.Module, sql: set[str]) -> set[str]:
    """Return the modules with SQL of their own that a test module left on one database is about."""
    return ({*used(module), named_after(path)} & sql) if on_one(module) else set()


def test_no_module_with_sql_of_its_own_is_left_on_one_database() -> None:
    sql = with_sql()
    found = {
        name(place): sorted(wrongly_on_one(name(place), tree(place), sql))
        for place in modules()
        if name(place).startswith("tests/") and name(place) != "tests/conftest.py"
    }
    assert {place: about for place, about in found.items() if about} == {}


def test_the_modules_with_sql_are_found() -> None:
    assert {
        "cases.persistence.search_index",
        "cases.deadlines.sweep",
        "reports.counting",
        "notifications.outbox",
    } <= with_sql()
    assert not {"workflow.machine", "cases.configuration.case_rules", "core.text"} & with_sql()


PLANTED = {
    "a module": ("tests/web/test_pages.py", "from cases.persistence import search_index"),
    "a function of it": ("tests/web/test_pages.py", "from cases.persistence.search_index import contains"),
    "under another name": ("tests/web/test_pages.py", "import cases.persistence.search_index as words"),
    "by the test's name": ("tests/cases/persistence/test_search_index.py", "from web import pages"),
}


@pytest.mark.parametrize(("path", "source"), PLANTED.values(), ids=PLANTED.keys())
@pytest.mark.parametrize(
    "mark", [f"pytestmark = {MARKER}", f"@{MARKER}\ndef test(): ..."], ids=["whole", "a test"]
)
def test_a_module_with_sql_that_is_left_on_one_is_found(path: str, source: str, mark: str) -> None:
    module = ast.parse(f"import pytest\n{source}\n{mark}")
    assert wrongly_on_one(path, module, {"cases.persistence.search_index"}) == {
        "cases.persistence.search_index"
    }


def test_what_runs_on_both_may_use_anything() -> None:
    module = ast.parse("from cases.persistence import search_index")
    assert (
        wrongly_on_one(
            "tests/cases/persistence/test_search_index.py", module, {"cases.persistence.search_index"}
        )
        == set()
    )


ASKING = """
def ask(db):
    with db.reading() as session:
        return answer(session)

def answer(session):
    return session.connection().exec_driver_sql("SELECT 1").scalar()
"""


@pytest.fixture
def asking(tmp_path: Path) -> ModuleType:
    """Plant a program that speaks to its database."""
    place = tmp_path / "cases" / "asking.py"
    place.parent.mkdir()
    place.write_text(ASKING, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("asking", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def noted(tmp_path: Path) -> Iterator[Footprints]:
    """Note what the planted program says."""
    footprints = Footprints(tmp_path)
    footprints.begin()
    yield footprints
    footprints.end()


def test_what_is_said_is_noted_with_the_function_that_says_it(
    asking: ModuleType, noted: Footprints, db: Database, backend: str
) -> None:
    noted.test = "this test"
    assert asking.ask(db) == 1
    assert noted.found == {(backend, "cases/asking.py answer"): "this test"}


@pytest.mark.parametrize(
    ("kinds", "own", "named"),
    [
        (("sqlite",), (), True),
        (("postgresql",), (), True),
        (("sqlite", "postgresql"), (), False),
        (("sqlite",), ("cases/asking.py answer",), False),
    ],
    ids=["on SQLite alone", "on PostgreSQL alone", "on both", "its own matter"],
)
def test_what_is_said_to_one_kind_alone_is_named(
    kinds: tuple[str, ...], own: tuple[str, ...], named: bool
) -> None:
    found = {(kind, "cases/asking.py answer"): "a test" for kind in kinds}
    assert ("cases/asking.py answer" in left_on_one(found, own)) is named


class Session:
    """A whole run that went well so far."""

    def __init__(self) -> None:
        self.exitstatus = pytest.ExitCode.OK
        self.config = SimpleNamespace(
            args_source=pytest.Config.ArgsSource.TESTPATHS,
            option=SimpleNamespace(keyword="", markexpr="not proof"),
        )


@pytest.mark.parametrize(
    ("kinds", "code"),
    [(("sqlite",), pytest.ExitCode.TESTS_FAILED), (("sqlite", "postgresql"), pytest.ExitCode.OK)],
)
def test_a_whole_run_fails_when_something_was_left_on_one(
    monkeypatch: pytest.MonkeyPatch, kinds: tuple[str, ...], code: pytest.ExitCode
) -> None:
    noted = Footprints()
    noted.found = {(kind, "cases/asking.py answer"): "a test" for kind in kinds}
    monkeypatch.setattr(conftest, "FOOTPRINTS", noted)
    monkeypatch.setattr(conftest, "BACKENDS", ("sqlite", "postgresql"))
    session = Session()
    conftest.pytest_sessionfinish(cast(pytest.Session, session), session.exitstatus)
    assert session.exitstatus == code
