"""第一次使用: whoever runs the server becomes the first administrator, once; a stranger never does."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.access.actor import SYSTEM
from accounts.fixed_settings import fixed_zone
from accounts.models import Area, Unit, User
from accounts.registers import first_administrator
from accounts.registers.area_unit_editing import add_area, add_unit
from accounts.registers.open_matters import NO_MATTERS
from cases.configuration.case_rules import CountyRules
from cases.configuration.definitions import adopt
from cases.verification.verify import verify
from config.settings import Settings
from core.persistence.db import Database
from tests.api.conftest import Clock
from tests.builders import CONFIG, FOUNDED
from tests.web.account.test_sign_in_hashes import watching
from tests.web.conftest import Browser, assets
from web.application import attach_services

PASSWORD = "山高水长路好走-2026"
FORM = {
    "level": "county",
    "area_name": "新县",
    "area_code": "xx",
    "unit_name": "新县走访办",
    "unit_code": "office",
    "name": "李管理",
    "username": "admin",
    "password": PASSWORD,
    "again": PASSWORD,
}


@pytest.fixture
def fresh(
    built: Flask, db: Database, rules: CountyRules, settings: Settings, clock: Clock
) -> Callable[[], Browser]:
    """Open the door before an installation in which there is nobody yet."""
    with db.transaction() as session:
        fixed_zone(session, rules.zone, chain=rules.services.chain, now=FOUNDED)
        text = (CONFIG / "workflow.toml").read_text(encoding="utf-8")
        adopt(session, rules.definition, text, now=FOUNDED)
    attach_services(built, db=db, rules=rules, settings=settings, now=clock, assets=assets)
    return lambda: Browser(built.test_client())


@pytest.fixture
def code(fresh: object, db: Database, rules: CountyRules) -> str:
    with db.reading() as session:
        return first_administrator.setup_code(session, rules.services.receipt_key)


def people(db: Database) -> list[str]:
    with db.reading() as session:
        return list(session.scalars(select(User.username)))


def test_a_new_county_begins_with_its_first_administrator_and_goes_on_to_areas(
    fresh: Callable[[], Browser], db: Database, rules: CountyRules, code: str
) -> None:
    browser = fresh()
    assert browser.get("/").headers["Location"] == "/sign-in"
    assert browser.get("/sign-in").headers["Location"] == "/setup"
    assert "开户码" in browser.get("/setup").text
    assert "您是谁" in browser.post("/setup/code", code=f" {code.upper()} ").text
    done = browser.post("/setup", code=code, **FORM)
    assert (done.status, done.headers["Location"]) == (303, "/administration?done=founded")
    page = browser.get("/administration")
    assert "下一步：区域" in page.text
    assert browser.post("/areas", parent="XX", level="township", name="某乡", code="MX").status == 303
    assert browser.post("/areas", parent="MX", level="village", name="某村", code="MC").status == 303
    assert "下一步：单位" in browser.get("/administration").text
    assert fresh().sign_in("admin", PASSWORD).status == 303
    with db.reading() as session:
        assert list(verify(session, rules=rules)) == []


@pytest.mark.parametrize("given", ["", "aaaa-aaaa-aaaa-aaaa", "\x00", "水" * 40])
def test_a_stranger_without_the_code_gets_nowhere(
    fresh: Callable[[], Browser], db: Database, given: str
) -> None:
    stranger = fresh()
    for path in ("/setup/code", "/setup"):
        refused = stranger.post(path, **{**FORM, "code": given})
        assert (refused.status, "您是谁" in refused.text) == (422, False)
    assert people(db) == []


def test_a_code_with_a_slip_stays_written_and_is_refused_in_words(fresh: Callable[[], Browser]) -> None:
    refused = fresh().post("/setup/code", code="abcd-efgh")
    assert "代码不对" in refused.text
    assert 'value="abcd-efgh"' in refused.text


def test_a_second_click_leads_to_signing_in_with_the_name_that_was_given(
    fresh: Callable[[], Browser], code: str
) -> None:
    assert fresh().post("/setup", code=code, **FORM).status == 303
    second = fresh().post("/setup", code=code, **FORM)
    assert second.status == 409
    assert 'name="username" value="admin"' in second.text
    assert PASSWORD not in second.text


def test_guesses_at_the_code_are_counted(fresh: Callable[[], Browser], db: Database, code: str) -> None:
    stranger = fresh()
    statuses = [stranger.post("/setup/code", code="wrong").status for _ in range(21)]
    assert statuses == [422] * 20 + [429]
    late = stranger.post("/setup", code=code, **FORM)
    assert (late.status, "您是谁" in late.text, people(db)) == (429, False, [])


def test_once_there_is_somebody_nobody_begins_again(
    fresh: Callable[[], Browser], db: Database, code: str
) -> None:
    assert fresh().post("/setup", code=code, **FORM).status == 303
    late = fresh()
    assert late.get("/setup").headers["Location"] == "/"
    for path in ("/setup/code", "/setup"):
        refused = late.post(path, **{**FORM, "code": code, "username": "thief"})
        assert (refused.status, "已经有人了" in refused.text, "您是谁" in refused.text) == (409, True, False)
    assert people(db) == ["admin"]


def test_of_two_at_once_one_wins(fresh: Callable[[], Browser], db: Database, code: str) -> None:
    start = Barrier(2)

    def begin(username: str) -> int:
        browser = fresh()
        start.wait()
        form = {**FORM, "username": username, "area_code": username.upper(), "unit_code": username}
        return browser.post("/setup", code=code, **form).status

    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(pool.map(begin, ["one", "two"]))
    assert statuses == [303, 409]
    assert len(people(db)) == 1
    with db.reading() as session:
        assert len(session.scalars(select(Area)).all()) == len(session.scalars(select(Unit)).all()) == 1


def test_everything_that_is_wrong_is_said_at_once_and_nothing_typed_is_lost(
    fresh: Callable[[], Browser], db: Database, code: str
) -> None:
    wrong = {
        **FORM,
        "area_name": "",
        "unit_code": "a b",
        "username": "李",
        "password": "short",
        "again": "shorter",
    }
    refused = fresh().post("/setup", code=code, **wrong)
    assert refused.status == 422
    for words in ("还有 5 处要改", "新县走访办", "李管理", "至少 12 个字", "两次填的不一样"):
        assert words in refused.text
    assert 'value="short"' not in refused.text
    other = fresh().post("/setup", **{**FORM, "code": code, "again": "something else"})
    assert (other.status, "还有 1 处要改" in other.text) == (422, True)
    assert people(db) == []


def test_where_units_were_imported_the_first_administrator_chooses_one(
    fresh: Callable[[], Browser], db: Database, rules: CountyRules, code: str
) -> None:
    with db.transaction() as session:
        given = {"actor": SYSTEM, "matters": NO_MATTERS, "chain": rules.services.chain, "now": FOUNDED}
        add_area(session, values={"code": "SX", "name": "示范县", "level": "county"}, **given)  # type: ignore[arg-type]
        unit = {"code": "office", "name": "示范县走访办", "kind": "department", "area": "SX"}
        add_unit(session, values=unit, **given)  # type: ignore[arg-type]
    browser = fresh()
    assert "示范县走访办" not in browser.get("/setup").text
    assert "示范县走访办" in browser.post("/setup/code", code=code).text
    person = {name: FORM[name] for name in ("name", "username", "password", "again")}
    assert browser.post("/setup", code=code, unit="", **person).status == 422
    assert browser.post("/setup", code=code, unit="office", **person).status == 303
    assert people(db) == ["admin"]


def test_the_code_is_another_one_for_every_database_and_key(
    fresh: Callable[[], Browser], db: Database, town: Database, rules: CountyRules, code: str
) -> None:
    with db.reading() as here, town.reading() as there:
        assert first_administrator.setup_code(here, b"another key") != code
        assert first_administrator.setup_code(here, rules.services.receipt_key) == code
        assert first_administrator.is_open(here)
        assert not first_administrator.is_open(there)


def test_the_password_is_hashed_once_and_while_no_transaction_is_open(
    fresh: Callable[[], Browser], code: str, db: Database
) -> None:
    with watching(db) as noted:
        assert fresh().post("/setup", code="wrong", **FORM).status == 422
        assert noted == []
        assert fresh().post("/setup", code=code, **FORM).status == 303
    assert noted == [0]
    assert people(db) == ["admin"]
