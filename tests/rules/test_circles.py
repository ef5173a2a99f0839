"""No module needs another one that needs it again, by whatever way it is loaded."""

import ast

import pytest

from tests.rules.imports import circle, graph
from tests.rules.sources import name, product, tree


def dotted(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def test_no_way_of_imports_leads_back() -> None:
    assert circle({dotted(name(place)): tree(place) for place in product()}) == []


def test_every_module_of_the_program_is_looked_at() -> None:
    found = graph({dotted(name(place)): tree(place) for place in product()})
    assert len(found) == len(product())
    assert "core.persistence.db" in found["core.persistence.migrations"]


PLANTED = {
    "two": {"core.a": "import core.b", "core.b": "from core.a import thing"},
    "three": {"core.a": "from core import b", "core.b": "from core import c", "core.c": "import core.a as x"},
    "by its name": {
        "core.a": "import importlib\ndef late():\n    return importlib.import_module('core.b')",
        "core.b": "from core.a import FOLDER",
    },
    "by its name, under another": {
        "core.a": "from importlib import import_module\nlate = lambda: import_module('core.b')",
        "core.b": "from core.a import FOLDER",
    },
    "inside a function": {"core.a": "def late():\n    import core.b", "core.b": "import core.a"},
    "through a package": {"core": "from core import a", "core.a": "from core import FOLDER"},
}


@pytest.mark.parametrize("modules", PLANTED.values(), ids=PLANTED.keys())
def test_a_circle_is_found(modules: dict[str, str]) -> None:
    found = circle({name: ast.parse(source) for name, source in modules.items()})
    assert found[0] == found[-1]
    assert set(found) == modules.keys()


def test_modules_that_share_a_third_are_no_circle() -> None:
    sources = {"core.a": "from core import b, c", "core.b": "from core import c", "core.c": "import json"}
    assert circle({name: ast.parse(source) for name, source in sources.items()}) == []
