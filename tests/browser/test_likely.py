"""The list of matters like the one being written down: it comes by itself, and moves nothing."""

import re

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.examining import examine, watched
from tests.browser.running import NARROW, ON_A_PHONE, PHONE, Sample, opened, signed_in
from tests.browser.test_forms import choose_village
from tests.browser.test_journeys import register

KNOWN = "晒坝边的涵洞塌了半边，{size}，雨天过不了车。"
LIKE = "晒坝边的涵洞塌了半边"
UNLIKE = "想问龙灯会哪天开场"
LINE, SAID, LIST = "#likely-line", "#likely-said", "#likely-rows"
FOUND = re.compile(r"^可能是同一件事：[123] 件$")
PLACE = """(element) => {
  const { x, y, width, height } = element.getBoundingClientRect();
  return [x + scrollX, y + scrollY, width, height];
}"""


def place(found: Locator) -> list[float]:
    """Return where something stands on the page, however far that is scrolled."""
    box: list[float] = found.evaluate(PLACE)
    return box


def categories(page: Page) -> Locator:
    return page.locator("fieldset", has=page.locator("input[name=category]"))


def write(page: Page, words: str) -> None:
    """Write words and wait until what is like them has come."""
    with page.expect_response(re.compile("/register/likely")) as answer:
        page.fill("[name=own_words]", words)
    answer.value.finished()


def form(page: Page) -> None:
    page.goto("/register")
    choose_village(page, "YY")


@ON_A_PHONE
def test_what_is_alike_comes_without_moving_the_choices_and_is_opened_with_the_keyboard(
    browser: Browser, sample: Sample, size: tuple[int, int]
) -> None:
    with watched(browser, sample, size) as context:
        page = signed_in(context, sample, "zuyuan")
        words = KNOWN.format(size=size[0])
        number, _code = register(page, words)
        form(page)
        expect(page.locator(SAID)).to_be_empty()
        before = place(categories(page))
        for written, line in (
            (LIKE, FOUND),
            (UNLIKE, "没有找到像的事"),
            ("", "像的事会列在这里"),
            (words, FOUND),
        ):
            write(page, written)
            expect(page.locator(LINE)).to_have_text(line)
            expect(page.locator(LIST)).to_be_hidden()
            assert place(categories(page)) == before
        expect(page.locator(SAID)).to_have_text(FOUND)

        page.focus("[name=own_words]")
        page.keyboard.press("Tab")
        expect(page.locator(".likely > summary")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(LIST)).to_contain_text(words)
        page.keyboard.press("Tab")
        expect(page.locator(LIST).get_by_role("button", name=number)).to_be_focused()
        examine(page)
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_contain_text(f"新的回执，{number}")


@ON_A_PHONE
def test_an_opened_list_stays_open_and_as_high_as_it_was_whatever_is_found(
    browser: Browser, sample: Sample, size: tuple[int, int]
) -> None:
    with watched(browser, sample, size) as context:
        page = signed_in(context, sample, "zuyuan")
        register(page, KNOWN.format(size=size[0]))
        form(page)
        write(page, LIKE)
        expect(page.locator(LINE)).to_have_text(FOUND)
        page.click(".likely > summary")
        expect(page.locator(LIST)).to_contain_text(LIKE)
        before = place(categories(page))
        for written in (f"{LIKE}，", UNLIKE, f"{LIKE}，雨天", ""):
            write(page, written)
            expect(page.locator(LINE)).to_have_text(FOUND if LIKE in written else re.compile("像的事"))
            expect(page.locator(LIST)).to_be_visible()
            assert place(categories(page)) == before
        for _once in range(2):
            page.click(".likely > summary")
        expect(page.locator(LIST)).to_have_js_property("style.height", "")
        assert place(categories(page))[1] < before[1], "opened by hand it is as high as what it holds"


def test_the_same_answer_is_not_read_out_again(browser: Browser, sample: Sample) -> None:
    with opened(browser, sample) as context:
        page = signed_in(context, sample, "zuyuan")
        register(page, KNOWN.format(size="又"))
        form(page)
        write(page, LIKE)
        expect(page.locator(SAID)).to_have_text(FOUND)
        page.locator(SAID).evaluate("(said) => { said.firstChild.heard = true; }")
        write(page, f"{LIKE}。")
        page.wait_for_timeout(200)
        assert page.locator(SAID).evaluate("(said) => said.firstChild.heard === true")
        write(page, UNLIKE)
        expect(page.locator(SAID)).to_have_text("没有找到像的事")


def test_words_written_before_the_village_is_chosen_are_looked_up_then(
    browser: Browser, sample: Sample
) -> None:
    with opened(browser, sample) as context:
        page = signed_in(context, sample, "zuyuan")
        register(page, KNOWN.format(size="再"))
        page.goto("/register")
        write(page, LIKE)
        expect(page.locator(LINE)).to_have_text("像的事会列在这里")
        choose_village(page, "YY")
        expect(page.locator(LINE)).to_have_text(FOUND)


def test_enter_in_a_line_of_the_form_saves_and_never_joins(browser: Browser, sample: Sample) -> None:
    with opened(browser, sample, size=PHONE) as context:
        page = signed_in(context, sample, "zuyuan")
        known, _code = register(page, KNOWN.format(size="还"))
        form(page)
        write(page, LIKE)
        expect(page.locator(LINE)).to_have_text(FOUND)
        page.check("input[name=category][value=roads]")
        page.press("[name='complainant.name']", "Enter")
        expect(page.locator("h1")).to_contain_text("登记好了")
        expect(page.locator("h1")).not_to_contain_text(known)


def test_the_line_is_one_line_in_english_and_in_the_largest_text_on_the_narrowest_screen(
    browser: Browser, sample: Sample
) -> None:
    with opened(browser, sample) as context:
        register(signed_in(context, sample, "zuyuan"), KNOWN.format(size="英"))
    with opened(browser, sample, size=NARROW, language="en") as context:
        page = signed_in(context, sample, "zuyuan")
        page.goto("/me")
        page.locator("button[name=size][value=huge]").click()
        expect(page.locator("html")).to_have_attribute("data-size", "huge")
        form(page)
        before = place(page.locator(".likely > summary"))
        for written, said in (("", "Similar"), (LIKE, "Maybe the same"), (UNLIKE, "Nothing similar")):
            if written:
                write(page, written)
            expect(page.locator(LINE)).to_contain_text(said)
            assert page.locator(LINE).evaluate("(line) => line.scrollWidth <= line.clientWidth"), said
            assert place(page.locator(".likely > summary")) == before
