"""The county's zone is fixed once and for all."""

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from accounts.history import RegisterEntry, verify_chains
from accounts.pinning import TIMEZONE, Pinned, pinned_zone
from core.chain import Chain
from core.db import Database
from core.errors import Conflict
from tests.builders import FOUNDED

CHAIN = Chain("test", {"test": b"a key for tests alone"})


def pin(db: Database, zone: str) -> None:
    with db.transaction() as session:
        pinned_zone(session, ZoneInfo(zone), chain=CHAIN, now=FOUNDED)


def test_the_first_zone_is_kept(db: Database) -> None:
    pin(db, "Asia/Shanghai")
    with db.reading() as session:
        assert session.get_one(Pinned, TIMEZONE).value == "Asia/Shanghai"


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
        assert list(verify_chains(session, CHAIN, {"setting": Pinned})) == []
