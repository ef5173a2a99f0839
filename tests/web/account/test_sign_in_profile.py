"""Signing in where the stricter profile holds, and what each of the three administrators can open."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.models import User
from accounts.sign_in.sign_ins import SignIn
from cases.configuration.case_rules import CountyRules
from config.profiles import MLPS, SEPARATE
from config.settings import Settings, load
from core.persistence.db import Database
from tests.api.conftest import Clock
from tests.builders import PASSWORD
from tests.web.conftest import Browser, assets
from web.application import attach_services

Open = Callable[..., Browser]
NEW = "Shanggao-shuichang-guangwei-1"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Let the stricter profile hold."""
    return load({"HUIYIN_DATA_DIR": str(settings.data_dir), "HUIYIN_PROFILE": "mlps"})


@pytest.fixture(autouse=True)
def young(town: Database, clock: Clock) -> None:
    """Let passwords be new."""
    with town.transaction() as session:
        for user in session.scalars(select(User)):
            user.password_set_at = clock.moment


def test_no_device_is_one_s_own_and_whoever_does_nothing_for_half_an_hour_is_out(
    browser: Open, clock: Clock, town: Database
) -> None:
    person = browser()
    assert 'name="own_device"' not in person.get("/sign-in").text
    assert person.sign_in("zuyuan", own_device="yes").status == 303
    with town.reading() as session:
        assert not session.scalars(select(SignIn.own_device)).one()
    clock.moment += MLPS.idle - timedelta(minutes=1)
    assert person.get("/cases").status == 200
    clock.moment += MLPS.idle + timedelta(minutes=1)
    assert person.get("/cases").status == 302


def test_after_eight_hours_everybody_signs_in_anew(browser: Open, clock: Clock) -> None:
    person = browser("zuyuan")
    steps = int(MLPS.lasts / timedelta(minutes=20))
    for _ in range(steps - 1):
        clock.moment += timedelta(minutes=20)
        assert person.get("/cases").status == 200
    clock.moment += timedelta(minutes=20)
    assert person.get("/cases").status == 302


def test_after_five_wrong_passwords_the_right_one_is_not_taken_for_half_an_hour(
    browser: Open, clock: Clock
) -> None:
    stranger = browser()
    assert [stranger.sign_in("zuyuan", "wrong").status for _ in range(MLPS.most_wrong)] == [422] * 5
    assert stranger.sign_in("zuyuan").status == 429
    clock.moment += timedelta(minutes=29)
    assert stranger.sign_in("zuyuan").status == 429
    clock.moment += timedelta(minutes=2)
    assert stranger.sign_in("zuyuan").status == 303


def test_after_ninety_days_one_chooses_a_new_password_before_anything_else(
    browser: Open, clock: Clock
) -> None:
    clock.moment += timedelta(days=MLPS.password_days or 0)
    person = browser("zuyuan")
    assert person.get("/cases").headers["Location"].endswith("/me/password")
    page = person.get("/me/password").text
    assert ("用满 90 天" in page, "别人给的" in page) == (True, False)

    def choose(fresh: str) -> tuple[int, str]:
        sent = person.post("/me/password", present=PASSWORD, fresh=fresh, again=fresh)
        return sent.status, sent.text

    status, text = choose("shanggaoshuichangguangwei")
    assert (status, "至少要有 3 种" in text) == (422, True)
    assert choose(NEW)[0] == 303
    assert person.get("/cases").status == 200
    sent = person.post("/me/password", present=NEW, fresh=PASSWORD, again=PASSWORD)
    assert sent.status == 303  # it was chosen before anything was remembered
    sent = person.post("/me/password", present=PASSWORD, fresh=NEW, again=NEW)
    assert (sent.status, "最近用过" in sent.text) == (422, True)


#: What each of the three can open; all else of these is refused.
OPENS = {
    "system_admin": {"/areas", "/units", "/calendar", "/areas/new", "/units/new"},
    "security_admin": {"/people", "/people/new", "/people/zuyuan"},
    "audit_admin": {"/reads", "/checking", "/reads?user=zuyuan"},
}
ELSEWHERE = {"/cases", "/complainants", "/dashboard", "/register", "/todo"}
#: Who manages places may run the check of the records as well, for it is they who mend what it finds.
SHARED = {"/checking"}


@pytest.mark.parametrize("role", sorted(SEPARATE))
def test_none_of_the_three_opens_what_is_another_s(
    pages: Flask,
    browser: Open,
    town: Database,
    rules: CountyRules,
    settings: Settings,
    clock: Clock,
    with_role: Callable[[str, str], None],
    role: str,
) -> None:
    with_role("guanli", role)
    attach_services(
        pages,
        db=town,
        rules=rules,
        settings=settings,
        now=clock,
        assets=assets,
        is_sample=lambda: True,  # so that no second factor is asked for
    )
    person = browser("guanli")
    statuses = {
        path: person.get(path).status
        for path in set().union(*OPENS.values()) | ELSEWHERE
        if path not in SHARED
    }
    assert {path for path, status in statuses.items() if status == 200} == OPENS[role] - SHARED
    assert set(statuses.values()) == {200, 403}
    assert person.get("/").status == 302
    assert person.get(person.get("/").headers["Location"]).status == 200


def test_a_form_offers_the_three_and_a_separate_administrator_needs_a_second_factor(
    pages: Flask,
    browser: Open,
    town: Database,
    rules: CountyRules,
    settings: Settings,
    clock: Clock,
    with_role: Callable[[str, str], None],
) -> None:
    with_role("guanli", "security_admin")
    person = browser("guanli")
    assert person.get("/people/new").headers["Location"].endswith("/me/second-factor")
    attach_services(
        pages,
        db=town,
        rules=rules,
        settings=settings,
        now=clock,
        assets=assets,
        is_sample=lambda: True,  # so that no second factor is asked for
    )
    form = person.get("/people/new").text
    assert all(f'value="{role}"' in form for role in SEPARATE)
    assert 'value="admin"' not in form
    two = {"name": "新人", "username": "xin", "unit": "team", "roles": ["security_admin", "audit_admin"]}
    refused = person.post("/people", **two)
    assert (refused.status, "不能给同一个人" in refused.text) == (422, True)
