"""What several places need is done in one: paging by key, reading cells, writing over a row."""

import ast
from collections.abc import Mapping

import pytest

from tests.rules.sources import name, product, tree

#: What stands in one module alone: a text, or a name that is imported or called.
ALONE: Mapping[str, frozenset[str]] = {
    "text_of": frozenset({"accounts/registers/import_cells.py"}),
    "not_a_cursor": frozenset({"core/persistence/keyset.py", "workflow/texts/value_reasons.py"}),
    "sqlalchemy.dialects": frozenset({"core/persistence/upsert.py"}),
    "sqlalchemy.dialects.sqlite": frozenset(),
    "sqlalchemy.dialects.postgresql": frozenset(),
}


def used(module: ast.Module) -> set[str]:
    """Return the texts of a module, and the last names of what it imports, calls or asks for."""
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.name for alias in node.names} | {node.module or ""}
    return found


def elsewhere(modules: Mapping[str, ast.Module]) -> list[str]:
    """Return what stands in a module that is not its own."""
    return [
        f"{path}: {one}"
        for path, module in modules.items()
        for one in sorted(used(module) & ALONE.keys())
        if path not in ALONE[one]
    ]


def test_what_is_done_in_one_place_is_done_nowhere_else() -> None:
    modules = {name(place): tree(place) for place in product() if not name(place).startswith("migrations/")}
    assert elsewhere(modules) == []
    found = {path for path, module in modules.items() if used(module) & ALONE.keys()}
    assert found == {path for paths in ALONE.values() for path in paths}


@pytest.mark.parametrize(
    "planted",
    [
        "from core.tables.cell_values import text_of",
        'raise Invalid({"cursor": ["not_a_cursor"]})',
        "from sqlalchemy.dialects import sqlite",
        "from sqlalchemy.dialects.postgresql import insert",
    ],
)
def test_a_second_place_is_found(planted: str) -> None:
    assert len(elsewhere({"roster/more.py": ast.parse(planted)})) == 1
