"""A county with other categories, questions and profiles starts the sample and reads its own words alone."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from cases.configuration.calendar import Calendars, seed_calendar
from cases.configuration.case_rules import CountyRules, categories_of
from cases.configuration.definitions import adopt
from cases.models.case import Case
from cases.sealing import keys_in_use
from cases.verification.verify import verify
from config import tables
from config.settings import load
from core.files.store import FileStore
from core.persistence import migrations
from core.persistence.db import Database
from demo.scenarios import load_scenarios
from demo.scene_needs import missing_settings
from demo.simulate import simulate
from tests.builders import CONFIG, FOUNDED
from tests.rules.test_words_of_the_county import said_in
from tests.web.conftest import Browser, assets
from web.application import create
from workflow import deadlines, working_days

TODAY = date(2026, 11, 25)
#: What a town's library might decide: a code, the words in both languages, a profile and the kind of unit.
CATEGORIES = """
[categories.opening_hours]
zh = "开馆时间"
en = "opening hours"
profile = "ordinary"
owner = "committee"

[categories.loans]
zh = "借书还书"
en = "loans"
profile = "ordinary"
owner = "committee"

[[categories.loans.questions]]
key = "reader_card"
zh = "读者证是哪年办的"
en = "year of the reader's card"
kind = "number"
required = true

[categories.reading_room]
zh = "阅览室桌椅灯光"
en = "reading room"
profile = "purchase"
owner = "township"

[[categories.reading_room.questions]]
key = "seat"
zh = "哪个座位"
en = "which seat"
kind = "choice"
choices = [
  { code = "window", zh = "靠窗", en = "by the window" },
  { code = "wall", zh = "靠墙", en = "by the wall" },
]
"""
PROFILES = """
[[profiles]]
code = "at_once"
zh = "马上要办的"
en = "at once"
days = 3
unit = "cd"
when = { urgency = ["urgent"] }

[[profiles]]
code = "purchase"
zh = "要采购的"
en = "to be bought"
days = 60
unit = "cd"
by_category = true
extensions = 1
extension_days = 30
extension_unit = "cd"

[[profiles]]
code = "ordinary"
zh = "一般的"
en = "ordinary"
days = 15
unit = "wd"
extensions = 1
extension_days = 10
extension_unit = "wd"
"""
#: Stories whose own words are about water, or about the village committee itself.
ABOUT_A_CATEGORY = {kind.name for kind in load_scenarios() if kind.categories}


@dataclass(frozen=True)
class County:
    """The sample as it was told in this county, with the passwords of its people and its seals."""

    rules: CountyRules
    db: Database
    passwords: dict[str, str]
    seals: Path


def library(folder: Path) -> Path:
    """Write the configuration: life cycle, periods and calendar as they come along, all else its own."""
    shutil.copytree(CONFIG, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__", "maps"))
    periods, _, _ = (CONFIG / "deadlines.toml").read_text(encoding="utf-8").partition("[[profiles]]")
    (folder / "deadlines.toml").write_text(periods + PROFILES, encoding="utf-8")
    (folder / "categories.toml").write_text(CATEGORIES, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def county(project_rules: CountyRules, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    decided = tables.read(library(tmp_path_factory.mktemp("library") / "config"))
    profiles, periods = deadlines.rules_of(decided)
    changed = replace(project_rules, profiles=profiles, periods=periods, categories=categories_of(decided))
    folder = tmp_path_factory.mktemp("told")
    rules = changed.with_services(calendars=Calendars(), files=FileStore(folder / "files"))
    db = Database(f"sqlite:///{folder / 'told.db'}", durable=False)
    migrations.upgrade(db)
    seed = working_days.seed()
    with db.transaction() as session:
        keys_in_use.adopt(session, rules.services.personal_keys.present.id, now=FOUNDED)
        seed_calendar(session, seed.years, seed.days, "notices")
        adopt(session, rules.definition, decided.workflow_text, now=FOUNDED)
    left_out = {one.kind.name for one in missing_settings(rules, load_scenarios())}
    assert left_out == ABOUT_A_CATEGORY
    done = simulate(db, rules=rules, today=TODAY, seals_folder=folder)
    assert done.unfinished == []
    yield County(rules, db, done.passwords, folder)
    db.dispose()


@pytest.fixture(scope="module")
def pages(county: County, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    def now() -> datetime:
        return datetime.combine(TODAY, time(10), county.rules.zone)

    settings = load({"HUIYIN_DATA_DIR": str(tmp_path_factory.mktemp("pages"))})
    return create(db=county.db, rules=county.rules, settings=settings, now=now, assets=assets)


def test_the_sample_is_told_whole_in_its_own_categories(county: County) -> None:
    with county.db.reading() as session:
        told = list(session.scalars(select(Case.category)))
        assert set(told) == set(county.rules.categories)
        assert {case.profile for case in session.scalars(select(Case))} == set(county.rules.profiles)
        assert [*verify(session, rules=county.rules, seals_folder=county.seals)] == []
    missing = sum(kind.count for kind in load_scenarios() if kind.name in ABOUT_A_CATEGORY)
    assert len(told) == sum(kind.count for kind in load_scenarios()) - missing


def addresses(pages: Flask, county: County) -> list[str]:
    """Return every page without a blank in its address, and the pages of some cases in every state."""
    rules = [
        rule for rule in pages.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments
    ]
    plain = [rule.rule for rule in rules]
    with county.db.reading() as session:
        by_state = {case.state: case.number for case in session.scalars(select(Case))}
    return [one for one in plain if one != "/sign-out"] + [f"/cases/{number}" for number in by_state.values()]


@pytest.mark.parametrize("username", ["zuzhang", "xiangzhen", "jiandu", "guanli"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_speaks_of_what_another_county_decides(
    pages: Flask, county: County, username: str, language: str
) -> None:
    browser = Browser(pages.test_client())
    assert browser.sign_in(username, county.passwords[username]).status == 303
    browser.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    read = {address: browser.get(address) for address in addresses(pages, county)}
    assert len([page for page in read.values() if page.status == 200]) > 10
    found = {address: strangers(page.text) for address, page in read.items()}
    assert {address: words for address, words in found.items() if words} == {}


def strangers(text: str) -> list[str]:
    """Return the names of the files that come along that a page says."""
    return said_in(re.sub(r"<[^>]*>", " ", text))


def test_a_name_of_another_county_is_found() -> None:
    assert strangers("<p>退耕还林</p>") == ["退耕还林"]
    assert strangers("<p>about Roads.</p>") == ["Roads"]
