"""Check the program: style, types and the direction of imports, then every test."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

INTERRUPTED = 130
#: Processes that share a whole run; each has databases of its own, so that more of them cost memory.
MOST_PROCESSES = 4
ROOT = Path(__file__).resolve().parent.parent
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"


@dataclass(frozen=True)
class Check:
    """One program of the check: its name in the summary and its command line after the interpreter."""

    name: str
    arguments: tuple[str, ...]

    def with_more(self, arguments: Sequence[str]) -> "Check":
        """Give the same check with further arguments."""
        return Check(self.name, (*self.arguments, *arguments))


@dataclass(frozen=True)
class CheckResult:
    """How a check ended, and how many seconds it took."""

    name: str
    passed: bool
    seconds: float


LINT = (
    Check("ruff check", ("-m", "ruff", "check", "--quiet", ".")),
    Check("ruff format", ("-m", "ruff", "format", "--check", "--quiet", ".")),
    Check("mypy", ("-m", "mypy")),
    Check("import-linter", ("-c", LINT_IMPORTS)),
)

#: One after the other, for they measure; what each of them measured is shown.
PROOF = Check("proof", ("-m", "pytest", "-m", "proof", "-s", "-v"))


def run_tests(arguments: Sequence[str]) -> int:
    """Run the checks and the tests; give 0 when all passed and 1 otherwise.

    `--only lint` or `--only tests` runs one half. Whatever else is given goes to pytest as it is; without
    anything all tests run, shared by as many processes as there are processors. `--proof` runs instead, and
    alone, the tests that take minutes: kills, power cuts and full disks by the dozen.
    """
    parser = argparse.ArgumentParser(
        prog="app.py test",
        description="检查程序并运行全部测试 / check the program and run all tests",
        epilog="其余参数原样交给 pytest / all other arguments are handed to pytest",
    )
    parser.add_argument("--only", choices=("lint", "tests"), help="只做一半 / run one half")
    parser.add_argument(
        "--proof", action="store_true", help="只运行耗时的故障测试 / run the long tests of faults alone"
    )
    options, rest = parser.parse_known_args(list(arguments))
    checks = [PROOF.with_more(rest)] if options.proof else checks_of(options.only, rest)
    try:
        outcomes = [run(check) for check in checks]
    except KeyboardInterrupt:
        return INTERRUPTED
    _summarise(outcomes)
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def checks_of(only: str | None, rest: Sequence[str]) -> list[Check]:
    """Give the checks of both halves or of one."""
    checks = [*LINT] if only != "tests" else []
    if only != "lint":
        checks.append(Check("pytest", ("-m", "pytest", *(rest or _workers()))))
    return checks


def run(check: Check) -> CheckResult:
    """Run one check in the project's folder, untouched by the settings of an installation."""
    print(f"== {check.name}", flush=True)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("HUIYIN_")}
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, *check.arguments], cwd=ROOT, env={**environ, "PYTHONUTF8": "1"}
    )
    try:
        code = process.wait()
    except KeyboardInterrupt:
        process.wait()  # Ctrl-C reached it as well; it may need a moment to clear up
        raise
    return CheckResult(check.name, code == 0, time.monotonic() - began)


def _workers() -> tuple[str, ...]:
    return ("-n", str(min(os.cpu_count() or 1, MOST_PROCESSES)), "--dist", "loadgroup")


def _summarise(outcomes: Sequence[CheckResult]) -> None:
    print()
    for outcome in outcomes:
        print(f"{outcome.name:<14} {'ok' if outcome.passed else 'FAILED':<7} {outcome.seconds:6.1f} s")
