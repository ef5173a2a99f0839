"""What a list says when a case is accepted in its row: that it is done, or what kept it from being done."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.examining import violations
from tests.browser.running import DESK, PHONE, Sample, opened, signed_in

TELLING = "#telling"
LIST = re.compile(r"/todo$")


@pytest.fixture
def context(browser: Browser, sample: Sample) -> Iterator[BrowserContext]:
    made = opened(browser, sample)
    yield made
    made.close()


def with_unaccepted(context: BrowserContext, sample: Sample) -> Page:
    """Open the list of somebody who has cases to accept."""
    for username in sorted(name for name in sample.passwords if name.startswith("cunwei-")):
        page = signed_in(context, sample, username)
        if page.locator("[data-key=a]").count() > 1:
            return page
        context.clear_cookies()
        page.close()
    raise AssertionError("nobody has two cases to accept")


def first_to_accept(page: Page) -> Locator:
    """Return the first row whose case can be accepted, by a name that it keeps afterwards."""
    row = page.locator(".case", has=page.locator("[data-key=a]")).first
    return page.locator(f"#{row.get_attribute('id')}")


def left_of(place: Locator) -> float:
    box = place.bounding_box()
    assert box is not None
    return box["x"]


def test_an_accepted_row_keeps_its_place_and_the_list_says_so(
    context: BrowserContext, sample: Sample
) -> None:
    page = with_unaccepted(context, sample)
    counter = page.locator("#worklist-head a[href*=unaccepted]")
    before = int(re.sub(r"\D", "", counter.inner_text()))
    row = first_to_accept(page)
    number = (row.get_attribute("id") or "").removeprefix("case-")
    words = row.locator("a.words")
    left = left_of(words)
    row.locator("[data-key=a]").click()

    expect(page.locator(TELLING)).to_contain_text(f"已接收 {number}")
    expect(row.locator("[data-key=r]")).to_be_visible()
    expect(row.locator("[name=chosen]")).to_have_count(1)
    assert left_of(words) == left
    expect(counter).to_contain_text(str(before - 1))
    expect(page).to_have_title(re.compile(re.escape(page.locator("h1").inner_text())))
    shown = page.locator("#worklist-head").inner_text()
    for size in (DESK, PHONE):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert violations(page) == []
    page.reload()
    assert page.locator("#worklist-head").inner_text() == shown


def test_a_row_pressed_after_the_session_has_ended_leads_to_signing_in_and_back(
    context: BrowserContext, sample: Sample
) -> None:
    page = with_unaccepted(context, sample)
    context.clear_cookies()
    first_to_accept(page).locator("[data-key=a]").click()
    expect(page).to_have_url(re.compile(r"/sign-in\?next=%2Ftodo$"))
    page.fill("[name=username]", "cunwei-yy")
    page.fill("[name=password]", sample.passwords["cunwei-yy"])
    page.click("main button.primary")
    expect(page).to_have_url(LIST)


@pytest.mark.parametrize(
    ("language", "words", "again"),
    [("zh-CN", "刚才别人先办了", "刷新"), ("en-GB", "somebody else was first", "Reload")],
)
def test_a_row_that_somebody_else_accepted_says_so_in_the_reader_s_language(
    browser: Browser, sample: Sample, language: str, words: str, again: str
) -> None:
    context = opened(browser, sample, language=language)
    page = with_unaccepted(context, sample)
    other = context.new_page()
    other.goto("/todo")
    name = first_to_accept(page).get_attribute("id")
    other.locator(f"#{name} [data-key=a]").click()
    expect(other.locator(f"#{name} [data-key=r]")).to_be_visible()

    page.locator(f"#{name} [data-key=a]").click()
    expect(page.locator(TELLING)).to_contain_text(words)
    assert violations(page) == []
    page.locator(TELLING).get_by_role("link", name=again).click()
    expect(page.locator(f"#{name} [data-key=r]")).to_be_visible()
    expect(page.locator(TELLING)).to_be_empty()
    context.close()


def test_a_row_pressed_without_network_says_so_and_can_be_pressed_again(
    context: BrowserContext, sample: Sample
) -> None:
    page = with_unaccepted(context, sample)
    row = first_to_accept(page)
    context.set_offline(True)
    row.locator("[data-key=a]").click()
    expect(page.locator(TELLING)).to_contain_text("没有网络")
    context.set_offline(False)
    row.locator("[data-key=a]").click()
    expect(page.locator(TELLING)).to_contain_text("已接收")
    expect(row.locator("[data-key=r]")).to_be_visible()


@pytest.mark.parametrize(
    ("status", "words"),
    [(403, "不归您办"), (429, "点得太多"), (503, "存不了"), (500, "存不了"), (422, "打开这件事")],
)
def test_every_other_refusal_of_a_row_is_told_in_words(
    context: BrowserContext, sample: Sample, status: int, words: str
) -> None:
    page = with_unaccepted(context, sample)
    page.route("**/actions", lambda route: route.fulfill(status=status, body="refused"))
    row = first_to_accept(page)
    row.locator("[data-key=a]").click()
    expect(page.locator(TELLING)).to_contain_text(words)
    expect(row.locator("[data-key=a]")).to_be_visible()
    page.locator("h1").click()
    expect(page.locator(TELLING)).to_be_empty()
