"""A change that no test notices is told; so is one that is named with a reason and does not live."""

import os
from pathlib import Path

import pytest

from tests import properties
from tests.mutants import run
from tests.mutants.groups import GROUPS, Group
from tests.mutants.survivors import SURVIVORS, Mutant
from tests.rules.sources import ROOT, product

RULE = """\
def may(age: int) -> bool:
    return age >= 18
"""
TEST = """\
from law.rule import may


def test_somebody_young() -> None:
    assert not may(10)
    assert may(30)
{more}
"""
CONFTEST = f"""\
from hypothesis import settings

settings.register_profile({properties.AT_ONCE!r})
"""
BOUNDARY = """

def test_the_very_day() -> None:
    assert may(18)
    assert not may(17)
"""
TO_THE_DAY = Mutant("law.rule.may", "return age >= 18", "return age > 18")
PLANTED = Group("planted", ("law/rule.py",), ("tests/test_rule.py",))


def planted(folder: Path, more: str) -> dict[Mutant, str]:
    """Let the mutants of a small rule be tried; return what became of each."""
    tree = {"law/rule.py": RULE, "tests/conftest.py": CONFTEST, "tests/test_rule.py": TEST.format(more=more)}
    for place, text in tree.items():
        (folder / place).parent.mkdir(exist_ok=True)
        (folder / place).write_text(text, encoding="utf-8")
    run.configure(folder, PLANTED)
    assert run.run(folder) == 0
    return dict(run.outcomes(folder, PLANTED))


@pytest.mark.skipif(os.name != "posix", reason="mutmut needs what only such systems have")
@pytest.mark.parametrize(("more", "noticed"), [("", False), (BOUNDARY, True)], ids=["missed", "asked for"])
def test_a_rule_whose_very_day_no_test_asks_for_is_found(tmp_path: Path, more: str, noticed: bool) -> None:
    outcomes = planted(tmp_path, more)
    assert (outcomes[TO_THE_DAY] in run.NOTICED) is noticed
    alive = {mutant for mutant, status in outcomes.items() if status not in run.NOTICED}
    assert (alive == set()) is noticed
    assert any("age > 18" in line for line in run.unknown(alive)) is not noticed


def test_what_is_named_and_does_not_live_is_found() -> None:
    assert len(run.gone(set())) == len(SURVIVORS)
    assert run.gone(set(SURVIVORS)) == []


def test_names_choose_the_groups_that_they_belong_to() -> None:
    names = ["workflow.guards.*", "cases.*", "workflow.guards.x_returns_left__mutmut_1"]
    chosen = {group.name: run.of_group(names, group) for group in GROUPS}
    assert chosen == {"access": ["cases.*"], "workflow": [names[0], names[2]], "clocks": ["cases.*"]}


def test_the_rules_and_their_tests_are_there() -> None:
    modules = {ROOT / module for group in GROUPS for module in group.modules}
    assert modules <= set(product())
    assert all((ROOT / place).exists() for group in GROUPS for place in group.tests)


def test_what_is_named_with_a_reason_stands_in_the_code_as_it_is_quoted() -> None:
    code = "\n".join(
        (ROOT / module).read_text(encoding="utf-8") for group in GROUPS for module in group.modules
    )
    stale = [one for one in SURVIVORS if any(line not in code for line in one.before.splitlines())]
    assert stale == []
