"""A cursor leads on from the last row shown, in its own list alone, whatever the keys of the list are."""

import base64
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Column, Date, Integer, MetaData, String, Table, create_engine, select

from core.errors import Invalid
from core.persistence.db import UTCDateTime
from core.persistence.keyset import Code, Id, Keyset, ListPage, Moment

pytestmark = pytest.mark.one_database

ROWS = Table(
    "rows",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("code", String),
    Column("day", Date),
    Column("at", UTCDateTime),
)
#: Several rows share a day and a moment, so that the id must tell them apart.
VALUES = [
    {
        "id": number,
        "code": f"R-{number:02d}",
        "day": date(2026, 3, 1 + number % 3),
        "at": datetime(2026, 3, 1 + number % 2, tzinfo=UTC),
    }
    for number in range(1, 8)
]
ORDERS = {
    "ids": Keyset("ids", (ROWS.c.id, Id)),
    "newest": Keyset("newest", (ROWS.c.id, Id), descending=True),
    "codes": Keyset("codes", (ROWS.c.code, Code)),
    "days": Keyset("days", (ROWS.c.day, date), (ROWS.c.id, Id)),
    "moments": Keyset("moments", (ROWS.c.at, Moment), (ROWS.c.id, Id), descending=True),
}


def read(order: Keyset, limit: int, cursor: str | None) -> ListPage:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        ROWS.create(connection)
        connection.execute(ROWS.insert(), VALUES)
        statement = select(ROWS).order_by(*order.order()).limit(limit + 1)
        if cursor is not None:
            statement = statement.where(order.after(cursor))
        page = order.page(connection.execute(statement).all(), limit, lambda row: dict(row._mapping))
    engine.dispose()
    return page


@pytest.mark.parametrize("name", ORDERS)
@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
def test_pages_follow_each_other_without_gap_or_repetition(name: str, limit: int) -> None:
    whole = read(ORDERS[name], 50, None)
    found: list[dict[str, Any]] = []
    page = read(ORDERS[name], limit, None)
    while True:
        found += page.items
        if page.next is None:
            break
        page = read(ORDERS[name], limit, page.next)
    assert found == whole.items
    assert len(found) == len(VALUES)


def test_a_cursor_of_another_list_is_refused() -> None:
    cursor = read(ORDERS["ids"], 1, None).next
    assert cursor is not None
    with pytest.raises(Invalid) as refusal:
        ORDERS["newest"].after(cursor)
    assert refusal.value.errors == {"cursor": ["not_a_cursor"]}


def written(json: str) -> str:
    return base64.urlsafe_b64encode(json.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("name", "json"),
    [
        ("ids", '["ids",0]'),
        ("ids", '["ids",-1]'),
        ("ids", '["ids","1"]'),
        ("ids", f'["ids",{2**62}]'),
        ("ids", '["ids",1,2]'),
        ("ids", "[" * 100_000),
        ("codes", '["codes","\\u0000"]'),
        ("codes", '["codes","村"]'),
        ("codes", f'["codes","{"R" * 65}"]'),
        ("days", '["days","2026-02-30",1]'),
        ("moments", '["moments","2026-03-01T00:00:00",1]'),
        ("moments", '["moments","0001-01-01T00:00:00+14:00",1]'),
    ],
    ids=lambda text: text[:50],
)
def test_what_no_row_can_have_is_refused(name: str, json: str) -> None:
    with pytest.raises(Invalid):
        ORDERS[name].after(written(json))


@pytest.mark.parametrize("cursor", ["", "!", "AAAA", "村", "\x00", "x" * 10_000])
def test_what_is_no_cursor_at_all_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid):
        ORDERS["ids"].after(cursor)


def test_a_moment_is_asked_for_in_utc() -> None:
    moment = datetime(2026, 3, 1, 8, tzinfo=timezone(timedelta(hours=8)))
    asked = ORDERS["moments"].after(written(f'["moments","{moment.isoformat()}",1]'))
    assert datetime(2026, 3, 1, tzinfo=UTC) in asked.compile().params.values()
