"""The register of units as pages show it: by place, within whose area, and who works there."""

import pytest
from sqlalchemy import select, update

from accounts.models import Unit, User
from accounts.registers import unit_list
from accounts.registers.unit_list import ListedMember, ListedUnit
from core.persistence.db import Database
from tests.builders import actor_named

#: The units of the small township in the order of the tree.
BY_PLACE = [
    "county-office",
    "county-water",
    "leading-group",
    "team",
    "township-MA",
    "committee-GG",
    "committee-SL",
    "committee-YY",
]


@pytest.fixture
def shrunk(town: Database) -> Database:
    """Close a committee, and let somebody of the team go."""
    with town.transaction() as session:
        session.execute(update(Unit).where(Unit.code == "committee-GG").values(active=False))
        session.execute(update(User).where(User.username == "zuyuan").values(active=False))
    return town


def unit(db: Database, code: str) -> Unit:
    with db.reading() as session:
        return session.scalars(select(Unit).where(Unit.code == code)).one()


def test_units_stand_by_place_and_those_that_are_closed_last(shrunk: Database) -> None:
    with shrunk.reading() as session:
        listed = unit_list.list_by_place(session, actor=actor_named(session, "guanli"))
    assert sorted(one.unit.code for one in listed) == sorted(BY_PLACE)
    assert listed[0].place == "示范县"
    assert listed[-1].unit.code == "committee-GG"
    assert {one.unit.code: one.users for one in listed}["team"] == 1


def test_a_closed_unit_can_be_chosen_no_more(shrunk: Database) -> None:
    with shrunk.reading() as session:
        listed = unit_list.list_active_units(session, actor=actor_named(session, "xiangzhen"), but="team")
    assert [one.code for one in listed] == ["township-MA", "committee-SL", "committee-YY"]


def test_every_active_unit_is_listed_where_there_is_nobody_yet(shrunk: Database) -> None:
    with shrunk.reading() as session:
        listed = unit_list.list_every_active_unit(session)
    assert [one.code for one in listed] == sorted(set(BY_PLACE) - {"committee-GG"})
    assert ListedUnit("team", "驻马鞍乡工作组") in listed


def test_units_around_a_person_lie_within_their_area_or_over_it(shrunk: Database) -> None:
    with shrunk.reading() as session:
        actor = actor_named(session, "cunwei-sl")
        found = unit_list.list_units_around(session, actor=actor, kinds=["department", "committee"])
    assert [one.code for one in found] == ["county-office", "county-water", "committee-SL"]


def test_the_superior_of_a_unit_is_found_and_none_above_the_first(town: Database) -> None:
    with town.reading() as session:
        superior = unit_list.find_superior(session, unit(town, "team"))
        assert (superior.code if superior else None) == "leading-group"
        assert unit_list.find_superior(session, unit(town, "leading-group")) is None


@pytest.mark.parametrize(("code", "name"), [("team", "驻马鞍乡工作组"), ("nobody", None)])
def test_the_name_of_a_unit_is_found_by_its_code(town: Database, code: str, name: str | None) -> None:
    with town.reading() as session:
        assert unit_list.find_name(session, code) == name


def test_whoever_was_let_go_is_no_member(shrunk: Database) -> None:
    with shrunk.reading() as session:
        members = unit_list.list_members(session, unit(shrunk, "team"))
        assert members == [ListedMember("zuzhang", "组长老秦", True)]
        assert unit_list.count_members(session, unit(shrunk, "team")) == len(members)
