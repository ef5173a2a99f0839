"""What a page costs in statements, and that it does not grow with the rows on it."""

from collections.abc import Callable

import pytest

from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case
from core.persistence.db import Database
from tests.api.test_application_statements import counted
from tests.web.conftest import Browser

Open = Callable[..., Browser]
MOST = 12
FEW, MANY = 2, 12
PAGES = ("/todo", "/cases", "/cases?state=assigned&village=SL", "/register", "/me", "/me/notices", "/status")


def cost(town: Database, person: Browser, path: str) -> int:
    person.get(path)  # what is read once and remembered is read now
    with counted(town) as seen:
        assert person.get(path).status == 200
    return len(seen)


@pytest.mark.parametrize("username", ["cunwei-sl", "zuzhang"])
def test_no_page_costs_more_for_more_rows(
    browser: Open, town: Database, a_case: Callable[..., Case], username: str
) -> None:
    person = browser(username)
    for _ in range(FEW):
        a_case("assigned")
    few = {path: cost(town, person, path) for path in PAGES}
    for _ in range(MANY):
        a_case(
            "assigned", complainants=(ComplainantEntry(household="SL-01-001"), ComplainantEntry(name="覃某"))
        )
    assert {path: cost(town, person, path) for path in PAGES} == few
    assert max(few.values()) <= MOST


@pytest.mark.parametrize("state", ["received", "assigned", "escalated", "resolved", "closed"])
def test_the_page_of_a_case_costs_the_same_whatever_happened_to_it(
    browser: Open, town: Database, a_case: Callable[..., Case], state: str
) -> None:
    case = a_case(state)
    person = browser("zuzhang")
    paths = (f"/cases/{case.number}", f"/cases/{case.number}/revisit")
    assert max(cost(town, person, path) for path in paths) <= MOST
