"""我的: what one was told, and what is one's own."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from accounts.models import User
from core.persistence.db import Database
from notifications import outbox
from notifications.kinds import KINDS
from notifications.outbox import Recipient
from tests.builders import at
from tests.web.conftest import Browser

#: What the notices of a case say, and those that are about no case.
OF_A_CASE: dict[str, Any] = {
    "number": "SL-2026-0001",
    "village": "三里",
    "category": "irrigation",
    "due_on": "2026-03-23",
    "clock": "handling",
}
OTHERS: dict[str, dict[str, Any]] = {
    "weekly": {
        "week": "2026-W10",
        "units": [{"unit": "county-water", "name": "水利局", "published": 2, "stuck": 1}],
    },
    "calendar_missing": {"year": 2027},
    "records_differ": {"found": 3},
}


@pytest.mark.parametrize("kind", [*KINDS, "of another version"])
def test_a_notice_of_every_kind_is_shown(town: Database, browser: Callable[..., Browser], kind: str) -> None:
    with town.transaction() as session:
        user_id = session.scalars(select(User.id).where(User.username == "cunwei-sl")).one()
        outbox.enqueue(
            session,
            kind=kind,
            recipients=[Recipient(user_id)],
            subject="anything",
            facts=OTHERS.get(kind, OF_A_CASE),
            key=f"test:{kind}",
            now=at("2026-03-02"),
        )
    shown = browser("cunwei-sl").get("/me/notices")
    assert shown.status == 200
    assert ("SL-2026-0001" in shown.text) == (kind not in OTHERS)
