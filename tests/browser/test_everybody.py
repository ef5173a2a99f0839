"""Every main page in a real browser: WCAG 2.2 A and AA hold, and nothing lies beside the screen."""

from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.pages import OPEN, PAGES, go
from tests.browser.running import DESK, NARROW, PHONE, ROOT, Sample, opened, signed_in

#: One process holds the browser and the running program that all of these share.
pytestmark = pytest.mark.xdist_group("browser")
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: The pages' own policy lets no script in but ours; the examiner comes in through the debugger.
CHECK = """async (rules) => {
  const found = await axe.run(document, { runOnly: rules });
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(" ")}`);
}"""


def violations(page: Page) -> list[str]:
    """Give what the examiner finds on a page as it stands."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(CHECK, RULES)
    return found


def walk(context: BrowserContext, sample: Sample, username: str) -> Any:
    """Give each main page of somebody, with its path."""
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
            if page.evaluate("document.documentElement.scrollWidth") > size[0]:
                wide.append((size[0], text, path))
        context.close()
    assert wide == []


def test_no_page_asks_another_host_or_breaks_its_own_policy(browser: Browser, sample: Sample) -> None:
    context = opened(browser, sample)
    asked: set[str] = set()
    complaints: list[str] = []
    context.on("request", lambda request: asked.add(request.url.split("/")[2]))
    context.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    for _page, _path in walk(context, sample, "lingdao"):
        pass
    context.close()
    assert asked == {sample.address.removeprefix("http://")}
    assert complaints == []
