"""What an installation is for is fixed at the first migration, and a sample has a now of its own."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from accounts.access.actor import SYSTEM
from accounts.access.permissions import GRANTABLE
from accounts.fixed_settings import FixedSetting, fixed_zone
from accounts.history import verify_chains
from accounts.installation import InstallationClock, advance_sample, fixed_kind, installation_kind
from accounts.registers.areas import import_areas
from accounts.registers.open_matters import NO_MATTERS
from accounts.vocabulary import InstallationKind
from core.chain import Chain
from core.errors import Conflict
from core.persistence.db import Database
from tests.builders import FOUNDED, at

CHAIN = Chain("test", {"test": b"a key for tests alone"})
LIVE, SAMPLE = InstallationKind.LIVE, InstallationKind.SAMPLE


def pin(db: Database, *, sample: bool) -> InstallationKind:
    with db.transaction() as session:
        kind = fixed_kind(session, sample=sample, sample_codes=("SX", "MA"), chain=CHAIN, now=FOUNDED)
        fixed_zone(session, ZoneInfo("Asia/Shanghai"), chain=CHAIN, now=FOUNDED)
        return kind


@pytest.mark.parametrize(("sample", "kind"), [(False, LIVE), (True, SAMPLE)])
def test_the_first_migration_fixes_what_it_is(db: Database, sample: bool, kind: InstallationKind) -> None:
    assert pin(db, sample=sample) is kind
    assert pin(db, sample=False) is kind  # a later start without the word changes nothing
    with db.reading() as session:
        assert installation_kind(session) is kind
        assert list(verify_chains(session, CHAIN, {"setting": FixedSetting})) == []


def test_a_live_installation_never_becomes_a_sample(db: Database) -> None:
    pin(db, sample=False)
    with pytest.raises(Conflict, match="installation_is_live"):
        pin(db, sample=True)
    with pytest.raises(IntegrityError, match="pinned_settings_is_kept"), db.transaction() as session:
        session.execute(text("UPDATE pinned_settings SET value = 'sample' WHERE name = 'installation'"))


def test_a_new_installation_asks_leaders_and_administrators_for_a_code_and_one_of_before_nobody(
    db: Database,
) -> None:
    clock = InstallationClock(db)
    assert clock.factor_roles() == ()
    pin(db, sample=False)
    assert clock.factor_roles() == ("leader", "admin")
    assert set(clock.factor_roles()) <= {role.value for role in GRANTABLE}


def test_what_was_prepared_before_keeps_asking_nobody_for_a_code(db: Database) -> None:
    with db.transaction() as session:
        fixed_zone(session, ZoneInfo("Asia/Shanghai"), chain=CHAIN, now=FOUNDED)
    pin(db, sample=False)
    assert InstallationClock(db).factor_roles() == ()


def test_one_of_an_earlier_version_becomes_live_and_no_sample(db: Database) -> None:
    with db.transaction() as session:
        fixed_zone(session, ZoneInfo("Asia/Shanghai"), chain=CHAIN, now=FOUNDED)
    assert pin(db, sample=False) is LIVE
    with pytest.raises(Conflict, match="installation_is_live"):
        pin(db, sample=True)


def test_a_county_that_uses_the_codes_of_the_sample_is_live(db: Database) -> None:
    with db.transaction() as session:
        fixed_zone(session, ZoneInfo("Asia/Shanghai"), chain=CHAIN, now=FOUNDED)
        county = [(2, {"code": "SX", "name": "沙县", "level": "county", "parent": None})]
        import_areas(session, actor=SYSTEM, rows=county, matters=NO_MATTERS, chain=CHAIN, now=FOUNDED)
        township = [(2, {"code": "MA", "name": "马鞍镇", "level": "township", "parent": "SX"})]
        import_areas(
            session,
            actor=SYSTEM,
            rows=township,
            matters=NO_MATTERS,
            chain=CHAIN,
            now=FOUNDED + timedelta(hours=1),
        )
        kind = fixed_kind(session, sample=False, sample_codes=("SX", "MA"), chain=CHAIN, now=FOUNDED)
    assert kind is LIVE


def test_now_in_a_live_installation_is_that_of_the_clock(
    db: Database, stopped: Callable[[datetime], None]
) -> None:
    stopped(at("2026-03-02"))
    pin(db, sample=False)
    with db.transaction() as session:
        advance_sample(session, at("2026-04-01"), chain=CHAIN)
    assert InstallationClock(db).now() == at("2026-03-02")


def test_now_in_a_sample_is_the_later_of_the_clock_and_the_newest_day(
    db: Database, stopped: Callable[[datetime], None]
) -> None:
    stopped(at("2026-03-02"))
    clock = InstallationClock(db)
    assert not clock.is_sample()
    pin(db, sample=True)
    assert (clock.is_sample(), clock.now()) == (True, at("2026-03-02"))
    clock.advance(at("2026-04-01"), chain=CHAIN)
    assert clock.now() == InstallationClock(db).now() == at("2026-04-01")
    assert clock.today(ZoneInfo("Asia/Shanghai")).isoformat() == "2026-04-01"
    stopped(at("2026-04-01") + timedelta(days=2))
    assert clock.now() == at("2026-04-03")


def test_a_database_that_was_never_made_is_no_sample(tmp_path_factory: pytest.TempPathFactory) -> None:
    db = Database(f"sqlite:///{tmp_path_factory.mktemp('none')}/none.db")
    assert not InstallationClock(db).is_sample()
    db.dispose()
