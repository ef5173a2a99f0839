"""Every link of the pages that the administrator of a township may open leads to a page that opens."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import select, update

from accounts.models import Unit, User
from core.persistence.db import Database
from tests.web.conftest import Browser
from web.administration import units

Open = Callable[..., Browser]
LINK = re.compile(r'<a [^>]*href="(/[^"#]*)')
#: So many pages are looked at, at most; there are fewer of one kind than the parts of an address tell apart.
MOST = 150


@pytest.fixture(name="local")
def _local(browser: Open, town: Database) -> Browser:
    """An administrator whose unit is the office of a township."""
    with town.transaction() as session:
        office = session.scalars(select(Unit.id).where(Unit.code == "township-MA")).one()
        session.execute(update(User).where(User.username == "guanli").values(unit_id=office))
    return browser("guanli")


def dead_links(reader: Browser) -> dict[str, str]:
    """Follow the links from the first page on; return those that do not open, with the page they stand on."""
    waiting, seen, dead = {"/": "", "/areas": "", "/units": "", "/people": ""}, set[str](), dict[str, str]()
    while waiting and len(seen) < MOST:
        path, stands_on = waiting.popitem()
        seen.add(path)
        answer = reader.get(path)
        if answer.status >= 400:
            dead[path] = stands_on
        for found in LINK.findall(answer.text if answer.status == 200 else ""):
            link = unescape(found)
            if link not in seen and not link.startswith("/static"):
                waiting.setdefault(link, path)
    assert not waiting, "every link was followed"
    return dead


def test_every_link_that_a_townships_administrator_sees_opens(local: Browser) -> None:
    assert "/areas/MA" in local.get("/areas").text
    assert dead_links(local) == {}


def test_a_link_upwards_that_does_not_open_is_found(local: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "is_managed", lambda *_given: True)
    assert [path for path in dead_links(local) if path.startswith("/units/")] != []
