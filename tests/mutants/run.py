"""Change the rules that rights and dates hang on, one place at a time, and name the changes no test notices.

`python3 app.py test --mutants` runs it; names of mutants after it (`"workflow.guards.*"`) choose some alone.
mutmut makes the mutants and runs the tests in copies of the tree in `var/mutants`, so that nothing of it lies
among our files. It leaves alone what stands outside functions, and functions with a decorator.
"""

import configparser
import json
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import chdir
from fnmatch import fnmatchcase
from pathlib import Path

from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code

from core import child_process
from tests import properties
from tests.mutants.groups import GROUPS, Group
from tests.mutants.survivors import SURVIVORS, Mutant
from tests.rules.sources import ROOT, files, name

FOLDER = ROOT / "var" / "mutants"
MUTMUT = "from mutmut.__main__ import cli; cli()"
#: On one database, for both say the same about a rule; and what fails is not made smaller before it counts.
FOR_PYTEST = ("-k", "not postgresql", "-p", "no:cacheprovider", "--hypothesis-profile", properties.AT_ONCE)
#: A test failed, or went on for ever.
NOTICED = frozenset({"killed", "timeout"})
NOT_TRIED = "not checked"


def main(names: Sequence[str]) -> int:
    """Try all mutants, or those with these names; give 1 when one lives that is not named with a reason."""
    tried: list[tuple[Mutant, str]] = []
    for group in GROUPS:
        wanted = of_group(names, group)
        if names and not wanted:
            continue
        folder = FOLDER / group.name
        prepare(folder)
        configure(folder, group)
        code = run(folder, wanted)
        if code:
            return code
        tried += outcomes(folder, group)
    alive = {mutant for mutant, status in tried if status not in NOTICED}
    wrong = [*unknown(alive), *(() if names else gone(alive))]
    print("", *wrong, f"{len(tried)} mutants, {len(alive)} live, {len(wrong)} lines to look at", sep="\n")
    return 1 if wrong or not tried else 0


def of_group(names: Iterable[str], group: Group) -> list[str]:
    """Return the names that begin with a module of this group, or with stars stand for all of one."""
    modules = [module.removesuffix(".py").replace("/", ".") + "." for module in group.modules]
    return [
        one for one in names if any(one.startswith(begin) or fnmatchcase(begin, one) for begin in modules)
    ]


def prepare(folder: Path) -> None:
    """Copy the tree into an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    for place in files():
        copied = folder / name(place)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(place, copied)


def configure(folder: Path, group: Group) -> None:
    """Write beside the tree what mutmut has to know: what it copies, which files it changes, what it runs."""
    tops = sorted(place.name for place in folder.iterdir())
    packages = [top for top in tops if top != "tests" and any((folder / top).rglob("*.py"))]
    known = configparser.ConfigParser(interpolation=None)
    known["mutmut"] = {
        "source_paths": listed(packages),
        "also_copy": listed(top for top in tops if top not in packages),
        "only_mutate": listed(group.modules),
        "pytest_add_cli_args": listed(FOR_PYTEST),
        "pytest_add_cli_args_test_selection": listed(group.tests),
        "use_git_change_detection": "false",
    }
    with (folder / "setup.cfg").open("w", encoding="utf-8") as place:
        known.write(place)


def listed(values: Iterable[str]) -> str:
    """Write a list as mutmut reads it: a value a line."""
    return "".join(f"\n{value}" for value in values)


def run(folder: Path, names: Sequence[str] = ()) -> int:
    """Let mutmut work in a folder, with one process; its exit code says nothing of the mutants."""
    return subprocess.run(
        [sys.executable, "-c", MUTMUT, "run", "--max-children", "1", *names],
        cwd=folder,
        env=child_process.surroundings(child_process.TESTING, {"PYTHONUTF8": "1"}),
        check=False,
    ).returncode


def outcomes(folder: Path, group: Group) -> Iterator[tuple[Mutant, str]]:
    """Yield each mutant that was tried with what became of it, as mutmut calls it."""
    with chdir(folder):
        for module in group.modules:
            found = json.loads(Path("mutants", f"{module}.meta").read_text(encoding="utf-8"))
            for key, code in found["exit_code_by_key"].items():
                status = status_by_exit_code[code]
                if status != NOT_TRIED:
                    yield told(key, get_diff_for_mutant(key, path=module)), status


def told(key: str, diff: str) -> Mutant:
    """Return a mutant with its function, and with the lines that differ."""
    module, _, function = key.rpartition("__mutmut_")[0].rpartition(".")
    plain = function.removeprefix("x_") if function.startswith("x_") else function.split("ǁ", 1)[1]
    lines = diff.splitlines()[2:]  # behind the names of the files
    before, after = (
        "\n".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in ("-", "+")
    )
    return Mutant(f"{module}.{plain.replace('ǁ', '.')}", before, after)


def unknown(alive: Collection[Mutant]) -> list[str]:
    """Tell of the mutants that live and are not named with a reason."""
    return [
        f"NOT NOTICED {one.function}\n    - {one.before}\n    + {one.after}"
        for one in sorted(alive)
        if one not in SURVIVORS
    ]


def gone(alive: Collection[Mutant]) -> list[str]:
    """Tell of those that are named and are noticed now, or are no more."""
    return [f"NAMED IN VAIN {one.function}\n    + {one.after}" for one in SURVIVORS if one not in alive]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
