"""Look at a page as an examiner does: WCAG by axe, its width, and what the browser complains of."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.browser.running import NARROW, ROOT, Sample, opened

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
#: What may differ when only the colours do.
COLOURS = ("color-contrast", "link-in-text-block")
#: The pages' own policy lets no script in but ours; the examiner comes in through the debugger.
CHECK = """async (rules) => {
  const found = await axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(" ")}`);
}"""
#: How Chromium notes that a page came with a status of 400 or more, as every form with a mistake does.
REFUSED = "Failed to load resource: the server responded with a status of 4"


def violations(page: Page, rules: Sequence[str] = RULES) -> list[str]:
    """Return what the examiner finds on a page as it stands, by all rules or by some."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(CHECK, list(rules))
    return found


def is_wider_than(page: Page, width: int) -> bool:
    """Return whether something lies beside a screen of this width."""
    scrolled: int = page.evaluate("document.documentElement.scrollWidth")
    return scrolled > width


@dataclass
class Watch:
    """What happens in a browser of somebody's own, from the moment it is watched."""

    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def __call__(self, context: BrowserContext) -> BrowserContext:
        """Watch a browser; give it back."""
        context.on("request", lambda request: self.hosts.add(request.url.split("/")[2]))
        context.on("console", self._note)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        return context

    def _note(self, said: ConsoleMessage) -> None:
        if said.type == "error" and not said.text.startswith(REFUSED):
            self.complaints.append(said.text)


@contextmanager
def watched(browser: Browser, running: Sample, size: tuple[int, int]) -> Iterator[BrowserContext]:
    """Yield a browser of its own; in the end nothing was asked of another host and nothing complained of."""
    watch = Watch()
    context = watch(opened(browser, running, size=size))
    yield context
    context.close()
    assert watch.hosts <= {running.address.removeprefix("http://")}
    assert watch.complaints == []


def examine(page: Page) -> None:
    """Hold a page to what every page must be: nothing for axe to find, nothing beside a narrow screen."""
    path = page.url
    assert violations(page) == [], path
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    assert not is_wider_than(page, NARROW[0]), path
    page.set_viewport_size(size)
