"""Test how notices get into the outbox, and what the database refuses there."""

from typing import Any

import pytest
from sqlalchemy import insert, select, update

from core.persistence.db import Database
from notifications.models import Delivery, Notice
from notifications.outbox import Recipient, enqueue
from tests.accounts.register_entries import accepted
from tests.notifications.post_office import FACTS, NOW, deliveries, tell
from tests.statements import statements


def test_each_recipient_gets_a_notice_and_a_mail(town: Database) -> None:
    assert tell(town, "zuzhang", "cunwei-sl") == 2
    with town.reading() as session:
        notices = session.scalars(select(Notice)).all()
    assert {notice.facts["number"] for notice in notices} == {"SL-2026-0041"}
    assert {one.address for one in deliveries(town)} == {"zuzhang@example.org", "cunwei-sl@example.org"}


def test_the_same_key_again_is_nothing_new(town: Database) -> None:
    tell(town, "zuzhang")
    assert tell(town, "zuzhang", "zuyuan") == 1
    assert len(deliveries(town)) == 2


def test_somebody_named_twice_is_told_once(town: Database) -> None:
    with town.transaction() as session:
        told = enqueue(
            session,
            kind="assigned",
            recipients=[Recipient(1, "a@example.org"), Recipient(1, "a@example.org")],
            subject="x",
            facts=FACTS,
            key="k",
            now=NOW,
        )
    assert told == 1


def test_without_an_address_the_inbox_alone_tells(town: Database) -> None:
    with town.transaction() as session:
        enqueue(
            session,
            kind="assigned",
            recipients=[Recipient(1, None)],
            subject="x",
            facts=FACTS,
            key="k",
            now=NOW,
        )
    assert deliveries(town) == []


def test_telling_nobody_asks_the_database_nothing(town: Database) -> None:
    with statements(town) as seen:
        tell(town)
    assert not [statement for statement in seen if statement.startswith("INSERT")]


def test_many_recipients_take_two_statements(town: Database) -> None:
    with town.transaction() as session, statements(town) as seen:
        enqueue(
            session,
            kind="assigned",
            recipients=[Recipient(1 + number, f"a{number}@example.org") for number in range(10)],
            subject="x",
            facts=FACTS,
            key="k",
            now=NOW,
        )
    assert len(seen) == 2


def _change_and_fail(db: Database) -> None:
    with db.transaction() as session:
        enqueue(
            session,
            kind="assigned",
            recipients=[Recipient(1, "a@example.org")],
            subject="x",
            facts=FACTS,
            key="k",
            now=NOW,
        )
        raise RuntimeError


def test_a_change_that_is_taken_back_takes_its_notices_back(town: Database) -> None:
    with pytest.raises(RuntimeError):
        _change_and_fail(town)
    assert deliveries(town) == []


NOTICES: tuple[dict[str, Any], ...] = (
    {"key": ""},
    {"key": None},
    {"key": "SL-2026-0041:2:assigned:1"},
    {"kind": ""},
    {"user_id": 9999},
    {"facts": None},
)
DELIVERIES: tuple[dict[str, Any], ...] = (
    {"status": "lost"},
    {"status": None},
    {"status": "sent"},
    {"sent_at": NOW},
    {"status": "dead"},
    {"status": "dead", "last_error": ""},
    {"status": "sending"},
    {"status": "sending", "lease_by": "me"},
    {"lease_by": "me", "lease_until": NOW},
    {"lease_until": NOW},
    {"attempts": -1},
    {"address": ""},
    {"address": None},
    {"dedupe_key": ""},
    {"dedupe_key": "SL-2026-0041:2:assigned:1:smtp"},
    {"notice_id": 9999},
)


def test_no_bad_notice_row_is_accepted(town: Database) -> None:
    with town.transaction() as session:
        recipients = [Recipient(1, "a@example.org")]
        enqueue(
            session,
            kind="assigned",
            recipients=recipients,
            subject="x",
            facts=FACTS,
            key="SL-2026-0041:2:assigned",
            now=NOW,
        )
    notice = {"key": "new", "kind": "assigned", "user_id": 1, "subject": "x", "facts": {}, "created_at": NOW}
    delivery = {
        "notice_id": 1,
        "channel": "smtp",
        "address": "a@example.org",
        "status": "pending",
        "attempts": 0,
        "dedupe_key": "new",
    }
    assert accepted(town, [(str(bad), insert(Notice).values(**(notice | bad))) for bad in NOTICES]) == []
    assert (
        accepted(town, [(str(bad), insert(Delivery).values(**(delivery | bad))) for bad in DELIVERIES]) == []
    )
    assert accepted(town, [("notice", insert(Notice).values(**notice))]) == ["notice"]
    assert accepted(town, [("delivery", insert(Delivery).values(**delivery))]) == ["delivery"]


def test_a_sent_mail_cannot_lose_its_time(town: Database) -> None:
    tell(town, "zuzhang")
    with town.transaction() as session:
        session.execute(update(Delivery).values(status="sent", sent_at=NOW))
    assert accepted(town, [("no time", update(Delivery).values(sent_at=None))]) == []
