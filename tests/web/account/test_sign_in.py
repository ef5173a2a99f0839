"""Signing in, with one's own device, a second factor, and whatever was known before."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pyotp
from flask import Flask

from cases.configuration.case_rules import CountyRules
from config.settings import Settings
from core.persistence.db import Database
from tests.api.conftest import Clock
from tests.builders import PASSWORD
from tests.web.conftest import Browser, assets
from web.application import attach_services

Open = Callable[..., Browser]
FRESH = "山高水长路好走-2026"


def cookie(browser: Browser) -> str:
    found = browser.client.get_cookie("huiyin")
    assert found is not None
    return str(found.value)


def test_what_a_browser_was_known_by_opens_nothing_after_a_new_sign_in_and_after_leaving(
    browser: Open,
) -> None:
    person, thief = browser("cunwei-sl"), browser()
    first = cookie(person)
    person.sign_in("cunwei-sl")
    second = cookie(person)
    person.post("/sign-out")
    for secret in (first, second):
        thief.client.set_cookie("huiyin", secret)
        assert thief.get("/todo").status == 302


def test_only_one_s_own_device_stays_signed_in_overnight(browser: Open, clock: Clock) -> None:
    own, shared = browser(), browser("cunwei-sl")
    own.sign_in("cunwei-sl", own_device="yes")
    clock.moment += timedelta(hours=13)
    assert (own.get("/todo").status, shared.get("/todo").status) == (200, 302)


def test_a_new_password_needs_the_present_one_and_ends_the_other_devices(browser: Open) -> None:
    here, there = browser("cunwei-sl"), browser("cunwei-sl")
    wrong = here.post("/me/password", present="not it", fresh=FRESH, again=FRESH)
    assert wrong.status == 422
    weak = here.post("/me/password", present=PASSWORD, fresh="short", again="short")
    assert weak.status == 422
    assert here.post("/me/password", present=PASSWORD, fresh=FRESH, again=FRESH).status == 303
    assert (here.get("/me").status, there.get("/me").status) == (200, 302)
    assert browser().sign_in("cunwei-sl", FRESH).status == 303


def test_guesses_at_the_present_password_are_counted(browser: Open) -> None:
    person = browser("cunwei-sl")
    statuses = [
        person.post("/me/password", present="not it", fresh=FRESH, again=FRESH).status for _ in range(11)
    ]
    assert statuses == [422] * 10 + [429]


def test_another_device_can_be_signed_out_and_only_one_s_own(browser: Open) -> None:
    here, there, stranger = browser("cunwei-sl"), browser("cunwei-sl"), browser("cunwei-yy")
    there_id = re.findall(r"/me/devices/(\d+)/end", here.get("/me").text)[0]
    assert stranger.post(f"/me/devices/{there_id}/end").status == 404
    assert stranger.post(f"/me/devices/{2**40}/end").status == 404
    assert here.post(f"/me/devices/{there_id}/end").status == 303
    assert there.get("/todo").status == 302


def test_a_role_that_must_have_a_code_sets_it_up_first_and_then_needs_it(
    browser: Open, pages: Flask, town: Database, rules: CountyRules, settings: Settings, clock: Clock
) -> None:
    strict = replace(settings, second_factor_roles=("leader",))
    attach_services(pages, db=town, rules=rules, settings=strict, now=clock, assets=assets)
    leader = browser("lingdao")
    assert leader.get("/cases").headers["Location"] == "/me/second-factor"
    leader.post("/me/second-factor/new", present=PASSWORD)
    secret = re.findall(r'class="code">([A-Z2-7]{32})<', leader.get("/me/second-factor").text)[0]
    totp = pyotp.TOTP(secret)
    assert leader.post("/me/second-factor", code="000000").status == 422
    assert leader.post("/me/second-factor", code=totp.at(clock.moment)).status == 303
    assert leader.get("/cases").status == 200

    clock.moment += timedelta(minutes=1)
    other = browser()
    assert "动态码" in other.sign_in("lingdao").text
    assert other.get("/cases").headers["Location"] == "/sign-in/code"
    assert other.post("/sign-in/code", code=totp.at(clock.moment)).status == 303
    assert other.get("/cases").status == 200
    third = browser()
    third.sign_in("lingdao")
    assert third.post("/sign-in/code", code=totp.at(clock.moment)).status == 422
