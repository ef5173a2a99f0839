"""No test asserts seconds, and none gives a property a time of its own: a busy machine breaks nothing."""

import ast
from collections.abc import Iterator

import pytest

from tests.rules.measuring import asserted
from tests.rules.names import Names, names_of
from tests.rules.sources import modules, name, nodes, tree, where

#: The one place that decides how long a property may take.
PROFILE = "tests/properties.py"


def test_no_test_asserts_seconds() -> None:
    found = [
        where(place, node)
        for place in modules()
        if name(place).startswith("tests/")
        for node in asserted(tree(place), Names(tree(place), names_of))
    ]
    assert found == []


HEAD = "import time\n"
PLANTED = {
    "a difference": "began = time.monotonic()\nassert time.monotonic() - began < 5",
    "at least": "before = time.perf_counter()\nassert time.perf_counter() - before >= 0.5",
    "of the computer's clock": "before = time.time()\nassert time.time() - before < 5",
    "kept": "began = time.monotonic()\nspent = time.monotonic() - began\nassert spent < 5",
    "the longest of many": (
        "times = []\nfor _ in range(9):\n    began = time.monotonic()\n"
        "    times.append(time.monotonic() - began)\nassert max(times) < 1"
    ),
    "the quickest tenth": (
        "times = [time.perf_counter() - before for before in begun]\n"
        "assert sorted(times)[len(times) // 10] < 0.001"
    ),
    "given back": (
        "def took():\n    began = time.monotonic()\n    return time.monotonic() - began\nassert took() < 1"
    ),
    "given back beside others": (
        "def asked():\n    began = time.monotonic()\n    return 200, time.monotonic() - began\n"
        "def test():\n    answers = [asked() for _ in range(9)]\n"
        "    longest = max(seconds for _, seconds in answers)\n    assert longest < 1"
    ),
    "handed over": "def check(spent):\n    assert spent < 1\ncheck(time.monotonic() - began)",
    "in an attribute": (
        "class Load:\n    def end(self):\n        self.spent = time.monotonic() - self.began\n"
        "def test(load):\n    assert load.spent < 1"
    ),
    "until": "until = time.monotonic() + 3\nassert time.monotonic() < until",
    "another name": "from time import monotonic as now\nbegan = now()\nassert now() - began < 5",
}


@pytest.mark.parametrize("source", PLANTED.values(), ids=PLANTED.keys())
def test_seconds_that_are_asserted_are_found(source: str) -> None:
    module = ast.parse(HEAD + source)
    assert asserted(module, Names(module)) != []


@pytest.mark.parametrize(
    "source",
    [
        "until = time.monotonic() + 20\nwhile time.monotonic() < until:\n    pass\nassert answer == 200",
        "def ask():\n    return 200, time.monotonic() - began\nstatus, spent = ask()\nassert status == 200",
        "def asked():\n    return 200, time.monotonic() - began\nassert asked()[0] == 200",
        "print(time.monotonic() - began)\nassert pause == 5",
        "def a():\n    spent = time.monotonic() - 1\ndef b(spent):\n    assert spent == 1",
    ],
    ids=["waiting", "the other half", "one half", "said", "another function's"],
)
def test_what_is_only_measured_is_left_alone(source: str) -> None:
    module = ast.parse(HEAD + source)
    assert asserted(module, Names(module)) == []


#: What waits, given the seconds after which it gives up.
WAITING = {"acquire", "communicate", "join", "result", "wait", "wait_for"}
#: What may give up soon, and why.
SOON = {
    "tests/browser/running.py": "asks again and again until the program is ready",
    "tests/deploy/proxies.py": "asks again and again until the proxy is ready",
    "tests/browser/conftest.py": "a page that never shows what it must is looked at for 20 seconds",
    "tests/browser/test_administrator.py": "a page that checks all records is looked at for a minute",
}


def impatient(module: ast.Module) -> Iterator[ast.AST]:
    """Yield every call that gives up after seconds of its own."""
    for node in nodes(module):
        if isinstance(node, ast.Call):
            given = [keyword.value for keyword in node.keywords if keyword.arg == "timeout"]
            if isinstance(node.func, ast.Attribute) and node.func.attr in WAITING:
                given += node.args
            if any(isinstance(one, ast.Constant) and isinstance(one.value, int | float) for one in given):
                yield node


def test_whoever_waits_has_the_patience_of_all() -> None:
    found = [
        where(place, node)
        for place in modules()
        if name(place).startswith("tests/") and name(place) not in SOON
        for node in impatient(tree(place))
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    ["assert done.wait(20)", "process.communicate(timeout=60)", "urlopen(address, timeout=0.5)"],
)
def test_whoever_gives_up_soon_is_found(source: str) -> None:
    assert list(impatient(ast.parse(source))) != []


def wall_clock_limits(module: ast.Module, names: Names) -> Iterator[ast.AST]:
    """Yield every place that gives Hypothesis a time or a profile of its own."""
    for node in nodes(module):
        if isinstance(node, ast.Call):
            called = names.path(node.func) or ""
            for keyword in node.keywords:
                if called.startswith("hypothesis.") and keyword.arg in {"deadline", None}:
                    yield node
            if called.startswith("hypothesis.settings.") and called.rpartition(".")[2].endswith("_profile"):
                yield node


def test_no_property_has_a_time_of_its_own() -> None:
    found = [
        where(place, node)
        for place in modules()
        if name(place).startswith("tests/") and name(place) != PROFILE
        for node in wall_clock_limits(tree(place), Names(tree(place), names_of))
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "from hypothesis import settings\n@settings(deadline=200)\ndef test(): ...",
        "from hypothesis import settings as st\nSHORT = st(max_examples=5, deadline=None)",
        "import hypothesis\nhypothesis.settings.register_profile('mine', deadline=200)",
        "from hypothesis import settings\nsettings.load_profile('mine')",
        "from hypothesis import settings\nGIVEN = {'deadline': 5}\nSHORT = settings(**GIVEN)",
    ],
    ids=["on a test", "under another name", "a profile", "another profile", "handed over"],
)
def test_a_time_of_its_own_is_found(source: str) -> None:
    module = ast.parse(source)
    assert list(wall_clock_limits(module, Names(module, names_of))) != []
