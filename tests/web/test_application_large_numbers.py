"""A number that fits nowhere is refused by every form and address of the pages, and never our own failure."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case
from tests.markup import HTML, tree_of
from tests.web.conftest import ORIGIN, Browser
from tests.web.test_application_blank_texts import forms_of
from web.forms import controls

pytestmark = pytest.mark.one_database

Open = Callable[..., Browser]
#: Above 64 bits, and of more digits than Python reads.
LARGE = ("9" * 20, "9" * 5000)
#: What nobody types: choices, ids and dates that the page itself offers, which a forged form may change.
OFFERED = ("hidden", "checkbox", "radio", "number", "date", "datetime-local")
#: Without these a form is refused before the rest of it is read.
KEPT = {"", "action", "once", "version"}
OUR_FAILURE = 500


def offered(page: Any, action: str) -> Iterator[str]:
    """Yield the names of what the forms that go to an address offer, chosen or not."""
    for form in tree_of(page.text).iter(f"{HTML}form"):
        if form.get("action") == action:
            for one in form.iter():
                if one.tag == f"{HTML}select" or one.get("type") in OFFERED or one.get("inputmode"):
                    yield one.get("name") or ""


def failing(browser: Any, path: str) -> Iterator[tuple[str, int]]:
    """Yield the form and how many digits there were, where the program itself fails.

    Forms are read as a whole before they are judged, so that everything may be too large at once.
    """
    page = browser.get(path)
    for form in forms_of(page, path):
        for large in LARGE:
            forged = dict.fromkeys({*offered(page, form.action)} - KEPT, large)
            answer = browser.client.post(form.action, data={**form.values, **forged}, headers=ORIGIN)
            if answer.status_code >= OUR_FAILURE:
                yield form.values.get("action") or form.action, len(large)


@pytest.mark.parametrize("path", ["/units/team", "/areas/SL", "/people/zuyuan", "/register"])
def test_no_form_fails_over_a_number_that_fits_nowhere(browser: Open, path: str) -> None:
    assert list(failing(browser("zuyuan" if path == "/register" else "guanli"), path)) == []


@pytest.mark.parametrize(("username", "state"), [("zuzhang", "received"), ("cunwei-sl", "assigned")])
def test_no_step_or_act_fails_over_one(
    browser: Open, a_case: Callable[..., Case], username: str, state: str
) -> None:
    two = ComplainantEntry(name="田某"), ComplainantEntry(name="彭某")
    case = a_case(state, village="SL", complainants=two)
    assert list(failing(browser(username), f"/cases/{case.number}")) == []


def test_a_form_that_reads_whatever_is_digits_would_be_found(
    browser: Open, a_case: Callable[..., Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(controls, "_whole", lambda given: int(given) if given.isdigit() else given)
    case = a_case("resolved", village="SL")
    found = failing(browser("zuzhang"), f"/cases/{case.number}")
    assert {digits for _, digits in found} == {5000}
