"""Who read what, as an auditor may know it: narrowed like every list, paged, at a steady price."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from accounts.access.actor import SYSTEM, Actor
from accounts.models import User
from accounts.security_log.digests import NAME, digest
from accounts.security_log.writer import SecurityLog
from cases.models.case import Case
from cases.queries.recorded_reads import RecordedReads, reads_of_case, reads_of_user
from core.errors import Forbidden, NotFound
from core.persistence.db import Database
from tests.builders import at
from tests.statements import statements

NOW = at("2026-03-03", 9)
KEY = b"a key"
ACase = Callable[..., Case]
GetActor = Callable[[str], Actor]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "security"


@pytest.fixture
def put(folder: Path, town: Database) -> Callable[..., None]:
    """Write a line of so many minutes ago."""
    with town.reading() as session:
        ids = {username: user_id for username, user_id in session.execute(select(User.username, User.id))}

    def write(minutes: float, username: str | None, *numbers: str, event: str = "case", **more: Any) -> None:
        line = {"event": event, "user": ids.get(username or ""), "from": "abc", "numbers": numbers, **more}
        SecurityLog(folder).write([line], NOW - timedelta(minutes=minutes))

    return write


@pytest.fixture
def of_case(town: Database, folder: Path) -> Callable[..., RecordedReads]:
    def find(actor: Actor, number: str, before: datetime = NOW, **more: Any) -> RecordedReads:
        with town.reading() as session:
            return reads_of_case(session, actor=actor, folder=folder, number=number, before=before, **more)

    return find


@pytest.fixture
def of_user(town: Database, folder: Path) -> Callable[..., RecordedReads]:
    def find(actor: Actor, username: str, before: datetime = NOW, **more: Any) -> RecordedReads:
        with town.reading() as session:
            given: dict[str, Any] = {"actor": actor, "folder": folder, "before": before, **more}
            return reads_of_user(session, username=username, keys=(KEY,), **given)

    return find


def told(found: RecordedReads) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(read.username, read.line.event.value, read.line.numbers) for read in found.items]


def test_who_read_a_case_comes_with_names_and_no_other_number(
    a_case: ACase, put: Any, of_case: Any, actor: GetActor
) -> None:
    one, other = a_case().number, a_case().number
    put(3, "zuzhang", one)
    put(2, "xiangzhen", other, one, event="list")
    put(1, "lingdao", other)
    assert told(of_case(actor("jiandu"), one)) == [("xiangzhen", "list", (one,)), ("zuzhang", "case", (one,))]


def test_what_a_user_read_comes_with_tries_under_the_same_name(
    a_case: ACase, put: Any, of_user: Any, actor: GetActor
) -> None:
    number = a_case().number
    put(3, "zuzhang", number)
    put(2, None, event="sign_in_refused", name=digest(KEY, NAME, "zuzhang"))
    put(1, "lingdao", number)
    found = of_user(actor("jiandu"), "zuzhang")
    assert told(found) == [("", "sign_in_refused", ()), ("zuzhang", "case", (number,))]


@pytest.mark.parametrize("named", [{"named_users": ("jiandu",)}, {"named_units": ("leading-group",)}])
def test_an_auditor_whom_a_matter_names_does_not_learn_that_it_was_opened(
    named: dict[str, Any], a_case: ACase, put: Any, of_case: Any, of_user: Any, actor: GetActor
) -> None:
    hidden, known = a_case(**named).number, a_case().number
    for minutes in range(1, 60):
        put(minutes, "zuzhang", hidden)
    put(60, "zuzhang", hidden, known, event="list")
    put(61, "zuzhang", known)
    jiandu = actor("jiandu")
    with pytest.raises(NotFound):
        of_case(jiandu, hidden)
    found = of_user(jiandu, "zuzhang")
    assert told(found) == [("zuzhang", "list", (known,)), ("zuzhang", "case", (known,))]
    assert found.earlier is None  # the lines that are left out make no page end early
    assert len(of_case(SYSTEM, hidden, limit=None).items) == 60


def test_an_auditor_of_one_village_knows_of_no_other(
    a_case: ACase, put: Any, of_case: Any, of_user: Any, actor: GetActor, town: Database
) -> None:
    with town.transaction() as session:
        session.scalars(select(User).where(User.username == "cunwei-sl")).one().roles = ["auditor"]
    own, theirs = a_case(village="SL").number, a_case(village="YY").number
    put(1, "zuzhang", theirs)
    put(2, "cunwei-yy", theirs)
    put(3, "cunwei-sl", own)
    auditor = actor("cunwei-sl")
    with pytest.raises(NotFound):
        of_case(auditor, theirs)
    with pytest.raises(NotFound):
        of_user(auditor, "cunwei-yy")
    assert told(of_user(auditor, "cunwei-sl")) == [("cunwei-sl", "case", (own,))]


@pytest.mark.parametrize(
    "username", ["guanli", "lingdao", "zuzhang", "xiangzhen", "zuyuan", "cunwei-sl", "bumen"]
)
def test_nobody_but_an_auditor_may_ask(
    username: str, a_case: ACase, of_case: Any, of_user: Any, actor: GetActor
) -> None:
    number = a_case().number
    with pytest.raises(Forbidden):
        of_case(actor(username), number)
    with pytest.raises(Forbidden):
        of_user(actor(username), username)


def test_pages_follow_each_other_without_a_line_lost_or_twice(
    a_case: ACase, put: Any, of_case: Any, actor: GetActor
) -> None:
    number, jiandu = a_case().number, actor("jiandu")
    for minutes in (1, 2, 2, 2, 3, 60 * 24 * 40):
        put(minutes, "zuzhang", number)
    pages: list[int] = []
    before: datetime | None = NOW
    while before is not None:
        found = of_case(jiandu, number, before, limit=2)
        pages.append(len(found.items))
        before = found.earlier
    assert pages == [4, 1, 1]


def test_a_gap_is_seen_by_whoever_looks(put: Any, a_case: ACase, of_case: Any, actor: GetActor) -> None:
    put(1, None, event="gap", lost=3)
    (read,) = of_case(actor("jiandu"), a_case().number).items
    assert read.line.lost == 3


def test_many_lines_take_no_more_statements_than_few(
    a_case: ACase, put: Any, town: Database, folder: Path, actor: GetActor
) -> None:
    numbers, jiandu = [a_case().number for _ in range(3)], actor("jiandu")
    counts = []
    for many in (2, 40):
        for minutes in range(many):
            put(minutes + 1, "zuzhang", *numbers, event="list")
        given: dict[str, Any] = {"actor": jiandu, "folder": folder, "before": NOW}
        with town.reading() as session, statements(town) as sent:
            reads_of_user(session, keys=(KEY,), username="zuzhang", **given)
            reads_of_case(session, number=numbers[0], **given)
        counts.append(len(sent))
    assert counts == [5, 5]
