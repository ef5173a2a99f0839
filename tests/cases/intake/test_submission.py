"""Nobody is entered twice in one submission; of anonymous voices nobody can tell."""

from collections.abc import Callable

import pytest

from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case
from core.errors import Invalid

ACase = Callable[..., Case]
TIAN = ComplainantEntry(name="田某", phone="13800002046")


@pytest.mark.parametrize(
    "people",
    [
        (TIAN, TIAN),
        (TIAN, ComplainantEntry(name="覃某"), ComplainantEntry(name="田某 ", phone="13800002046")),
        (ComplainantEntry(household="SL-01-001"), ComplainantEntry(household="SL-01-001", confidential=True)),
        (TIAN, ComplainantEntry(name="田某", phone="138 0000 2046")),
        (TIAN, ComplainantEntry(name="田某", phone="+86 13800002046")),
        (TIAN, ComplainantEntry(name="田　某", phone="１３８００００２０４６")),
        (ComplainantEntry(name="萬某"), ComplainantEntry(name="万某")),
    ],
)
def test_the_same_person_twice_is_refused_with_the_place(
    a_case: ACase, people: tuple[ComplainantEntry, ...]
) -> None:
    with pytest.raises(Invalid) as refused:
        a_case(complainants=people)
    assert refused.value.errors == {f"complainants.{len(people) - 1}": ["given_twice"]}


@pytest.mark.parametrize(
    "people",
    [
        (ComplainantEntry(), ComplainantEntry()),
        (ComplainantEntry(household="SL-01-001"), ComplainantEntry(household="SL-01-001", name="田二")),
        (TIAN, ComplainantEntry(name="田某", phone="13900001234")),
    ],
)
def test_people_who_may_be_different_are_taken(a_case: ACase, people: tuple[ComplainantEntry, ...]) -> None:
    assert a_case(complainants=people).number
