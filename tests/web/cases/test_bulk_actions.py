"""Several cases at once: each for itself, whatever becomes of the others; and lists as a table."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case
from core.persistence.db import Database
from tests.statements import statements
from tests.web.conftest import Browser

Open = Callable[..., Browser]
Make = Callable[..., Case]


def state_of(town: Database, case: Case) -> tuple[str, bool]:
    with town.reading() as session:
        found = session.scalars(select(Case).where(Case.id == case.id)).one()
        return found.state, found.accepted


def box(case: Case, version: int | None = None) -> str:
    return f"{case.number}:{case.version if version is None else version}"


def rows_of(answer: Any) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()


def test_each_case_goes_to_the_unit_that_is_usual_for_it(browser: Open, town: Database, a_case: Make) -> None:
    cases = [a_case("received", village=village, category="drinking_water") for village in ("SL", "YY")]
    answer = browser("zuzhang").post("/cases/together", action="assign", chosen=[box(case) for case in cases])
    assert answer.status == 200
    with town.reading() as session:
        found = session.scalars(select(Case).order_by(Case.id)).all()
        assert [case.state for case in found] == ["assigned", "assigned"]
        assert len({case.owner_id for case in found}) == 2


def test_what_one_case_does_not_allow_does_not_hold_back_the_others(
    browser: Open, town: Database, a_case: Make
) -> None:
    first, closed, last = a_case("received"), a_case("closed"), a_case("received")
    answer = browser("zuzhang").post(
        "/cases/together",
        action="assign",
        unit="committee-SL",
        chosen=[box(first), box(closed), "SL-2026-9999:1", box(last)],
    )
    assert [state_of(town, case)[0] for case in (first, closed, last)] == ["assigned", "closed", "assigned"]
    assert "办好了 2 件，一共 4 件" in answer.text
    assert "您看不到这件事" in answer.text


def test_a_case_that_somebody_changed_meanwhile_is_left_and_named(
    browser: Open, town: Database, a_case: Make
) -> None:
    case, stale = a_case("received"), a_case("received")
    chosen = [box(case), box(stale, stale.version + 1)]
    answer = browser("zuzhang").post("/cases/together", action="assign", chosen=chosen)
    assert [state_of(town, one)[0] for one in (case, stale)] == ["assigned", "received"]
    assert "刚才有人动过这件事" in answer.text


def test_a_second_click_gets_the_first_answer_and_does_nothing(browser: Open, a_case: Make) -> None:
    case, person = a_case("received"), browser("zuzhang")
    sent = {"action": "assign", "chosen": [box(case)], "once": "only-this-once"}
    first, second = (person.post("/cases/together", **sent) for _ in range(2))
    assert first.text == second.text
    assert "办好了 1 件，一共 1 件" in second.text


@pytest.mark.parametrize("chosen", [[], ["nonsense"], [f"SL-2026-{n:04}:1" for n in range(51)]])
def test_without_a_fitting_choice_one_is_told_what_to_do(browser: Open, chosen: list[str]) -> None:
    answer = browser("cunwei-sl").post("/cases/together", action="accept", chosen=chosen)
    assert answer.status == 422
    assert "先选要一起办的事" in answer.text


def test_a_committee_accepts_several(browser: Open, town: Database, a_case: Make) -> None:
    cases = [a_case("received"), a_case("received")]
    chosen = [box(case) for case in cases]
    browser("zuzhang").post("/cases/together", action="assign", unit="committee-SL", chosen=chosen)
    chosen = [box(case, case.version + 1) for case in cases]
    browser("cunwei-sl").post("/cases/together", action="accept", chosen=chosen)
    assert [state_of(town, case) for case in cases] == [("assigned", True)] * 2


def test_a_step_that_needs_words_of_its_own_is_not_taken_together(browser: Open, a_case: Make) -> None:
    case = a_case("received")
    assert browser("zuzhang").post("/cases/together", action="void", chosen=[box(case)]).status == 422


def test_who_may_not_assign_changes_nothing(browser: Open, town: Database, a_case: Make) -> None:
    case = a_case("received")
    browser("cunwei-sl").post("/cases/together", action="assign", chosen=[box(case)])
    assert state_of(town, case)[0] == "received"
    assert browser("jiandu").post("/cases/together", action="assign", chosen=[box(case)]).status == 403


def test_the_chosen_cases_come_as_a_table_without_any_person(browser: Open, a_case: Make) -> None:
    people = (ComplainantEntry(name="田大贵", phone="13800002046"),)
    chosen, other = a_case("assigned", own_words="=1+1", complainants=people), a_case("assigned")
    answer = browser("zuzhang").get(f"/cases/export?chosen={box(chosen)}&once=0123456789&unit=")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    heading, *rows = rows_of(answer)
    assert heading[0] == "编号"
    assert [(row[0], row[4]) for row in rows] == [(chosen.number, "=1+1")]
    everything = str(rows)
    assert not [private for private in ("田大贵", "2046", other.number) if private in everything]


def test_without_a_choice_all_that_the_filters_keep_is_given_out(browser: Open, a_case: Make) -> None:
    kept = [a_case("assigned").number for _ in range(3)]
    a_case("received")
    rows = rows_of(browser("zuzhang").get("/cases/export?state=assigned"))
    assert sorted(row[0] for row in rows[1:]) == sorted(kept)


def test_nothing_out_of_reach_is_given_out(browser: Open, a_case: Make) -> None:
    case = a_case("assigned", village="YY")
    person = browser("cunwei-sl")
    assert len(rows_of(person.get(f"/cases/export?chosen={box(case)}"))) == 1
    assert len(rows_of(person.get("/cases/export"))) == 1


def test_a_table_costs_the_same_for_more_rows(browser: Open, town: Database, a_case: Make) -> None:
    person = browser("zuzhang")
    counts = []
    for number in (1, 5):
        for _ in range(number):
            a_case("assigned")
        person.get("/cases/export")
        with statements(town) as seen:
            person.get("/cases/export")
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 4


def test_a_table_that_is_a_part_says_so(browser: Open, a_case: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.cases.exports.MOST_ROWS", 2)
    for _ in range(3):
        a_case("received")
    rows = rows_of(browser("zuzhang").get("/cases/export"))
    assert len(rows) == 4
    assert str(rows[-1][0]).startswith("只导出了前 2 件")


def test_every_unit_that_the_list_offers_as_the_one_in_charge_can_be_asked_for(
    browser: Open, a_case: Make
) -> None:
    case = a_case("assigned")
    for username in ("zuzhang", "lingdao", "xiangzhen", "cunwei-sl", "bumen"):
        person = browser(username)
        offered = re.search(r'<select id="owner".*?</select>', person.get("/cases").text, re.S)
        assert offered is not None
        codes = [code for code in re.findall(r'value="([^"]*)"', offered[0]) if code]
        assert codes
        pages = {code: person.get(f"/cases?owner={code}") for code in codes}
        assert {page.status for page in pages.values()} == {200}
        assert case.number in pages["committee-SL"].text or username == "bumen"
