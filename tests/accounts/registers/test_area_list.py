"""The register of areas as pages show it: what is in force, what ended, and within whose area it lies."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from accounts.access.actor import SYSTEM
from accounts.models import Area
from accounts.registers import area_list
from accounts.registers.area_changes import merge_area
from accounts.registers.area_list import ListedArea
from accounts.registers.open_matters import NO_MATTERS
from core.persistence.db import Database
from tests.accounts.register_entries import CHAIN, NOW
from tests.builders import actor_named

MERGED = date(2026, 3, 2)


@pytest.fixture
def merged(town: Database) -> Database:
    """Merge a village into its neighbour."""
    with town.transaction() as session:
        merge_area(
            session,
            actor=SYSTEM,
            matters=NO_MATTERS,
            chain=CHAIN,
            code="GG",
            into="YY",
            on=MERGED,
            today=MERGED,
            now=NOW,
        )
    return town


def area(db: Database, code: str) -> Area:
    with db.reading() as session:
        return session.scalars(select(Area).where(Area.code == code)).one()


def codes(found: list[ListedArea]) -> list[str]:
    return [one.code for one in found]


def test_every_area_is_listed_with_those_that_were_merged(merged: Database) -> None:
    with merged.reading() as session:
        listed = area_list.list_areas(session, actor=actor_named(session, "guanli"))
    assert codes(listed) == ["SX", "MA", "SL", "YY", "GG"]
    assert listed[1] == ListedArea("MA", "马鞍乡", "township", "/SX/MA/")


def test_nobody_is_shown_an_area_above_their_own(town: Database) -> None:
    with town.reading() as session:
        actor = actor_named(session, "cunwei-sl")
        assert codes(area_list.list_areas(session, actor=actor)) == ["SL"]
        assert codes(area_list.list_villages(session, actor=actor, today=MERGED)) == ["SL"]
        assert area_list.list_current_areas(session, actor=actor, levels=["township"]) == []


def test_what_ended_can_be_chosen_no_more(merged: Database) -> None:
    with merged.reading() as session:
        actor = actor_named(session, "guanli")
        found = area_list.list_current_areas(session, actor=actor, levels=["township", "village"], but="SL")
        assert codes(found) == ["MA", "YY"]


def test_a_village_is_in_force_until_its_last_day(merged: Database) -> None:
    with merged.reading() as session:
        actor = actor_named(session, "guanli")
        found = [
            codes(area_list.list_villages(session, actor=actor, today=MERGED - timedelta(days=ago)))
            for ago in (1, 0)
        ]
    assert found == [["SL", "YY", "GG"], ["SL", "YY"]]


def test_what_an_area_took_over_is_told_from_what_lies_in_it(merged: Database) -> None:
    with merged.reading() as session:
        around = area_list.load_surroundings(session, area(merged, "YY"))
        ended = area_list.load_surroundings(session, area(merged, "GG"))
    assert around.above is not None
    assert (around.above.code, around.successor, list(around.below)) == ("MA", None, [])
    assert [one.code for one in around.former] == ["GG"]
    assert [one.code for one in around.units] == ["committee-GG", "committee-YY"]
    assert ended.successor is not None
    assert ended.successor.code == "YY"


def test_the_top_of_the_tree_lies_in_nothing(town: Database) -> None:
    with town.reading() as session:
        assert area_list.find_parent(session, area(town, "SX")) is None
        parent = area_list.find_parent(session, area(town, "SL"))
        assert (parent.code if parent else None) == "MA"


@pytest.mark.parametrize(("code", "level"), [("MA", "township"), ("SL", "village"), ("ZZ", None)])
def test_the_level_of_an_area_is_found_by_its_code(town: Database, code: str, level: str | None) -> None:
    with town.reading() as session:
        assert area_list.find_level(session, code) == level


@pytest.mark.parametrize(("username", "everything"), [("guanli", True), ("xiangzhen", False)])
def test_who_is_of_the_whole_county_covers_everything(
    town: Database, username: str, *, everything: bool
) -> None:
    with town.reading() as session:
        assert area_list.covers_everything(session, actor_named(session, username)) is everything
