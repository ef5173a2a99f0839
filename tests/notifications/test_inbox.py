"""Test the inbox: everybody reads and marks their own notices only."""

import pytest
from sqlalchemy import select

from core.errors import Forbidden, Invalid
from core.persistence.db import Database
from core.persistence.keyset import ListPage
from notifications.inbox import inbox, mark_read, unread
from notifications.models import Notice
from tests.builders import actor_named
from tests.notifications.post_office import FACTS, NOW, tell
from tests.statements import statements


def read(
    db: Database, username: str, *, unread_only: bool = False, limit: int = 50, cursor: str | None = None
) -> ListPage:
    with db.reading() as session:
        actor = actor_named(session, username)
        return inbox(session, actor=actor, unread_only=unread_only, limit=limit, cursor=cursor)


def mark(db: Database, username: str, ids: list[int]) -> int:
    with db.transaction() as session:
        return mark_read(session, actor=actor_named(session, username), ids=ids, now=NOW)


def test_everybody_reads_their_own(town: Database) -> None:
    tell(town, "zuzhang", "zuyuan")
    [item] = read(town, "zuzhang").items
    assert (item["kind"], item["subject"], item["facts"]) == ("assigned", "SL-2026-0041", FACTS)
    assert (item["created_at"], item["read_at"]) == (NOW, None)
    assert read(town, "bumen").items == []


def test_pages_follow_each_other_newest_first(town: Database) -> None:
    for number in range(5):
        tell(town, "zuzhang", key=f"case:{number}", serial=number)
    found, cursor = [], None
    for _ in range(3):
        page = read(town, "zuzhang", limit=2, cursor=cursor)
        found += [item["facts"]["serial"] for item in page.items]
        cursor = page.next
    assert (found, cursor) == ([4, 3, 2, 1, 0], None)


def test_what_is_read_is_marked_once(town: Database) -> None:
    tell(town, "zuzhang")
    [item] = read(town, "zuzhang").items
    assert [mark(town, "zuzhang", [item["id"]]) for _ in range(2)] == [1, 0]
    assert read(town, "zuzhang", unread_only=True).items == []
    assert read(town, "zuzhang").items[0]["read_at"] == NOW


def test_nobody_marks_the_notices_of_others(town: Database) -> None:
    tell(town, "zuzhang")
    with town.reading() as session:
        ids = list(session.scalars(select(Notice.id)))
    assert mark(town, "zuyuan", ids) == 0
    assert len(read(town, "zuzhang", unread_only=True).items) == 1


def test_the_unread_are_counted(town: Database) -> None:
    tell(town, "zuzhang", key="one")
    tell(town, "zuzhang", key="two")
    with town.reading() as session:
        assert unread(session, actor=actor_named(session, "zuzhang")) == 2


def test_whoever_has_no_role_has_no_inbox(town: Database) -> None:
    with town.reading() as session:
        nobody = actor_named(session, "zuzhang").__class__(
            1, "guest", 1, "team", "/SX/MA/", frozenset({"guest"})
        )
        with pytest.raises(Forbidden):
            inbox(session, actor=nobody)


@pytest.mark.parametrize("cursor", ["", "!", "AA", "LTE", "村", "MDE", "x" * 10_000])
def test_a_cursor_that_was_not_made_here_is_refused(town: Database, cursor: str) -> None:
    with pytest.raises(Invalid):
        read(town, "zuzhang", cursor=cursor)


def test_a_page_is_one_statement(town: Database) -> None:
    tell(town, "zuzhang")
    with town.reading() as session:
        actor = actor_named(session, "zuzhang")
        with statements(town) as seen:
            inbox(session, actor=actor)
    assert len(seen) == 1
