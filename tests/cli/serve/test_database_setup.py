"""Starting again with a newer program or a new file: a year that comes later is a notice."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

import app
from accounts.fixed_settings import fixed_zone
from accounts.installation import InstallationClock, fixed_kind, installation_kind
from accounts.models import Area
from accounts.vocabulary import InstallationKind
from cases.configuration.calendar import read
from cases.configuration.case_rules import CountyRules
from cases.deadlines import sweep
from cases.history.entries import Entry
from cases.models.case import Case, Clock
from cases.verification.verify import verify
from cli.serve import database_setup
from cli.serve.database_setup import enter_years
from config.county_days import CalendarFile
from core.persistence.db import Database
from demo.township import AREA_CODES, create_township
from tests.builders import PERSONAL_KEY, at
from tests.cli.conftest import SECRET, Command
from workflow.working_days import seed

#: An invented notice: a day more than the plain week and the statutory days have off.
DAYS = ((date(2027, 1, 1), False, "元旦"), (date(2027, 1, 4), False, "元旦"))
FILE = CalendarFile("2027.toml", 2027, "关于2027年的通知", DAYS)


def test_a_year_that_comes_later_moves_the_dates_that_reach_into_it(
    town: Database, rules: CountyRules, a_case: Callable[..., Case]
) -> None:
    case = a_case("assigned", category="village_org", now=at("2026-12-21"))
    with town.reading() as session:
        before = session.get_one(Clock, (case.id, "handling")).due_on
    with town.transaction() as session:
        assert enter_years(session, rules, [FILE], now=at("2026-12-22")) == [2027]
    with town.reading() as session:
        after = session.get_one(Clock, (case.id, "handling")).due_on
        actions = session.scalars(
            select(Entry.action).where(Entry.case_id == case.id).order_by(Entry.seq)
        ).all()
        assert (before, after) == (date(2027, 1, 12), date(2027, 1, 13))
        assert actions[-1] == "recalculated"
        assert list(verify(session, rules=rules)) == []


def test_entering_the_same_years_again_changes_nothing(town: Database, rules: CountyRules) -> None:
    with town.transaction() as session:
        enter_years(session, rules, [FILE], now=at("2026-12-22"))
        calendar = read(session)
        assert enter_years(session, rules, [FILE], now=at("2026-12-23")) == []
        assert read(session) == calendar


def test_the_first_time_the_calendar_is_filled_with_every_year(db: Database, rules: CountyRules) -> None:
    with db.transaction() as session:
        assert enter_years(session, rules, [FILE], now=at("2026-12-22")) == sorted({*seed().years, 2027})
        assert not read(session).is_working(date(2027, 1, 4))


def test_a_new_installation_is_live_unless_it_is_to_be_a_sample(command: Command, db: Database) -> None:
    assert "示例" not in command("db", "upgrade").out
    assert "不能再改成示例" in command("db", "upgrade", "--sample").err
    with db.reading() as session:
        assert installation_kind(session) is InstallationKind.LIVE


def test_a_new_installation_can_be_made_a_sample(command: Command, db: Database) -> None:
    assert "这是示例" in command("db", "upgrade", "--sample").out
    assert "这是示例" in command("db", "upgrade").out
    with db.reading() as session:
        assert installation_kind(session) is InstallationKind.SAMPLE
    assert command("verify").code == 0
    assert "示例，不是真事" in command("report", "rates").out


def test_the_sample_township_of_an_earlier_version_is_known_as_a_sample(
    db: Database, rules: CountyRules
) -> None:
    with db.transaction() as session:
        fixed_zone(session, rules.zone, chain=rules.services.chain, now=at("2026-03-02"))
        create_township(session, rules=rules, rng=Random(1), now=at("2026-03-02"))
        kind = fixed_kind(
            session,
            sample=False,
            sample_codes=AREA_CODES,
            chain=rules.services.chain,
            now=at("2026-12-22"),
        )
    assert kind is InstallationKind.SAMPLE


def test_a_sample_of_an_earlier_version_stays_at_the_day_it_was_swept_for(
    in_town: Command,
    town: Database,
    rules: CountyRules,
    a_case: Callable[..., Case],
    monkeypatch: pytest.MonkeyPatch,
    stopped: Callable[[datetime], None],
) -> None:
    a_case("assigned", category="village_org")
    sweep.sweep(town, rules=rules, now=at("2026-03-24"), stored_at=at("2026-03-03"))
    with town.reading() as session:
        codes = tuple(session.scalars(select(Area.code)))
    monkeypatch.setattr(database_setup, "AREA_CODES", codes)  # it came at one moment too
    stopped(at("2026-03-03"))
    assert "这是示例" in in_town("db", "upgrade").out
    assert InstallationClock(town).now() == at("2026-03-24")
    assert in_town("verify").code == 0


def test_everything_in_a_sample_goes_by_its_own_day(command: Command, db: Database, tmp_path: Path) -> None:
    command("db", "upgrade", "--sample")
    told = json.loads(command("sweep", "--today", "2031-01-15", "--json").out)
    assert (told["today"], told["rehearsal"]) == ("2031-01-15", False)
    environ = {
        "HUIYIN_DATABASE_URL": db.url.render_as_string(hide_password=False),
        "HUIYIN_SECRET_KEY": SECRET,
        "HUIYIN_PERSONAL_KEY": PERSONAL_KEY,
        "HUIYIN_DATA_DIR": str(tmp_path / "var"),
    }
    application: Any = app.create_app(environ)
    day = datetime(2031, 1, 15, 1, tzinfo=UTC)
    programs, pages = application.programs.extensions["huiyin"], application.people.extensions["huiyin_pages"]
    assert (programs.now(), pages.now(), pages.is_sample()) == (day, day, True)
    assert json.loads(command("sweep", "--today", "2030-12-31", "--json").out)["rehearsal"] is True
    pages.db.dispose()
