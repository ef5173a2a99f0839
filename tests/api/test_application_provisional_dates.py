"""Beside every date that a notice may still move stands `provisional: true` (interfaces.md)."""

from collections.abc import Callable, Iterator
from typing import Any

from cases.access import receipt_codes
from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case
from tests.api.conftest import Caller
from tests.notices import without_notice

__all__ = ["without_notice"]

Call = Callable[[str], Caller]
MakeCase = Callable[..., Case]
SLACK = frozenset({"basis", "moves", "facts", "actions"})


def objects_with_a_due_date(found: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every object of an answer that holds a date of a deadline, with its place."""
    if isinstance(found, list):
        for one in found:
            yield from objects_with_a_due_date(one, place)
    elif isinstance(found, dict):
        if any(name.endswith("due_on") and value for name, value in found.items()):
            yield place, found
        for name, value in found.items():
            if name not in SLACK:
                yield from objects_with_a_due_date(value, f"{place}.{name}")


def answers(call: Call, a_case: MakeCase) -> list[Any]:
    code = receipt_codes.new_code()
    case = a_case("assigned", complainants=(ComplainantEntry(name="田某", receipt_code=code),))
    person = call("cunwei-sl")
    return [
        person.get("/cases").json["items"],
        person.get(f"/cases/{case.number}").json,
        person.post("/public/status", {"receipt_code": code}).json,
    ]


def test_every_date_of_a_year_without_a_notice_says_so(
    call: Call, a_case: MakeCase, without_notice: None
) -> None:
    found = [one for answer in answers(call, a_case) for one in objects_with_a_due_date(answer)]
    assert {place for place, _ in found} == {"", ".clocks", ".complainants"}
    assert [place for place, one in found if one["provisional"] is not True] == []


def test_with_its_notice_no_date_does(call: Call, a_case: MakeCase) -> None:
    found = [one for answer in answers(call, a_case) for one in objects_with_a_due_date(answer)]
    assert [place for place, one in found if one["provisional"] is not False] == []
