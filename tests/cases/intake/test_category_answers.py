"""What is answered to the questions of a category: what is taken, what is kept, and that it stays."""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from cases.configuration.case_rules import CountyRules
from cases.intake import category_answers
from cases.intake.submission import Intake
from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case
from cases.models.correspondence import CategoryAnswer
from cases.verification.verify import verify
from config.questions import Option, Question
from core.chain import row_digest
from core.errors import Conflict, Invalid
from core.persistence.db import Database

Make = Callable[..., Case]
TEA, RICE = Option("tea", "茶", "tea"), Option("rice", "稻", "rice")
ASKED = (
    Question("note", "说明", "note", "text"),
    Question("mu", "几亩", "mu", "number", required=True),
    Question("use", "用途", "use", "choice", choices=(TEA, RICE)),
    Question("paid", "发了没有", "paid", "yes_no"),
    Question("since", "从哪天起", "since", "date"),
)
WISH = "把渠修通，赶在插秧以前。"


@pytest.fixture
def asking(project_rules: CountyRules) -> CountyRules:
    irrigation = replace(project_rules.categories["irrigation"], questions=ASKED)
    return replace(project_rules, categories={**project_rules.categories, "irrigation": irrigation})


def kept(db: Database, case: Case) -> dict[str, Any]:
    with db.reading() as session:
        rows = session.scalars(select(CategoryAnswer).where(CategoryAnswer.case_id == case.id))
        return {row.key: row.value for row in rows}


@pytest.mark.parametrize(
    ("key", "value", "stands"),
    [
        ("note", "渠\r\n塌了", "渠\n塌了"),
        ("mu", 2.50, 2.5),
        ("mu", 3.0, 3),
        ("use", "tea", "tea"),
        ("paid", False, False),
        ("since", "2026-02-01", "2026-02-01"),
        ("asks_for", WISH, WISH),
    ],
)
def test_an_answer_that_fits_is_taken(asking: CountyRules, key: str, value: Any, stands: Any) -> None:
    found = category_answers.validate_answers(asking, "irrigation", {"mu": 1, key: value}, imported=False)
    assert (found[key], type(found[key])) == (stands, type(stands))


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("note", "  ", "required"),
        ("note", "水" * 1001, "length_out_of_range"),
        ("note", "\x00", "control_character"),
        ("note", 3, "not_a_text"),
        ("mu", "3", "not_a_number"),
        ("mu", True, "not_a_number"),
        ("mu", float("nan"), "not_a_number"),
        ("mu", -1, "number_out_of_range"),
        pytest.param("mu", 10**400, "number_out_of_range", id="huge"),
        ("use", "coffee", "not_a_choice"),
        ("use", True, "not_a_choice"),
        ("paid", "yes", "not_true_or_false"),
        ("since", "20260201", "not_a_day"),
        ("since", "2026-02-30", "not_a_day"),
        ("since", "1026-02-01", "out_of_range"),
        ("depth", 3, "unknown_question"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(
    asking: CountyRules, key: str, value: Any, reason: str
) -> None:
    with pytest.raises(Invalid) as refused:
        category_answers.validate_answers(asking, "irrigation", {"mu": 1, key: value}, imported=False)
    assert refused.value.errors == {f"answers.{key}": [reason]}


def test_what_must_be_answered_is_asked_for_but_not_of_imported_history(asking: CountyRules) -> None:
    with pytest.raises(Invalid) as refused:
        category_answers.validate_answers(asking, "irrigation", {}, imported=False)
    assert refused.value.errors == {"answers.mu": ["required"]}
    assert category_answers.validate_answers(asking, "irrigation", {}, imported=True) == {}


def test_answers_stand_with_their_case_and_are_proved(
    town: Database, a_case: Make, rules: CountyRules
) -> None:
    given = {"asks_for": WISH, "land_mu": 2.5, "before_sowing": True}
    case = a_case("closed", answers=given)
    assert kept(town, case) == given
    assert kept(town, a_case("received")) == {}
    with town.reading() as session:
        assert list(verify(session, rules=rules)) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_answers SET value = '1'",
        "DELETE FROM case_answers",
        "INSERT INTO case_answers (case_id, key, value) SELECT id, 'place', '1' FROM cases",
    ],
)
def test_the_database_lets_nobody_change_an_answer_in_silence(
    town: Database, a_case: Make, statement: str
) -> None:
    a_case(answers={"asks_for": WISH})
    with pytest.raises(IntegrityError), town.transaction() as session:
        session.execute(text(statement))


def test_the_same_submission_with_another_answer_is_another_one(town: Database, a_case: Make) -> None:
    first = a_case(client_ref="phone-1", answers={"land_mu": 2})
    assert a_case(client_ref="phone-1", answers={"land_mu": 2}).id == first.id
    for other in ({"land_mu": 3}, {}):
        with pytest.raises(Conflict, match="client_ref_reused"):
            a_case(client_ref="phone-1", answers=other)


def test_a_submission_without_answers_has_the_digest_that_it_had_before_there_were_any() -> None:
    plain = Intake("SL", "irrigation", "problem", "水渠塌了。", "phone-1", (ComplainantEntry(name="田某"),))
    before = {name: value for name, value in asdict(plain).items() if name != "answers"}
    del before["complainants"][0]["phone_as_written"]  # what a page asked is no part of it
    assert plain.digest() == row_digest(before)
    assert replace(plain, answers={"land_mu": 1}).digest() != plain.digest()
