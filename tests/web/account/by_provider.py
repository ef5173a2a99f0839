"""Set a provider for the pages, and come in by it as a browser does."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import select

from accounts.models import User
from accounts.openid.client import OpenIdClient
from accounts.openid.exchange import NO_HEADERS, ProviderExchange
from accounts.sign_in.sign_ins import SignIn
from config.openid import OpenIdSettings
from core.persistence.db import Database
from tests.accounts.openid.provider import DISCOVERY, FakeProvider
from tests.markup import HTML
from tests.web.conftest import Browser, Page
from web.framework.request_context import EXTENSION

Open = Callable[..., Browser]


def set_provider(pages: Flask, settings: OpenIdSettings, exchange: ProviderExchange | None = None) -> None:
    """Let the pages know a provider, for the test alone."""
    services = pages.extensions[EXTENSION]
    client = OpenIdClient(settings, exchange or ProviderExchange(seconds=5.0, waiting=5.0))
    known = replace(services.settings, openid=settings)
    pages.extensions[EXTENSION] = replace(services, settings=known, openid=client)


class DescribedExchange(ProviderExchange):
    """The way to a provider of which no more is asked than what it says of itself."""

    def get(self, address: str, headers: Mapping[str, str] = NO_HEADERS) -> Mapping[str, Any]:
        return FakeProvider(address.removesuffix(DISCOVERY)).describe()


def describe_provider(pages: Flask) -> None:
    """Let the pages know a provider that nobody comes back from."""
    settings = FakeProvider("https://id.example.org").settings
    set_provider(pages, settings, DescribedExchange())


def leading(browser: Open, pages: Flask, town: Database) -> tuple[Browser, str, dict[str, str]]:
    describe_provider(pages)
    return browser(), "/openid", {"next": "/cases"}


def going_on(browser: Open, pages: Flask, town: Database) -> tuple[Browser, str, dict[str, str]]:
    describe_provider(pages)
    return browser("zuyuan"), "/openid/go-on", {}


def proving(browser: Open, pages: Flask, town: Database) -> tuple[Browser, str, dict[str, str]]:
    describe_provider(pages)
    person = browser("zuyuan")
    with town.transaction() as session:
        row = session.scalars(select(SignIn)).one()
        row.proved_at = row.created_at
    return person, "/me/openid", {"next": "/me/passkeys"}


Prepare = Callable[[Open, Flask, Database], tuple[Browser, str, dict[str, str]]]
#: Who sends which form with what, by the address that takes it.
SENT_FOR_THE_PROVIDER: Mapping[str, Prepare] = {
    "/openid": leading,
    "/openid/go-on": going_on,
    "/me/openid": proving,
}


def address_on(page: Page) -> str:
    """Return the address that a page leads on to, by itself and by its link."""
    found = [one.get("href") for one in page.tree.iter(f"{HTML}a") if "://" in (one.get("href") or "")]
    assert page.headers["Refresh"] == f"0; url={found[0]}"
    return str(found[0])


def lead(person: Browser, path: str = "/openid", **form: str) -> str:
    """Press the button and return where the page leads on to."""
    page = person.post(path, **form)
    assert page.status == 200, page.text
    return address_on(page)


def come_back(person: Browser, address: str) -> Page:
    """Open the address that the provider sends somebody back to."""
    parts = urlsplit(address)
    return person.get(f"{parts.path}?{parts.query}")


def come_in(person: Browser, asked: FakeProvider, who: str, **changes: str | None) -> Page:
    """Come in by the provider, as somebody there."""
    return come_back(person, asked.approve(lead(person), who, **changes))


def without_password(town: Database, username: str) -> None:
    """Let somebody have no password here."""
    with town.transaction() as session:
        session.scalars(select(User).where(User.username == username)).one().password_hash = None
