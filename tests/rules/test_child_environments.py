"""Every process that the program starts gets an environment that was made for it, without our secrets."""

import ast
from collections.abc import Iterator

import pytest

from tests.rules.names import Names, names_of, paths
from tests.rules.sources import name, nodes, product, tree, where

MAKES = "core.child_process.surroundings"
#: Our own environment, whole, for the program itself when another interpreter goes on with it.
SAME, GOES_ON = "core.child_process.same_surroundings", {"core/bootstrap.py"}
STARTS = {
    *("subprocess.run", "subprocess.Popen", "subprocess.call"),
    *("subprocess.check_call", "subprocess.check_output"),
}
#: The environment is their last argument.
BECOMES = {"os.execve", "os.execvpe"}
#: What takes no environment, or hides it among others.
NEVER = {
    *("subprocess.getoutput", "subprocess.getstatusoutput", "os.system", "os.popen", "os.startfile"),
    *("os.execv", "os.execvp", "os.execl", "os.execle", "os.execlp", "os.execlpe"),
    *("os.spawnv", "os.spawnve", "os.spawnvp", "os.spawnvpe", "os.spawnl", "os.spawnle", "os.spawnlp"),
    *("os.spawnlpe", "os.posix_spawn", "os.posix_spawnp", "os.fork", "os.forkpty", "pty.spawn", "pty.fork"),
    *("asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell"),
    *("concurrent.futures.ProcessPoolExecutor", "multiprocessing.Process", "multiprocessing.Pool"),
}
#: The workers of the server, which are the program itself and need its settings.
ITSELF = {"cli/serve/workers.py": "multiprocessing.get_context"}


def exposed(module: ast.Module, *, same: bool = False) -> Iterator[ast.AST]:
    """Yield what starts a process with an environment that was not made for it.

    `same` lets a module hand on its own environment, whole.
    """
    names = Names(module, names_of)
    makers = {MAKES, SAME} if same else {MAKES}
    known = STARTS | BECOMES | NEVER
    called = {node.func: node for node in nodes(module) if isinstance(node, ast.Call)}
    types = {node.value for node in nodes(module) if isinstance(node, ast.Subscript)}
    for node, path in paths(module, names):
        if node in types:
            continue
        if path in NEVER or (path in known and node not in called and not isinstance(node, ast.ImportFrom)):
            yield node  # under another name, or handed to somebody, it would be called out of sight
        elif path in STARTS and node in called:
            given = [word.value for word in called[node].keywords if word.arg == "env"]
            if not (given and is_made(given[0], names, makers)):
                yield node
        elif path in BECOMES and node in called and not is_made(called[node].args[-1], names, makers):
            yield node


def is_made(given: ast.expr, names: Names, makers: set[str]) -> bool:
    """Return whether an environment is one that we make, with nothing else of our own in it."""
    if not (isinstance(given, ast.Call) and names.path(given.func) in makers):
        return False
    return not any(
        (names.path(part) or "").startswith(("os.environ", "os.getenv"))
        for part in ast.walk(given)
        if isinstance(part, ast.Name | ast.Attribute)
    )


def test_every_process_gets_an_environment_that_was_made_for_it() -> None:
    found = [
        where(place, node)
        for place in product()
        for node in exposed(tree(place), same=name(place) in GOES_ON)
    ]
    assert found == []


def test_processes_that_are_the_program_itself_are_started_by_the_server_alone() -> None:
    found = {
        (name(place), path)
        for place in product()
        for _, path in paths(tree(place), Names(tree(place), names_of))
        if path.startswith("multiprocessing.get_context")
    }
    assert found == {*ITSELF.items()}


HEAD = "import os, subprocess\nfrom core.child_process import surroundings, same_surroundings\n"


@pytest.mark.parametrize(
    "source",
    [
        "subprocess.run(['node'])",
        "subprocess.run(['node'], env=None)",
        "subprocess.run(['node'], env=os.environ)",
        "subprocess.Popen(['node'], env={**os.environ, 'A': 'b'})",
        "subprocess.run(['node'], env={**surroundings(), **os.environ})",
        "subprocess.run(['node'], env=surroundings(('HOME',), os.environ))",
        "subprocess.run(['node'], env=surroundings((), {'K': os.environ['HUIYIN_SECRET_KEY']}))",
        "subprocess.run(['node'], env=same_surroundings())",
        "subprocess.run(['node'], **options)",
        "from subprocess import check_output as ask\nask(['node'])",
        "start = subprocess.Popen\nstart(['node'])",
        "hand_on(subprocess.run)",
        "import subprocess as programs\nprograms.getoutput('node')",
        "os.system('node')",
        "os.execv('node', ['node'])",
        "os.execve('node', ['node'], os.environ)",
        "from os import posix_spawn\nposix_spawn('node', ['node'], {})",
        "os.spawnl(os.P_WAIT, 'node', 'node')",
        "import asyncio\nasyncio.create_subprocess_exec('node')",
        "from concurrent.futures import ProcessPoolExecutor\nProcessPoolExecutor()",
    ],
)
def test_a_process_that_gets_more_is_found(source: str) -> None:
    assert [*exposed(ast.parse(HEAD + source))] != []


@pytest.mark.parametrize(
    "source",
    [
        "subprocess.run(['node'], env=surroundings())",
        "os.execve('node', ['node'], surroundings(('HOME',), {'A': 'b'}))",
        "from core import child_process\nsubprocess.Popen(['x'], env=child_process.surroundings())",
    ],
)
def test_an_environment_that_was_made_for_it_is_let_through(source: str) -> None:
    assert [*exposed(ast.parse(HEAD + source))] == []
