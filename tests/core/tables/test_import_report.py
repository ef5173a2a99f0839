"""Test how a bad row is described."""

import pytest

from accounts.registers import areas, unit_imports
from core.i18n import translator
from core.tables.import_report import HINTS, CellProblem, ImportReport, sentence
from roster import imports as roster_imports


def test_a_problem_says_where_it_lies_and_how_to_mend_it() -> None:
    problem = CellProblem(7, "户号", "row_repeated", {"other": 3})
    assert sentence(problem, {}, translator("zh")) == "第 7 行，「户号」一列：与第 3 行重复，请保留一行"


def test_a_problem_is_told_in_english_as_well() -> None:
    problem = CellProblem(7, "parent", "unknown_area", {"value": "XX"})
    assert sentence(problem, areas.HINTS, translator("en")) == (
        "Row 7, column “parent”: there is no area with the code XX; correct the code or add its row"
    )


@pytest.mark.parametrize("hints", [HINTS, areas.HINTS, unit_imports.HINTS, roster_imports.HINTS])
def test_every_hint_has_english_words(hints: dict[str, str]) -> None:
    english = translator("en")
    assert [hint for hint in hints.values() if english(hint) == hint] == []


def test_a_row_with_two_problems_is_one_refused_row() -> None:
    report = ImportReport(problems=[CellProblem(2, "code", "required"), CellProblem(2, "name", "required")])
    assert report.refused == 1
