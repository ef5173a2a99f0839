"""Test the list of households: who sees which, and that phones are masked."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select

from accounts.models import Area
from core.errors import Forbidden, Invalid
from core.persistence.db import Database
from core.persistence.keyset import ListPage
from roster.households import VillageRegister, count_register, list_households
from roster.models import Household
from tests.accounts.register_entries import accepted
from tests.builders import actor_named
from tests.statements import statements


def show(db: Database, username: str = "zuzhang", **filters: Any) -> ListPage:
    with db.reading() as session:
        return list_households(session, actor=actor_named(session, username), **filters)


def keys(page: ListPage) -> list[str]:
    return [item["key"] for item in page.items]


def test_a_line_shows_the_household_with_a_masked_phone(town: Database) -> None:
    line = show(town, village="SL", group=1).items[0]
    assert line == {
        "key": "SL-01-001",
        "village": "SL",
        "village_name": "杉岭村",
        "group": 1,
        "number": 1,
        "head": "田老根",
        "phone": "138****2046",
        "people": None,
        "note": None,
    }


@pytest.mark.parametrize(
    ("username", "found"),
    [
        ("zuzhang", ["GG-07-002", "SL-01-001", "SL-02-005", "YY-03-017"]),
        ("jiandu", ["GG-07-002", "SL-01-001", "SL-02-005", "YY-03-017"]),
        ("cunwei-sl", ["SL-01-001", "SL-02-005"]),
    ],
)
def test_each_person_sees_the_households_of_their_area(
    town: Database, username: str, found: list[str]
) -> None:
    assert keys(show(town, username)) == found


@pytest.mark.parametrize("username", ["bumen", "guanli"])
def test_some_roles_see_no_households(town: Database, username: str) -> None:
    with pytest.raises(Forbidden):
        show(town, username)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"village": "SL", "group": 2}, ["SL-02-005"]),
        ({"q": "二妹"}, ["SL-02-005"]),
        ({"q": "yy-03"}, ["YY-03-017"]),
        ({"q": "%"}, []),
        ({"q": "_"}, []),
        ({"village": "YY", "q": "二妹"}, []),
    ],
)
def test_filters_narrow_the_list(town: Database, filters: dict[str, Any], found: list[str]) -> None:
    assert keys(show(town, **filters)) == found


@pytest.mark.parametrize("village", ["YY", "XX", "MA", "sl"])
def test_a_village_elsewhere_is_as_unknown_as_one_that_is_none(town: Database, village: str) -> None:
    with pytest.raises(Invalid) as refusal:
        show(town, "cunwei-sl", village=village)
    assert refusal.value.errors == {"village": ["unknown_village"]}


def test_pages_follow_each_other_without_gap_or_repetition(town: Database) -> None:
    found, cursor = [], None
    for _ in range(4):
        page = show(town, limit=1, cursor=cursor)
        found += keys(page)
        cursor = page.next
    assert found == ["GG-07-002", "SL-01-001", "SL-02-005", "YY-03-017"]
    assert cursor is None


@pytest.mark.parametrize("cursor", ["\x00", "村", "x" * 65])
def test_a_cursor_that_was_not_made_here_is_refused(town: Database, cursor: str) -> None:
    with pytest.raises(Invalid):
        show(town, cursor=cursor)


def test_the_list_is_one_statement(town: Database) -> None:
    with town.reading() as session:
        actor = actor_named(session, "zuzhang")
        with statements(town) as seen:
            list_households(session, actor=actor)
    assert len(seen) == 1


BAD: tuple[dict[str, Any], ...] = (
    {"key": "SL-01-001"},
    {"key": ""},
    {"head": ""},
    {"head": None},
    {"group_no": 0},
    {"number": 0},
    {"group_no": 1, "number": 1},
    {"people": -1},
    {"active": False},
    {"active": None},
    {"village_id": 9999},
)


def test_no_bad_household_row_is_accepted(town: Database) -> None:
    with town.reading() as session:
        village_id = session.scalars(select(Area.id).where(Area.code == "SL")).one()
    good = {
        "key": "SL-05-099",
        "village_id": village_id,
        "group_no": 5,
        "number": 99,
        "head": "田某",
        "active": True,
    }
    assert accepted(town, [(str(bad), insert(Household).values(**(good | bad))) for bad in BAD]) == []
    assert accepted(town, [("good", insert(Household).values(**good))]) == ["good"]


def test_the_register_of_a_village_counts_those_who_live_there(town: Database) -> None:
    with town.transaction() as session:
        village = session.scalars(select(Area.id).where(Area.code == "SL")).one()
        first, second = session.scalars(
            select(Household).where(Household.village_id == village).order_by(Household.key)
        )
        before = count_register(session, village)
        first.people = 4
        second.active, second.moved_out_on = False, date(2026, 3, 2)
        session.flush()
        after = count_register(session, village)
    assert before == VillageRegister(households=2, groups=2, people=0)
    assert after == VillageRegister(households=1, groups=1, people=4)
