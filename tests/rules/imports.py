"""Which module of the program imports which, and whether the way ever leads back to where it began."""

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

#: What loads a module by its name, given as a text.
LOADERS = {"import_module", "__import__"}


def graph(modules: Mapping[str, ast.Module]) -> dict[str, set[str]]:
    """Return for every module, by its dotted name, the ones it imports, at the top, inside or by name."""
    return {name: {*_imported(tree)} & modules.keys() - {name} for name, tree in modules.items()}


def circle(modules: Mapping[str, ast.Module]) -> list[str]:
    """Return a way of imports that leads back to its beginning, or nothing."""
    try:
        TopologicalSorter(graph(modules)).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found[::-1]
    return []


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and _name(node.func) in LOADERS and node.args:
            named = node.args[0]
            if isinstance(named, ast.Constant) and isinstance(named.value, str):
                yield named.value


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
