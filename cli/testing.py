"""Check the program: style, types and the direction of imports, then every test."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path

from cli import moments
from cli.moments import BY_NAME, MOMENTS, FakedMoment
from core import child_process, clock

INTERRUPTED = 130
#: Processes that share a whole run; each has databases of its own, so that more of them cost memory.
MOST_PROCESSES = 4
ROOT = Path(__file__).resolve().parent.parent
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"


@dataclass(frozen=True)
class Check:
    """One program of the check: its name in the summary and its command line after the interpreter.

    With a moment the program believes that it is that hour of that day.
    """

    name: str
    arguments: tuple[str, ...]
    moment: FakedMoment | None = None

    def with_more(self, arguments: Sequence[str]) -> "Check":
        """Return the same check with further arguments."""
        return replace(self, arguments=(*self.arguments, *arguments))

    def at(self, moment: FakedMoment) -> "Check":
        """Return the same check at another moment, which its name then tells."""
        return Check(f"{self.name} {moment.name}", self.arguments, moment)


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
#: Changes the rules of rights and dates on trial, and names the changes that their tests do not notice.
MUTANTS = Check("mutants", ("-m", "tests.mutants.run"))


def run_tests(arguments: Sequence[str]) -> int:
    """Run the checks and the tests; give 0 when all passed and 1 otherwise.

    `--only lint` or `--only tests` runs one half. Whatever else is given goes to pytest as it is; without
    anything all tests run, shared by as many processes as there are processors. `--moment NAME` lets the
    tests believe that it is one of the moments of `cli.moments`; with `CI=true` all of them run at the one
    that is drawn by the day. `--proof` runs instead, and alone, the tests that take minutes, kills, power
    cuts and full disks by the dozen, and then all others at every moment. `--mutants` tries whether the
    tests of rights and dates notice when a rule changes; what else is given goes there.
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
    parser.add_argument(
        "--mutants",
        action="store_true",
        help="只试改规则，看测试能否发现 / only change rules on trial and see whether tests notice",
    )
    parser.add_argument(
        "--moment", choices=BY_NAME, help="让测试以为是那一刻 / let the tests believe it is that moment"
    )
    options, rest = parser.parse_known_args(list(arguments))
    if options.proof:
        checks = proofs(rest)
    elif options.mutants:
        checks = [MUTANTS.with_more(rest)]
    else:
        moment = BY_NAME[options.moment] if options.moment else _drawn(rest)
        checks = checks_of(options.only, rest, moment)
    try:
        outcomes = [run(check) for check in checks]
    except KeyboardInterrupt:
        return INTERRUPTED
    _summarise(outcomes)
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def checks_of(only: str | None, rest: Sequence[str], moment: FakedMoment | None = None) -> list[Check]:
    """Return the checks of both halves or of one; the tests at a moment if one is given."""
    checks = [*LINT] if only != "tests" else []
    if only != "lint":
        tests = Check("pytest", ("-m", "pytest", *(rest or _workers())))
        checks.append(tests.at(moment) if moment else tests)
    return checks


def proofs(rest: Sequence[str]) -> list[Check]:
    """Return the long tests, and all others at every moment; with words for pytest the long tests alone."""
    if rest:
        return [PROOF.with_more(rest)]
    return [PROOF, *(check for moment in MOMENTS for check in checks_of("tests", (), moment))]


def _drawn(rest: Sequence[str]) -> FakedMoment | None:
    """Draw the moment of the day where the result counts, and say how to repeat it."""
    if os.environ.get("CI") != "true" or rest:
        return None
    moment = moments.of_day(clock.today(UTC))
    print(f"the tests run at {moment.name}; again: python3 app.py test --moment {moment.name}", flush=True)
    return moment


def run(check: Check) -> CheckResult:
    """Run one check in the project's folder, untouched by the settings of an installation."""
    print(f"== {check.name}", flush=True)
    also = {"PYTHONUTF8": "1"}
    if check.moment is not None:
        moved_by = moments.library()
        if moved_by is None:
            print(moments.MISSING, flush=True)
            return CheckResult(check.name, False, 0.0)
        also |= moments.environ_of(check.moment, moved_by, now=clock.now())
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, *check.arguments],
        cwd=ROOT,
        env=child_process.surroundings(child_process.TESTING, also),
    )
    try:
        code = process.wait()
    except KeyboardInterrupt:
        process.wait()  # Ctrl-C reached it as well; it may need a moment to clear up
        raise
    return CheckResult(check.name, code == 0, time.monotonic() - began)


def _workers() -> tuple[str, ...]:
    return ("-n", str(min(os.cpu_count() or 1, MOST_PROCESSES)), "--dist", "loadscope")


def _summarise(outcomes: Sequence[CheckResult]) -> None:
    longest = max(14, *(len(outcome.name) for outcome in outcomes))
    print()
    for outcome in outcomes:
        print(f"{outcome.name:<{longest}} {'ok' if outcome.passed else 'FAILED':<7} {outcome.seconds:6.1f} s")
