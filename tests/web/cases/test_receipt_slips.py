"""The picture on a slip: whose telephone can open it is said where it is printed."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from cases.configuration.case_rules import CountyRules
from config.settings import Settings
from core.persistence.db import Database
from tests.api.conftest import Clock
from tests.web.conftest import Browser, assets
from tests.web.test_application_sent_twice import REGISTRATION
from web.application import attach_services

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
    monkeypatch.setitem(pages.config, "TRUSTED_HOSTS", ["localhost", "192.168.1.5"])
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
