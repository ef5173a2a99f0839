"""The files of the repository, for the rules about the program as a whole."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: Folders that hold nothing of ours; neither do the hidden ones, in which tools keep what they know.
OUTSIDE = frozenset({"__pycache__", "built", "built.new", "node_modules", "var"})
HIDDEN_OURS = frozenset({".ci"})
BINARY = frozenset({".xlsx", ".docx", ".png", ".jpg", ".pdf", ".ico", ".woff2"})


@cache
def name(place: Path) -> str:
    """Return a file's path below the root, with slashes."""
    return place.relative_to(ROOT).as_posix()


@cache
def files() -> tuple[Path, ...]:
    """Return every file of ours."""
    return tuple(sorted(_walk(ROOT)))


def _walk(folder: Path) -> Iterator[Path]:
    for place in folder.iterdir():
        if place.is_file() and place.name != ".venv.lock":
            yield place
        elif place.is_dir() and place.name not in OUTSIDE and _is_ours(place.name):
            yield from _walk(place)


def _is_ours(folder: str) -> bool:
    return not folder.startswith(".") or folder in HIDDEN_OURS


@cache
def texts() -> tuple[Path, ...]:
    """Return every file that is text."""
    return tuple(place for place in files() if place.suffix not in BINARY)


@cache
def modules() -> tuple[Path, ...]:
    """Return every Python module, tests included."""
    return tuple(place for place in files() if place.suffix == ".py")


@cache
def product() -> tuple[Path, ...]:
    """Return every Python module of the program itself."""
    return tuple(place for place in modules() if name(place).split("/")[0] not in {"tests", "bench"})


@cache
def tree(place: Path) -> ast.Module:
    """Return the syntax tree of a module."""
    return ast.parse(place.read_text(encoding="utf-8"), str(place))


@cache
def nodes(module: ast.Module) -> tuple[ast.AST, ...]:
    """Return every node of a syntax tree, which many rules go through."""
    return tuple(ast.walk(module))


def where(place: Path, node: ast.AST) -> str:
    """Return the place of a node as an editor opens it."""
    return f"{name(place)}:{getattr(node, 'lineno', 0)}"
