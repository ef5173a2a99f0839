"""What a name in a module stands for, followed through imports, other names and other modules of ours."""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from tests.rules.sources import modules, name, nodes, tree

#: Names for names lead nowhere after so many steps; whoever assigns in a circle means nothing by it.
MOST_STEPS = 12
Known = Callable[[str], "Names | None"]


def alone(_: str) -> None:
    """Know no other module."""


class Names:
    """The names of one module and what they stand for, as dotted paths from the top."""

    def __init__(self, module: ast.Module, known: Known = alone) -> None:
        self._known = known
        self._stand_for: dict[str, str] = {}
        #: What is assigned and not called; `now = clock.now` is another name for it.
        self._assigned: dict[str, ast.expr] = {}
        for node in nodes(module):
            self._enter(node)

    def _enter(self, node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                self._stand_for[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                self._stand_for[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name) and node.value is not None:
                    self._assigned.setdefault(target.id, node.value)

    def path(self, node: ast.AST, steps: int = MOST_STEPS) -> str | None:
        """Return the dotted path that an expression stands for, or None when it is no such thing."""
        if steps == 0:
            return None
        if isinstance(node, ast.Name):
            return self.bound(node.id, steps)
        if isinstance(node, ast.Attribute):
            return self._inside(self.path(node.value, steps - 1), node.attr, steps)
        if isinstance(node, ast.Call) and self._is_getattr(node):
            attribute = node.args[1]
            assert isinstance(attribute, ast.Constant)
            return self._inside(self.path(node.args[0], steps - 1), str(attribute.value), steps)
        return None

    def bound(self, written: str, steps: int = MOST_STEPS) -> str | None:
        """Return the dotted path that a name of the module stands for."""
        if written in self._stand_for:
            top, _, last = self._stand_for[written].rpartition(".")
            return self._inside(top, last, steps) if top else last
        if written in self._assigned and steps > 0:
            return self.path(self._assigned[written], steps - 1)
        return None

    def _inside(self, outer: str | None, inner: str, steps: int) -> str | None:
        """Follow a name into a module of ours that has it from elsewhere."""
        if outer is None:
            return None
        other = self._known(outer) if steps > 0 else None
        return (other.bound(inner, steps - 1) if other else None) or f"{outer}.{inner}"

    @staticmethod
    def _is_getattr(node: ast.Call) -> bool:
        named = isinstance(node.func, ast.Name) and node.func.id == "getattr"
        return named and len(node.args) > 1 and isinstance(node.args[1], ast.Constant)


@cache
def names_of(dotted: str) -> Names | None:
    """Return the names of a module of ours, by its dotted path; None for what is no module of ours."""
    place = _places().get(dotted)
    return Names(tree(place), names_of) if place is not None else None


@cache
def _places() -> dict[str, Path]:
    return {dotted(name(place)): place for place in modules()}


def dotted(path: str) -> str:
    """Return the dotted path of a file."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def paths(module: ast.Module, names: Names) -> Iterator[tuple[ast.AST, str]]:
    """Yield every expression and import of a module that stands for something, with its dotted path."""
    for node in nodes(module):
        if isinstance(node, ast.Name | ast.Attribute | ast.Call):
            found = names.path(node)
            if found is not None:
                yield node, found
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)
