"""What comes out of the printer: the lists, one matter and the slip, without anything one could press."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FloatRect, Page, expect

from tests.browser.pages import go
from tests.browser.running import DESK, Sample, opened, signed_in
from tests.browser.test_journeys import register

#: A4 at 96 dots to the inch, whole and without the margins, as Chromium lays out what it prints.
SHEET, BETWEEN_MARGINS = (794, 1123), (703, 1017)
#: In points, as a PDF says it.
A4, A6 = (595, 842), (298, 420)
BOX = re.compile(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]")
PRESSED = "form, button, input, select, textarea, nav, summary, .button"


@pytest.fixture(params=[SHEET, BETWEEN_MARGINS], ids=["sheet", "between the margins"])
def width(request: pytest.FixtureRequest) -> tuple[int, int]:
    found: tuple[int, int] = request.param
    return found


@pytest.fixture
def printed(browser: Browser, sample: Sample, width: tuple[int, int]) -> Iterator[Page]:
    """Yield what the committee of a village sees on paper."""
    with opened(browser, sample, size=width) as context:
        page = signed_in(context, sample, "cunwei-yy")
        page.emulate_media(media="print")
        yield page


def sizes(pdf: bytes) -> list[tuple[int, int]]:
    """Return the size of every page of a PDF."""
    return [(round(float(wide)), round(float(high))) for wide, high in BOX.findall(pdf)]


def box(page: Page, selector: str, index: int = 0) -> FloatRect:
    found = page.locator(selector).nth(index).bounding_box()
    assert found is not None, selector
    return found


@pytest.mark.parametrize("path", ["/todo", "/cases?open=true"])
def test_how_long_there_is_stands_inside_its_card_and_in_one_line(printed: Page, path: str) -> None:
    go(printed, path)
    pills = printed.locator(".case .pill")
    assert pills.count() > 3
    for index in range(pills.count()):
        pill = pills.nth(index)
        inside = pill.evaluate(
            """(pill) => {
              const own = pill.getBoundingClientRect();
              const card = pill.closest(".card").getBoundingClientRect();
              return own.left >= card.left && own.right <= card.right && own.bottom <= card.bottom
                && own.right <= document.documentElement.clientWidth
                && own.height < 2 * parseFloat(getComputedStyle(pill).lineHeight);
            }"""
        )
        assert inside, pill.inner_text()


@pytest.mark.parametrize("path", ["/todo", "/cases?open=true", "CASE", "/register", "/me"])
def test_nothing_that_could_be_pressed_is_printed(printed: Page, path: str) -> None:
    if path == "CASE":
        go(printed, "/todo")
    go(printed, path)
    assert printed.locator(f":is({PRESSED}):visible").count() == 0


def test_a_matter_is_printed_without_what_could_still_be_done(printed: Page) -> None:
    go(printed, "/todo")
    go(printed, "CASE")
    expect(printed.locator("h1")).to_be_visible()
    expect(printed.get_by_role("heading", name="经过")).to_be_visible()
    for words in ("还可以", "答复并办结", "回列表"):
        assert printed.get_by_text(words, exact=True).locator("visible=true").count() == 0


def test_the_head_says_whose_list_it_is_and_when_it_was_printed(printed: Page) -> None:
    go(printed, "/todo")
    expect(printed.locator(".print-head")).to_contain_text("养鱼村")
    expect(printed.locator(".print-head")).to_contain_text("打印")
    printed.emulate_media(media="screen")
    expect(printed.locator(".print-head")).to_be_hidden()


def test_lists_are_printed_on_a4(printed: Page) -> None:
    go(printed, "/todo")
    assert set(sizes(printed.pdf(prefer_css_page_size=True))) == {A4}


def test_the_figures_are_printed_with_area_and_period_and_without_lines_under_them(
    browser: Browser, sample: Sample
) -> None:
    with opened(browser, sample, size=SHEET) as context:
        page = signed_in(context, sample, "lingdao")
        page.emulate_media(media="print")
        go(page, "/dashboard?area=YY")
        expect(page.locator(".print-head")).to_contain_text("养鱼村")
        expect(page.locator(".print-head")).to_contain_text(" 到 ")
        lines = page.locator("main a").evaluate_all(
            "(links) => links.map((link) => getComputedStyle(link).textDecorationLine)"
        )
        assert set(lines) == {"none"}
        assert page.evaluate("document.documentElement.scrollWidth") <= SHEET[0]


def test_a_slip_is_one_small_sheet(browser: Browser, sample: Sample) -> None:
    with opened(browser, sample, size=DESK) as context:
        page = signed_in(context, sample, "zuyuan")
        register(page, "两根电杆歪了，夜里怕倒下来。")
        assert sizes(page.pdf(prefer_css_page_size=True)) == [A6]
        page.emulate_media(media="print")
        assert box(page, ".slip .qr")["width"] >= 28 / 25.4 * 96
        expect(page.get_by_role("heading", name="登记好了")).to_be_hidden()
