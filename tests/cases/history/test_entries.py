"""What was hashed once stays so: a digest of today is the digest of tomorrow, whatever columns are added."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, ColumnElement, Date, Integer

from accounts.history import digest
from accounts.models import Area, Unit, User
from cases.history.entries import case_digest
from cases.models.case import Case
from core.chain import LATER
from core.persistence.db import Base, UTCDateTime


def a_row(kind: type[Base]) -> Any:
    """Fill every column that there was from the beginning, each by its type."""
    return kind(**{one.key: _value(one) for one in kind.__table__.columns if LATER not in one.info})


def _value(column: ColumnElement[Any]) -> Any:
    for kind, value in (
        (Boolean, True),
        (Integer, 7),
        (Date, date(2026, 3, 2)),
        (UTCDateTime, datetime(2026, 3, 2, 9, 30, 0, 5, UTC)),
        (JSON, ["team_member"]),
    ):
        if isinstance(column.type, kind):
            return value
    return f"水渠 {column.key}"


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        (Area, "1b9d076e6ec4fd8399a003603d5cc2be631d1ed83a033431da94ac333853aad2"),
        (Unit, "9438cfd446599912f8ce0844ea17fde8f6edbe42d390ae3eecde86c6c0cd7c30"),
        (User, "42e7d777bc9fd3babb9feabeeea690fa4538a383465e0b97bfebacfc76075677"),
    ],
)
def test_the_digest_of_a_register_s_row_is_what_it_was_in_the_first_version(
    kind: type[Base], found: str
) -> None:
    assert digest(a_row(kind)) == found, "mark a new column with LATER, or no chain verifies any more"


def test_the_digest_of_a_case_is_what_it_was_in_the_first_version() -> None:
    found = "47120e256d3292319b68ed473770e9962c524dd7945383917b362a3ed970bf61"
    assert case_digest(a_row(Case)) == found, "mark a new column with LATER, or no chain verifies any more"
