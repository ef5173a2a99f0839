"""谁看过: for auditors alone, in both languages, without what the auditor may not know of."""

from collections.abc import Callable

import pytest

from cases.models.case import Case
from tests.api.conftest import Clock
from tests.web.conftest import Browser, a_code, browser, built, clock, pages, settings, with_role

__all__ = ["a_code", "browser", "built", "clock", "pages", "settings", "with_role"]

pytestmark = pytest.mark.one_database

OpenBrowser = Callable[..., Browser]
ACase = Callable[..., Case]


def rows(page: object) -> list[str]:
    return ["".join(row.itertext()) for row in page.tree.iter("tr")][1:]  # type: ignore[attr-defined]


def test_an_auditor_sees_who_opened_a_case_and_finds_the_page_in_the_bar(
    browser: OpenBrowser, a_case: ACase, clock: Clock
) -> None:
    number, auditor = a_case().number, browser("jiandu")
    browser("zuzhang").get(f"/cases/{number}")
    clock.moment = clock.moment.replace(minute=5)
    page = auditor.get(f"/reads?case={number.lower()}")
    assert page.status == 200
    assert "组长老秦（zuzhang）" in page.text
    assert "打开了事项" in page.text
    assert 'href="/reads"' in auditor.get("/cases").text


def test_an_auditor_sees_what_somebody_opened_in_english(
    browser: OpenBrowser, a_case: ACase, clock: Clock
) -> None:
    number, auditor = a_case().number, browser("jiandu")
    browser("zuzhang").get(f"/cases/{number}")
    clock.moment = clock.moment.replace(minute=5)
    auditor.post("/look", language="en", back="/")
    page = auditor.get("/reads?user=zuzhang")
    assert "opened the matter" in page.text
    assert number in page.text


def test_to_look_is_recorded_too(browser: OpenBrowser, a_case: ACase, clock: Clock) -> None:
    number, auditor = a_case().number, browser("jiandu")
    auditor.get(f"/reads?case={number}")
    clock.moment = clock.moment.replace(minute=5)
    assert "查了谁看过" in auditor.get(f"/reads?case={number}").text


def test_the_auditor_whom_a_matter_names_is_answered_as_if_it_did_not_exist(
    browser: OpenBrowser, a_case: ACase, clock: Clock
) -> None:
    hidden, auditor = a_case(named_users=("jiandu",)).number, browser("jiandu")
    browser("zuzhang").get(f"/cases/{hidden}")
    clock.moment = clock.moment.replace(minute=5)
    unknown = f"{hidden[:-4]}9999"
    one, other = (auditor.get(f"/reads?case={number}") for number in (hidden, unknown))
    assert (one.status, one.text.replace(hidden, unknown)) == (404, other.text)
    assert hidden not in auditor.get("/reads?user=zuzhang").text


@pytest.mark.parametrize("username", ["guanli", "lingdao", "zuzhang", "bumen"])
def test_nobody_else_has_the_page_or_a_way_to_it(browser: OpenBrowser, username: str) -> None:
    somebody = browser(username)
    assert somebody.get("/reads").status == 403
    assert 'href="/reads"' not in somebody.get("/me").text


@pytest.mark.parametrize(
    "before", ["", "yesterday", "2026-03-01", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+00:00"]
)
def test_an_address_with_any_moment_is_answered(browser: OpenBrowser, a_case: ACase, before: str) -> None:
    path = f"/reads?case={a_case().number}&before={before.replace('+', '%2B')}"
    assert browser("jiandu").get(path).status == 200


def test_the_villager_with_the_code_is_nobody_by_name(
    browser: OpenBrowser, a_code: Callable[[str], str], clock: Clock
) -> None:
    code, auditor = a_code("received"), browser("jiandu")
    assert browser().post("/status", receipt_code=code).status == 200
    clock.moment = clock.moment.replace(minute=5)
    page = auditor.get("/reads?case=SL-2026-0001")
    assert "没有登录的人" in page.text
    assert code not in page.text
