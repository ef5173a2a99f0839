"""Reading the security log back: the newest first, by case or by user, some weeks at a time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from accounts.security_log import digests, reader
from accounts.security_log.writer import SecurityLog

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
KEYS = (b"the present key", b"the key before")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "security"


def put(folder: Path, days: float, **told: Any) -> None:
    line = {"event": "case", "user": 7, "from": "abc", "route": "/cases", "numbers": [], **told}
    SecurityLog(folder).write([line], NOON - timedelta(days=days))


def test_the_lines_of_a_case_come_the_newest_first(folder: Path) -> None:
    for days, number in (
        (3, "YY-2026-0001"),
        (1, "YY-2026-0001"),
        (2, "YY-2026-0001"),
        (0.5, "YY-2026-00012"),
    ):
        put(folder, days, numbers=["SL-2026-0009", number])
    found = reader.read_span(folder, before=NOON, wanted=reader.of_case("YY-2026-0001"))
    assert [(NOON - line.at).days for line in found] == [1, 2, 3]


def test_a_look_goes_back_31_days_and_the_next_begins_there(folder: Path) -> None:
    for days in (0, 1, 30, 31, 40):
        put(folder, days)
    wanted = reader.of_user(7, frozenset())
    found = reader.read_span(folder, before=NOON, wanted=wanted)
    assert [(NOON - line.at).days for line in found] == [1, 30, 31]
    earlier = reader.read_span(folder, before=NOON - reader.SPAN, wanted=wanted)
    assert [(NOON - line.at).days for line in earlier] == [40]


def test_a_user_is_not_another_whose_id_begins_alike(folder: Path) -> None:
    put(folder, 1, user=71)
    put(folder, 2, user=17)
    assert reader.read_span(folder, before=NOON, wanted=reader.of_user(7, frozenset())) == []


def test_a_refused_sign_in_is_found_by_the_name_that_was_typed_under_any_key(folder: Path) -> None:
    for days, key in enumerate(KEYS, 1):
        name = digests.digest(key, digests.NAME, "zuzhang")
        put(folder, days, event="sign_in_refused", user=None, name=name)
    put(folder, 3, user=None, name=digests.digest(KEYS[0], digests.NAME, "lingdao"))
    names = digests.digests(KEYS, digests.NAME, "zuzhang")
    assert len(reader.read_span(folder, before=NOON, wanted=reader.of_user(7, names))) == 2


def test_a_name_and_an_address_that_read_alike_have_digests_of_their_own() -> None:
    assert digests.digest(KEYS[0], digests.NAME, "1") != digests.digest(KEYS[0], digests.ADDRESS, "1")


def test_a_folder_that_is_not_there_holds_nothing(folder: Path) -> None:
    assert reader.read_span(folder, before=NOON, wanted=reader.of_case("YY-2026-0001")) == []
    assert reader.first_day(folder) is None
