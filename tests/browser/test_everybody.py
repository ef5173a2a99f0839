"""Every main page in a real browser: WCAG 2.2 A and AA hold, and nothing lies beside the screen."""

from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.examining import Watch, is_wider_than, violations
from tests.browser.pages import OPEN, PAGES, go
from tests.browser.running import DESK, NARROW, PHONE, Sample, opened, signed_in


def walk(context: BrowserContext, sample: Sample, username: str) -> Any:
    """Yield each main page of somebody, with its path."""
    if not username:
        page = context.new_page()
        for path in OPEN:
            go(page, path)
            yield page, path
        return
    page = signed_in(context, sample, username)
    for path in PAGES[username]:
        go(page, path)
        yield page, path


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("username", ["", *PAGES])
def test_axe_finds_nothing_on_any_page(browser: Browser, sample: Sample, username: str, dark: bool) -> None:
    found = {}
    for size in (DESK, PHONE):
        context = opened(browser, sample, size=size, dark=dark)
        for page, path in walk(context, sample, username):
            if wrong := violations(page):
                found[size, path] = wrong
        context.close()
    assert found == {}


@pytest.mark.parametrize("username", ["", *PAGES])
def test_nothing_lies_beside_a_narrow_screen_or_a_large_text(
    browser: Browser, sample: Sample, username: str
) -> None:
    wide = []
    for size, text in ((NARROW, 100), (DESK, 200)):
        context = opened(browser, sample, size=size)
        for page, path in walk(context, sample, username):
            page.evaluate(f"document.documentElement.style.fontSize = '{text}%'")
            if is_wider_than(page, size[0]):
                wide.append((size[0], text, path))
        context.close()
    assert wide == []


def test_no_page_asks_another_host_or_breaks_its_own_policy(browser: Browser, sample: Sample) -> None:
    watch = Watch()
    context = watch(opened(browser, sample))
    for _page, _path in walk(context, sample, "lingdao"):
        pass
    context.close()
    assert watch.hosts == {sample.address.removeprefix("http://")}
    assert watch.complaints == []
