"""Every file that the program writes is its owner's alone: the umask is set, and nothing loosens it."""

import ast
from collections.abc import Iterable, Iterator, Mapping

import pytest

from tests.rules.imports import graph
from tests.rules.names import Names, names_of
from tests.rules.sources import name, nodes, product, tree, where

#: Where the umask is set for whatever `app.py` starts, and where it is set for what everybody may read.
SETS_IT = {"core/files/private.py", "core/environment.py"}
#: Programs beside `app.py`, which begin without the umask, and the modules with which they write files.
BESIDE = {
    "cli.serve.as_service": set(),
    "core.environment": {"core.environment", "core.front_end"},  # packages, which the service's user reads
    "core.files.picture_process": set(),  # it may not write a file at all
    "core.tables.sheet_process": {"core.tables.sheet_process"},  # opens parts of an archive, to read them
    "workflow.diagram": {"workflow.diagram"},  # a document of the repository
}
OTHERS = 0o077
WRITES = {
    *("write_text", "write_bytes", "touch", "mkdir", "symlink_to", "hardlink_to", "makedirs", "mkstemp"),
    *("mkdtemp", "TemporaryDirectory", "NamedTemporaryFile", "TemporaryFile", "copyfile", "mknod", "mkfifo"),
}
#: What gives a file the bits of another one, or those that an archive says.
COPIES_BITS = {
    *("shutil.copy", "shutil.copy2", "shutil.copytree", "shutil.copymode", "shutil.copystat", "shutil.move"),
    *("shutil.unpack_archive",),
}
EXTRACTS = {"extract", "extractall"}
SETS_BITS = {"chmod", "lchmod", "fchmod"}
TAKES_BITS = {"mkdir", "makedirs", "touch", "open", "mkfifo", "mknod"}


def called(node: ast.Call) -> str:
    """Return the last name of what is called."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def writes(module: ast.Module) -> bool:
    """Return whether a module makes files or folders, or opens some for writing."""
    names = Names(module, names_of)
    for node in nodes(module):
        if not isinstance(node, ast.Call):
            continue
        path = names.path(node.func) or ""
        if called(node) in WRITES or path in {"os.open", "sqlite3.connect"}:
            return True
        if called(node) in {"open", "fdopen", "ZipFile"} and opens_for_writing(node, names):
            return True
    return False


def opens_for_writing(node: ast.Call, names: Names) -> bool:
    """Return whether a call of open says a mode that writes, or one that is not written there."""
    modes = [word.value for word in node.keywords if word.arg == "mode"]
    if not modes:
        of_a_path = isinstance(node.func, ast.Attribute) and names.path(node.func) is None
        place = 0 if of_a_path else 1
        modes = node.args[place : place + 1]
    return any(
        not isinstance(mode, ast.Constant) or (isinstance(mode.value, str) and {*mode.value} & {*"wax+"})
        for mode in modes
    )


def loosened(module: ast.Module) -> Iterator[ast.Call]:
    """Yield the calls that give a file bits of their own, whatever the umask says."""
    names = Names(module, names_of)
    for node in nodes(module):
        if not isinstance(node, ast.Call):
            continue
        path, last = names.path(node.func) or "", called(node)
        by_itself = path in COPIES_BITS or path == "os.umask" or last in EXTRACTS | SETS_BITS
        if by_itself or (last in TAKES_BITS and gives_others(node)):
            yield node


def gives_others(node: ast.Call) -> bool:
    """Return whether a mode among the arguments lets group or others in."""
    given = [*node.args, *(word.value for word in node.keywords if word.arg == "mode")]
    numbers = [one.value for one in given if isinstance(one, ast.Constant) and type(one.value) is int]
    return any(number & OTHERS for number in numbers)


def dotted(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def programs(sources: Mapping[str, ast.Module]) -> set[str]:
    """Find the modules that are also programs."""
    return {
        path
        for path, module in sources.items()
        if any(isinstance(node, ast.If) and "__name__" in ast.unparse(node.test) for node in module.body)
    }


def writers_of(
    program: str, sources: Mapping[str, ast.Module], imports: Mapping[str, Iterable[str]]
) -> set[str]:
    """Find the modules that a program has at hand and that write files."""
    reached, waiting = set[str](), [program]
    while waiting:
        one = waiting.pop()
        if one not in reached:
            reached.add(one)
            waiting.extend(imports[one])
    return {one for one in reached if writes(sources[one])}


def sources() -> dict[str, ast.Module]:
    return {dotted(name(place)): tree(place) for place in product()}


def test_every_program_begins_with_the_umask_or_writes_what_is_named_here() -> None:
    found = sources()
    assert programs(found) == {"app", *BESIDE}
    imports = graph(found)
    assert {program: writers_of(program, found, imports) for program in BESIDE} == BESIDE


def test_nothing_gives_a_file_bits_of_its_own() -> None:
    found = [
        where(place, node)
        for place in product()
        if name(place) not in SETS_IT
        for node in loosened(tree(place))
    ]
    assert found == []


def test_the_places_that_set_the_umask_do_so() -> None:
    for place in product():
        if name(place) in SETS_IT:
            assert [*loosened(tree(place))] != []


@pytest.mark.parametrize(
    "source",
    [
        "place.write_text('words')",
        "with place.open('w') as out: pass",
        "with open(place, mode) as out: pass",
        "with open(place, mode='ab') as out: pass",
        "import os as system\nsystem.open(place, 577)",
        "from sqlite3 import connect\nconnect(place)",
        "from tempfile import mkstemp\nmkstemp()",
        "import os\nos.fdopen(handle, 'wb')",
        "import zipfile\nzipfile.ZipFile(place, 'w')",
    ],
)
def test_what_writes_a_file_is_found(source: str) -> None:
    assert writes(ast.parse(source))


@pytest.mark.parametrize(
    "source",
    [
        "place.read_text()",
        "open(place)",
        "place.open('rb')",
        "from PIL import Image\nImage.open(stream)",
        "import os\nos.replace(aside, place)",
    ],
)
def test_what_writes_none_is_let_through(source: str) -> None:
    assert not writes(ast.parse(source))


@pytest.mark.parametrize(
    "source",
    [
        "place.mkdir(mode=0o755)",
        "place.chmod(0o644)",
        "import os\nos.chmod(place, 0o600)",
        "import os\nos.open(place, os.O_CREAT, 0o640)",
        "from os import umask\numask(0)",
        "import shutil\nshutil.copytree(source, target)",
        "from shutil import copy2 as take\ntake(source, target)",
        "archive.extractall(folder)",
    ],
)
def test_what_loosens_a_file_is_found(source: str) -> None:
    assert len([*loosened(ast.parse(source))]) == 1


@pytest.mark.parametrize(
    "source", ["place.mkdir(mode=0o700)", "import os\nos.open(place, os.O_CREAT, 0o600)", "place.open('rb')"]
)
def test_what_keeps_a_file_closed_is_let_through(source: str) -> None:
    assert [*loosened(ast.parse(source))] == []


def test_a_program_that_writes_without_the_umask_is_found() -> None:
    planted: Iterable[tuple[str, str]] = {
        "core.dump": "from core import words\nif __name__ == '__main__':\n    words.keep()",
        "core.words": "def keep():\n    place.write_text('words')",
        "core.read": "place.read_text()",
    }.items()
    found = {path: ast.parse(source) for path, source in planted}
    assert programs(found) == {"core.dump"}
    assert writers_of("core.dump", found, graph(found)) == {"core.words"}
