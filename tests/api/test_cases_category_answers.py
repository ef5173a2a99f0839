"""Answers to the questions of a category, as programs send and read them."""

from collections.abc import Callable
from typing import Any

import pytest

from core.persistence.db import Database
from tests.api.conftest import Caller
from tests.api.test_application_statements import counted

pytestmark = pytest.mark.one_database

Call = Callable[[str], Caller]
Submission = Callable[..., dict[str, Any]]
GIVEN = {"asks_for": "把渠修通。", "land_mu": 2.5, "before_sowing": True}


def test_answers_come_back_with_the_case(call: Call, submission: Submission) -> None:
    made = call("zuyuan").post("/cases", submission(answers=GIVEN))
    assert (made.status_code, made.json["answers"]) == (201, GIVEN)
    number = made.json["number"]
    assert call("zuzhang").get(f"/cases/{number}").json["answers"] == GIVEN
    again = call("zuyuan").post("/cases", submission(answers=GIVEN))
    assert (again.status_code, again.json["number"]) == (200, number)
    other = call("zuyuan").post("/cases", submission(answers={"land_mu": 3}))
    assert (other.status_code, other.json["code"]) == (409, "client_ref_reused")


@pytest.mark.parametrize(
    ("answers", "errors"),
    [
        ({"depth": 3}, {"answers.depth": ["unknown_question"]}),
        ({"scheme": "pension"}, {"answers.scheme": ["unknown_question"]}),
        ({"land_mu": "2"}, {"answers.land_mu": ["not_a_number"]}),
        ({"land_mu": None}, {"answers.land_mu": ["not_a_choice"]}),
        ({"land_mu": [2]}, {"answers.land_mu": ["not_a_choice"]}),
        ({"": 1}, {"answers.": ["unknown_question"]}),
        ([], {"answers": ["not_an_object"]}),
        (None, {"answers": ["null_not_allowed"]}),
        ({f"q{place}": 1 for place in range(51)}, {"answers": ["length_out_of_range"]}),
    ],
)
def test_what_nobody_asked_or_does_not_fit_is_refused(
    call: Call, submission: Submission, answers: Any, errors: dict[str, list[str]]
) -> None:
    refused = call("zuyuan").post("/cases", submission(answers=answers))
    told = {name.rstrip("."): codes for name, codes in refused.json["errors"].items()}
    assert refused.status_code == 422
    assert told == {name.rstrip("."): codes for name, codes in errors.items()}


def test_registering_with_answers_costs_one_statement_more(
    call: Call, submission: Submission, town: Database
) -> None:
    def cost(reference: str, **more: Any) -> int:
        with counted(town) as seen:
            made = call("zuyuan").post("/cases", submission(client_ref=reference, **more))
        assert made.status_code == 201
        return len(seen)

    cost("first")
    without = cost("second")
    costs = [cost("third", answers={"land_mu": 1}), cost("fourth", answers=GIVEN)]
    assert costs == [without + 1] * 2
    assert max(costs) <= 16
