"""The whole way with a certified provider and its own pages: in, a proof once more, out, in as another."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.openid.identities import OpenIdBinding
from config.openid import OpenIdSettings
from core.persistence.db import Database
from tests.accounts.openid.real_provider import AtProvider, real_provider, time_at
from tests.api.conftest import Clock
from tests.web.account.by_provider import Open, address_on, come_back, lead, set_provider
from web.framework.request_context import PROVED_FOR

WHO = "id-of-zuyuan"


@pytest.fixture(scope="module")
def running() -> Iterator[OpenIdSettings]:
    with real_provider("http://localhost") as settings:
        yield settings


@pytest.fixture
def asked(pages: Flask, running: OpenIdSettings, clock: Clock) -> OpenIdSettings:
    set_provider(pages, running)
    clock.moment = time_at(running)
    return running


def test_in_and_once_more_and_out_again(
    browser: Open, asked: OpenIdSettings, town: Database, clock: Clock
) -> None:
    person, there = browser(), AtProvider(asked)
    back = there.go(lead(person, next="/cases"), WHO)
    assert {*parse_qs(urlsplit(back).query)} == {"code", "state", "iss"}
    assert come_back(person, back).headers["Location"] == "/cases"
    assert person.get("/cases").status == 200
    with town.reading() as session:
        assert session.scalars(select(OpenIdBinding.subject)).all() == [WHO]
    assert come_back(person, back).status == 422  # the same answer a second time

    clock.moment += PROVED_FOR + timedelta(seconds=1)
    assert person.post("/me/second-factor/new").status == 422
    clock.moment = time_at(asked)
    assert come_back(person, there.go(lead(person, "/me/openid"), WHO)).status == 303
    assert person.post("/me/second-factor/new").status == 303

    assert there.go(address_on(person.post("/sign-out")), WHO) == "http://localhost/sign-in"
    # Signed out there, too: without that nobody would be asked who they are.
    other = browser()
    assert come_back(other, there.go(lead(other), "id-of-zuzhang")).status == 303
    with town.reading() as session:
        assert session.scalars(select(OpenIdBinding.subject)).all() == [WHO, "id-of-zuzhang"]


def test_whoever_is_signed_in_there_comes_in_by_the_button_alone(
    browser: Open, asked: OpenIdSettings
) -> None:
    there, first, second = AtProvider(asked), browser(), browser()
    come_back(first, there.go(lead(first), WHO))
    assert come_back(second, there.go(lead(second), "nobody is asked")).status == 303


def test_whoever_is_known_there_and_not_here_stays_outside(browser: Open, asked: OpenIdSettings) -> None:
    person = browser()
    refused = come_back(person, AtProvider(asked).go(lead(person), "a-stranger"))
    assert (refused.status, "没有您的用户" in refused.text) == (422, True)


def test_another_secret_than_the_one_of_the_client_lets_nobody_in(
    browser: Open, pages: Flask, asked: OpenIdSettings
) -> None:
    set_provider(pages, OpenIdSettings(**{**vars(asked), "client_secret": "another"}))
    person = browser()
    assert come_back(person, AtProvider(asked).go(lead(person), WHO)).status == 422
