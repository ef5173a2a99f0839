"""A slip: whose telephone can open its picture, and the days that it says."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from cases.configuration.case_rules import CountyRules
from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case
from config.settings import Settings
from core.persistence.db import Database
from tests.api.conftest import Clock
from tests.builders import at
from tests.web.conftest import Browser, assets
from tests.web.test_application_journeys import hidden
from tests.web.test_application_sent_twice import REGISTRATION
from web.application import attach_services
from wsgi import hosts

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    ("public_url", "opened", "words"),
    [
        ("", "http://localhost", "二维码写的是 http://localhost，只有这台电脑打得开"),
        ("", "http://192.168.1.5:8000", "就请管理员设 HUIYIN_PUBLIC_URL=http://192.168.1.5:8000"),
        ("http://127.0.0.1:8000", "http://192.168.1.5:8000", "二维码写的是 http://127.0.0.1:8000"),
        ("https://huiyin.example.cn", "http://localhost", ""),
    ],
)
def test_what_is_wrong_about_the_address_in_the_picture_is_said(
    browser: Callable[..., Browser],
    pages: Flask,
    town: Database,
    rules: CountyRules,
    settings: Settings,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    public_url: str,
    opened: str,
    words: str,
) -> None:
    known = replace(settings, public_url=public_url)
    attach_services(pages, db=town, rules=rules, settings=known, now=clock, assets=assets)
    monkeypatch.setitem(pages.config, hosts.CONFIG, ["localhost", "192.168.1.5"])
    person = browser("zuyuan")
    cookie = person.client.get_cookie("huiyin")
    assert cookie is not None
    person.client.set_cookie("huiyin", cookie.value, domain="192.168.1.5")
    sent = person.client.post(
        "/register",
        base_url=opened,
        data=REGISTRATION,
        headers={"Origin": opened},
    )
    assert sent.status_code == 200
    assert words in sent.text
    assert ("HUIYIN_PUBLIC_URL" in sent.text) == bool(words)


def slip(leader: Browser, case: Case, action: str, *found: str, **fields: str) -> str:
    """Return the words of a slip that somebody makes on a case; `found` are fields as the page has them."""
    address = f"/cases/{case.number}"
    shown = leader.get(address)
    seen = {name: hidden(shown, name) for name in ("version", *found)}
    page = leader.post(f"{address}/actions", action=action, **seen, **fields)
    assert page.status == 200, page.text
    return re.sub(r"<[^>]+>|\n", "", page.text)


def test_a_slip_that_is_made_anew_says_by_how_many_days_the_reply_is_late(
    browser: Callable[..., Browser], a_case: Callable[..., Case], clock: Clock
) -> None:
    case = a_case("received", complainants=(ComplainantEntry(name="田某"),))
    for day, said in (("2026-03-17", "最迟3月17日 给您回话回执码"), ("2026-03-20", "给您回话 晚了 3 天")):
        clock.moment = at(day)
        words = slip(browser("zuyuan"), case, "reissue_receipt", "complainant", reason="丢了")
        assert said in words.replace("二维码，扫开就是查询的网页", "")


def test_the_slip_of_somebody_who_joins_holds_the_day_on_which_they_came(
    browser: Callable[..., Browser], a_case: Callable[..., Case], clock: Clock
) -> None:
    case = a_case("received")
    clock.moment = at("2026-03-06")
    fields = {"complainant.name": "覃某", "own_words": "我家田也干了。"}
    words = slip(browser("zuyuan"), case, "join", **fields)
    assert f"{case.number} · 3月6日" in words
