"""The county's zone is fixed once and for all."""

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from accounts.fixed_settings import TIMEZONE, FixedSetting, fixed_zone, require_same_zone
from accounts.history import RegisterEntry, verify_chains
from core.chain import Chain
from core.errors import Conflict
from core.persistence.db import Database
from tests.builders import FOUNDED

CHAIN = Chain("test", {"test": b"a key for tests alone"})


def pin(db: Database, zone: str) -> None:
    with db.transaction() as session:
        fixed_zone(session, ZoneInfo(zone), chain=CHAIN, now=FOUNDED)


def test_the_first_zone_is_kept(db: Database) -> None:
    pin(db, "Asia/Shanghai")
    with db.reading() as session:
        assert session.get_one(FixedSetting, TIMEZONE).value == "Asia/Shanghai"


def test_the_same_zone_again_writes_nothing(db: Database) -> None:
    pin(db, "Asia/Shanghai")
    pin(db, "Asia/Shanghai")
    with db.reading() as session:
        assert len(session.scalars(select(RegisterEntry)).all()) == 1


def test_another_zone_is_refused_with_both_names(db: Database) -> None:
    pin(db, "Asia/Shanghai")
    with pytest.raises(Conflict) as refused:
        pin(db, "Europe/Berlin")
    assert (refused.value.code, refused.value.facts) == (
        "zone_is_pinned",
        {"pinned": "Asia/Shanghai", "asked": "Europe/Berlin"},
    )


def test_the_database_refuses_another_zone_too(db: Database) -> None:
    pin(db, "Asia/Shanghai")
    with pytest.raises(IntegrityError, match="pinned_settings_is_kept"), db.transaction() as session:
        session.execute(text("UPDATE pinned_settings SET value = 'Europe/Berlin'"))


def test_the_zone_stands_in_the_history_of_the_registers(db: Database) -> None:
    pin(db, "Asia/Shanghai")
    with db.reading() as session:
        assert list(verify_chains(session, CHAIN, {"setting": FixedSetting})) == []


def test_a_database_that_is_not_made_yet_belongs_to_anybody(db: Database) -> None:
    require_same_zone(db, ZoneInfo("Europe/Berlin"), chain=CHAIN)


def test_a_database_belongs_to_whoever_has_its_zone_and_its_key_also_among_earlier_ones(db: Database) -> None:
    pin(db, "Asia/Shanghai")
    require_same_zone(db, ZoneInfo("Asia/Shanghai"), chain=CHAIN)
    rotated = Chain("newer", {"newer": b"n" * 32, **CHAIN.keys})
    require_same_zone(db, ZoneInfo("Asia/Shanghai"), chain=rotated)


@pytest.mark.parametrize(
    ("zone", "chain", "code"),
    [
        ("Europe/Berlin", CHAIN, "zone_is_pinned"),
        ("Asia/Shanghai", Chain("newer", {"newer": b"n" * 32}), "made_with_other_key"),
    ],
)
def test_a_database_of_another_zone_or_key_is_refused(
    db: Database, zone: str, chain: Chain, code: str
) -> None:
    pin(db, "Asia/Shanghai")
    with pytest.raises(Conflict) as refused:
        require_same_zone(db, ZoneInfo(zone), chain=chain)
    assert refused.value.code == code
