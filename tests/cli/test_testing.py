"""The command that checks the program."""

import pytest

from cli.testing import LINT, MUTANTS, PROOF, Check, run, run_tests


@pytest.mark.parametrize(("code", "passed"), [("", True), ("raise SystemExit(1)", False)])
def test_a_check_passes_when_its_program_ends_with_0(code: str, passed: bool) -> None:
    assert run(Check("a check", ("-c", code))).passed is passed


def test_the_settings_of_an_installation_do_not_reach_the_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIYIN_DATABASE_URL", "sqlite:///real.db")
    looking = "import os; raise SystemExit(any(name.startswith('HUIYIN_') for name in os.environ))"
    assert run(Check("a check", ("-c", looking))).passed


def test_tests_that_cannot_be_found_fail_the_command_and_are_named_in_the_summary(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert run_tests(["--only", "tests", "-q", "tests/there_is_no_such_file.py"]) == 1
    last = capfd.readouterr().out.splitlines()[-1]
    assert last.split()[:2] == ["pytest", "FAILED"]


def test_a_misspelt_half_is_bad_usage() -> None:
    with pytest.raises(SystemExit) as end:
        run_tests(["--only", "nothing"])
    assert end.value.code == 2


def test_style_types_and_layers_are_checked() -> None:
    assert [check.name for check in LINT] == ["ruff check", "ruff format", "mypy", "import-linter"]


def test_the_long_tests_of_faults_run_when_they_are_asked_for_and_else_not(
    capfd: pytest.CaptureFixture[str],
) -> None:
    place = "tests/faults/test_power_cut.py"
    assert run(PROOF.with_more(["--collect-only", "-q", place])).passed
    assert "test_power_cut.py" in capfd.readouterr().out
    run(Check("pytest", ("-m", "pytest", "--collect-only", "-q", place)))
    assert "test_power_cut.py" not in capfd.readouterr().out


def test_changing_the_rules_on_trial_stands_alone_and_takes_names(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_tests(["--mutants", "no.such.module.*"]) == 1
    said = capfd.readouterr().out
    assert "0 mutants" in said
    assert [line.split()[:2] for line in said.splitlines()[-1:]] == [[MUTANTS.name, "FAILED"]]
