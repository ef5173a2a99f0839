"""Eight people do the same thing at the same moment: it happens once, and everybody is told the truth."""

from collections import Counter
from functools import partial

from sqlalchemy import func, select
from werkzeug.test import TestResponse

from cases.history.entries import Entry
from cases.models.case import Case
from tests.faults.indoors import Indoors
from tests.faults.served_township import ServedTownship
from tests.races.crowd import EIGHT, at_once

ROUNDS = 3


def entries(township: ServedTownship, number: str, action: str) -> int:
    with township.db.reading() as session:
        found = select(func.count()).select_from(Entry).join(Case, Case.id == Entry.case_id)
        return session.scalars(found.where(Case.number == number, Entry.action == action)).one()


def number_of(answer: TestResponse) -> str:
    assert answer.json is not None
    return str(answer.json["number"])


def test_of_eight_who_take_the_same_step_one_succeeds_and_seven_are_told_that_it_is_taken(
    township: ServedTownship, inside: Indoors
) -> None:
    for turn in range(ROUNDS):
        number = number_of(inside.register(f"step-{turn}"))
        assign = partial(inside.act, "zuzhang", number, "assign", unit="committee-SL")
        answers = at_once(*[assign] * EIGHT)
        assert Counter(answer.status_code for answer in answers) == {200: 1, 409: EIGHT - 1}
        assert entries(township, number, "assign") == 1
    assert township.findings() == []


def test_the_same_submission_eight_times_under_one_key_is_one_case_and_one_answer(
    township: ServedTownship, inside: Indoors
) -> None:
    for turn in range(ROUNDS):
        answers = at_once(*[partial(inside.register, f"key-{turn}")] * EIGHT)
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.data for answer in answers}) == 1
        replayed = Counter(answer.headers.get("Idempotency-Replayed") for answer in answers)
        assert replayed == {"true": EIGHT - 1, None: 1}
        assert township.cases() == turn + 1
    assert township.findings() == []


def test_the_same_client_reference_eight_times_under_eight_keys_is_one_case(
    township: ServedTownship, inside: Indoors
) -> None:
    for turn in range(ROUNDS):
        answers = at_once(
            *[partial(inside.register, f"ref-{turn}", key=f"key-{turn}-{one}") for one in range(EIGHT)]
        )
        statuses = Counter(answer.status_code for answer in answers)
        assert set(statuses) <= {200, 201, 409}
        assert statuses[201] >= 1
        told = {number_of(answer) for answer in answers if answer.status_code < 300}
        assert (len(told), township.cases()) == (1, turn + 1)
    assert township.findings() == []
