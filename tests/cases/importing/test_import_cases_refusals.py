from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from accounts.access.actor import Actor
from cases.importing import import_cases
from cases.importing.column_map import ImportMap
from cases.importing.report import HINTS, CasesImport
from cases.models.case import Case
from core.errors import Forbidden, Invalid
from core.i18n import translator
from core.persistence.db import Database
from core.tables.import_report import write_refused
from core.tables.reader import read_table
from tests.cases.importing.message_sheet import HEADINGS, MAP, PLAIN, REFUSED, TRAPS

Take = Callable[..., CasesImport]


def counted(town: Database, table: Any) -> int:
    with town.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize("change", [{"留言详情": "另一件事。"}, {"答复意见": "还没有修好。"}])
def test_a_row_that_changed_is_refused_with_the_number_it_has(take: Take, change: dict[str, str]) -> None:
    take([PLAIN])
    report = take([{**PLAIN, **change}])
    [problem] = report.problems
    assert (problem.row, problem.code, problem.facts) == (2, "content_changed", {"number": "YY-2019-0001"})


def test_an_id_that_comes_twice_with_other_words_is_refused(take: Take) -> None:
    report = take([PLAIN, {**PLAIN, "留言详情": "另一件事。"}, PLAIN])
    assert (report.created, report.known) == (1, 1)
    assert [(one.row, one.column, one.code, one.facts) for one in report.problems] == [
        (3, "留言编号", "row_repeated", {"other": 2})
    ]


@pytest.mark.parametrize(("row", "column", "code"), REFUSED)
def test_a_row_that_cannot_be_read_is_refused_alone(
    take: Take, row: Mapping[str, Any], column: str, code: str
) -> None:
    report = take([{**PLAIN, "留言编号": 9001}, row, {**PLAIN, "留言编号": 9002}])
    assert report.created == 2
    assert [(problem.row, problem.column, problem.code) for problem in report.problems] == [(3, column, code)]


@pytest.mark.parametrize("column", HEADINGS)
def test_a_cell_that_cannot_be_read_refuses_its_row_whatever_it_would_say(take: Take, column: str) -> None:
    report = take([PLAIN, {**PLAIN, "留言编号": 2002, column: "#REF!"}])
    assert [(one.row, one.column, one.code) for one in report.problems] == [(3, column, "error_value")]
    assert report.created == 1


@pytest.mark.parametrize("name", ["village", "unit", "category", "kind", "urgency", "channel", "outcome"])
def test_a_choice_that_cannot_be_read_is_never_the_default(take: Take, name: str) -> None:
    columns = {key: value for key, value in MAP.columns.items() if key != "name"}
    form = ImportMap(MAP.source, {**columns, name: "留言用户"}, MAP.words, MAP.defaults, {})
    report = take([{**PLAIN, "留言用户": "#N/A"}, {**PLAIN, "留言编号": 2, "留言用户": None}], form=form)
    assert [(one.row, one.code) for one in report.problems] == [(2, "error_value")]
    assert report.created == 1


def test_all_that_is_wrong_with_a_row_is_said_at_once(take: Take) -> None:
    report = take([{**PLAIN, "留言编号": None, "留言时间": "上个月", "留言主题": None, "留言详情": None}])
    assert [problem.column for problem in report.problems] == ["留言编号", "留言详情", "留言时间"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_refused_rows_are_handed_back_with_the_reason(take: Take, tmp_path: Path, language: str) -> None:
    report = take([PLAIN, *(row for row, _, _ in REFUSED)])
    place = tmp_path / "refused.xlsx"
    write_refused(place, report.table, report, HINTS, translator(language))
    rows = read_table(place).rows
    assert len(rows) == len(REFUSED)
    assert all(next(iter(cells.values())) for _, cells in rows)


def test_mended_rows_go_in(town: Database, take: Take, tmp_path: Path) -> None:
    report = take([PLAIN, {**PLAIN, "留言编号": 2002, "留言时间": "上个月"}])
    place = tmp_path / "refused.csv"
    write_refused(place, report.table, report, HINTS, translator("zh"))
    [(_, cells)] = read_table(place).rows
    mended = take([{**cells, "留言时间": "2019/4/1 8:00:00"}])
    assert (mended.created, counted(town, Case)) == (1, 2)


def test_a_dry_run_says_the_same_and_writes_nothing(town: Database, take: Take) -> None:
    rows = [*TRAPS, *(row for row, _, _ in REFUSED), PLAIN]
    tried = take(rows, dry_run=True)
    assert counted(town, Case) == 0
    done = take(rows)
    assert (tried.created, tried.known, tried.problems) == (done.created, done.known, done.problems)


def test_a_dry_run_finds_repetitions_across_transactions(take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_cases, "CHUNK", 1)
    report = take([PLAIN, PLAIN], dry_run=True)
    assert (report.created, report.known) == (1, 1)


@pytest.mark.parametrize(
    ("name", "cell", "code"),
    [
        ("village", "XX", "unknown_village"),
        ("unit", "nobody", "unknown_unit"),
        ("unit", "committee-GG", "does_not_cover_village"),
        ("household", "YY-99-001", "unknown_household"),
        ("category", "weather", "not_a_choice"),
        ("outcome", "planned", "not_a_choice"),
        ("kind", "suggestion", "another_profile"),
    ],
)
def test_what_a_column_says_is_checked(take: Take, name: str, cell: str, code: str) -> None:
    columns = {key: value for key, value in MAP.columns.items() if key != "name"}
    form = ImportMap(MAP.source, {**columns, name: "留言用户"}, MAP.words, MAP.defaults, {})
    report = take([{**PLAIN, "留言用户": cell}, {**PLAIN, "留言编号": 2, "留言用户": None}], form=form)
    assert [problem.code for problem in report.problems] == [code]
    assert report.created == 1


def test_a_sheet_with_other_headings_is_refused(take: Take) -> None:
    form = ImportMap(MAP.source, {**MAP.columns, "id": "工单号"}, MAP.words, MAP.defaults, {})
    with pytest.raises(Invalid) as refusal:
        take([PLAIN], form=form)
    assert refusal.value.errors == {"file": ["headings_missing"]}


def test_importing_needs_the_right_to(take: Take, actor: Callable[[str], Actor]) -> None:
    with pytest.raises(Forbidden):
        take([PLAIN], actor=actor("zuzhang"))
