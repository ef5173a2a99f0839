"""The main pages, each as somebody who works with it sees it."""

from collections.abc import Mapping
from datetime import date
from email.utils import parsedate_to_datetime

from playwright.sync_api import Page

from tests.builders import ZONE

#: By user name; CASE is the first case of the list before it, REVISIT the return visit to that case.
PAGES: Mapping[str, tuple[str, ...]] = {
    "cunwei-yy": ("/todo", "/cases", "CASE", "/register", "/villages/YY", "/me", "/me/notices"),
    "zuzhang": ("/todo", "/cases?state=received", "CASE", "/cases?q=漏水", "/register"),
    "zuyuan": ("/cases?state=resolved", "CASE", "REVISIT"),
    "lingdao": ("/dashboard", "/villages", "/villages/SL", "/cases?overdue=true", "/complainants?rated=true"),
    "bumen": ("/todo", "/cases"),
    "jiandu": ("/dashboard", "/cases", "CASE"),
    "guanli": (
        "/areas",
        "/areas/new",
        "/areas/YY",
        "/units",
        "/units/new",
        "/units/committee-YY",
        "/people",
        "/people/new",
        "/people/cunwei-yy",
        "/administration",
        "/categories",
        "/life-cycle",
        "/checking",
        "/calendar",
        "/calendar/2026",
    ),
}
#: For whoever is not signed in.
OPEN = ("/sign-in", "/status")
#: More than any form has fields, with everything that stands before it.
MOST_TABS = 80


def go(page: Page, path: str) -> None:
    """Open one of the pages above."""
    if path == "CASE":
        path = page.locator(".cases a.words").first.get_attribute("href") or ""
    elif path == "REVISIT":
        path = page.url.partition("?")[0] + "/revisit"
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200, (path, answer.status)


def today(page: Page) -> date:
    """Return the county's day as the running program has it, which need not be that of the test."""
    answer = page.request.get("/healthz")
    return parsedate_to_datetime(answer.headers["date"]).astimezone(ZONE).date()


def tab_to(page: Page, selector: str) -> None:
    """Press the tab key until an element has the focus, as somebody without a mouse does."""
    for _ in range(MOST_TABS):
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached with the tab key")
