"""Every main page in a real browser: WCAG 2.2 A and AA hold, and nothing lies beside the screen."""

from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.examining import COLOURS, Watch, is_wider_than, violations
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


@pytest.mark.parametrize("username", ["", *PAGES])
def test_every_page_can_be_read_by_everybody(browser: Browser, sample: Sample, username: str) -> None:
    """At a desk and on a phone axe finds nothing, in dark as in light; nothing lies beside a small screen.

    Each page is opened once for a size; only colours differ in the dark, so only they are asked for there.
    """
    found = {}
    for size, narrow, text in ((DESK, DESK, 200), (PHONE, NARROW, 100)):
        context = opened(browser, sample, size=size)
        for page, path in walk(context, sample, username):
            wrong = {"light": violations(page)}
            page.emulate_media(color_scheme="dark")
            wrong["dark"] = violations(page, rules=COLOURS)
            page.emulate_media(color_scheme="light")
            page.set_viewport_size({"width": narrow[0], "height": narrow[1]})
            page.evaluate(f"document.documentElement.style.fontSize = '{text}%'")
            wrong["wide"] = ["beside the screen"] if is_wider_than(page, narrow[0]) else []
            page.set_viewport_size({"width": size[0], "height": size[1]})
            if any(wrong.values()):
                found[size, path] = wrong
        context.close()
    assert found == {}


def test_no_page_asks_another_host_or_breaks_its_own_policy(browser: Browser, sample: Sample) -> None:
    watch = Watch()
    context = watch(opened(browser, sample))
    for _page, _path in walk(context, sample, "lingdao"):
        pass
    context.close()
    assert watch.hosts == {sample.address.removeprefix("http://")}
    assert watch.complaints == []
