"""Files that are sent in: what is taken, who sees it, and what is cleared away."""

import io
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from accounts.access.actor import SYSTEM, Actor
from cases import attachments
from cases.attachments import ROWLESS_FOR, UNHUNG_FOR, clean_name
from cases.configuration.case_rules import CountyRules
from cases.lifecycle import take_step
from cases.lifecycle.build_values import build_values
from cases.models.case import Case
from cases.models.correspondence import LARGEST_FILE, Attachment
from core.errors import Forbidden, Invalid, NotFound, TooLarge, UnsupportedType
from core.files.pictures import reencode
from core.persistence.db import Database
from tests.builders import at
from tests.pictures import picture

JPEG = picture("JPEG")
PNG = picture("PNG")
KEPT = reencode(JPEG, "jpeg")
PDF = b"%PDF-1.7\n and so on"
NOW = at("2026-03-03")
Store = Callable[..., Attachment]


@pytest.fixture
def store(town: Database, rules: CountyRules, actor: Callable[[str], Actor]) -> Store:
    """Send a file in, as the team's member unless said otherwise."""

    def storing(
        content: bytes = JPEG,
        *,
        who: str = "zuyuan",
        name: str = "照片.jpg",
        declared: str | None = "image/jpeg",
        now: datetime = NOW,
    ) -> Attachment:
        with town.transaction() as session:
            return attachments.store(
                session,
                actor=actor(who),
                rules=rules,
                file=attachments.read_file(
                    io.BytesIO(content), name=name, declared_type=declared, scanner=None
                ),
                now=now,
            )

    return storing


@pytest.fixture
def hung(
    town: Database,
    rules: CountyRules,
    store: Store,
    a_case: Callable[..., Case],
    actor: Callable[[str], Actor],
) -> Attachment:
    """Return a file that hangs on a case of 杉岭村."""
    stored, case = store(), a_case("received")
    with town.transaction() as session:
        take_step.take_step(
            session,
            actor=actor("zuyuan"),
            rules=rules,
            number=case.number,
            action="attach",
            values=build_values("attach", {"attachments": [stored.id]}),
            now=NOW,
        )
    return stored


def opened(town: Database, rules: CountyRules, actor: Actor, attachment_id: str) -> bytes:
    with town.reading() as session:
        _, place = attachments.open_attachment(session, actor=actor, rules=rules, attachment_id=attachment_id)
        return place.read_bytes()


def rows(town: Database) -> int:
    with town.reading() as session:
        return session.scalars(select(func.count(Attachment.id))).one()


@pytest.mark.parametrize(
    ("content", "name", "declared", "media_type"),
    [
        (JPEG, "a.jpg", "image/jpeg", "image/jpeg"),
        (JPEG, "A.JPEG", "image/jpeg", "image/jpeg"),
        (PNG, "a.png", "image/png", "image/png"),
        (PDF, "信.pdf", "application/pdf; charset=binary", "application/pdf"),
        (PDF, "信.pdf", "application/octet-stream", "application/pdf"),
        (PNG, "a", None, "image/png"),
    ],
)
def test_a_file_is_taken_when_content_name_and_declaration_agree(
    store: Store, content: bytes, name: str, declared: str | None, media_type: str
) -> None:
    stored = store(content, name=name, declared=declared)
    assert stored.media_type == media_type
    assert stored.size > 0


@pytest.mark.parametrize(
    ("content", "name", "declared"),
    [
        (b"<html><script>", "a.jpg", "image/jpeg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", "a.svg", "image/svg+xml"),
        (b"GIF89a", "a.gif", "image/gif"),
        (b"ID3\x03", "a.mp3", "audio/mpeg"),
        (PNG, "a.jpg", "image/jpeg"),
        (PNG, "a.png", "image/jpeg"),
        (JPEG, "a.html", "image/jpeg"),
        (JPEG, "a.jpg.exe", None),
        (b"\n%PDF-1.7", "a.pdf", "application/pdf"),
        (b"\xff", "a.jpg", "image/jpeg"),
    ],
)
def test_a_file_is_refused_when_content_name_or_declaration_differ(
    town: Database, rules: CountyRules, store: Store, content: bytes, name: str, declared: str | None
) -> None:
    with pytest.raises(UnsupportedType):
        store(content, name=name, declared=declared)
    assert (rows(town), list(rules.services.files.stored())) == (0, [])


def test_an_empty_file_is_refused(store: Store) -> None:
    with pytest.raises(Invalid):
        store(b"")


def test_the_largest_file_is_taken(store: Store) -> None:
    whole = PDF + b"x" * (LARGEST_FILE - len(PDF))
    assert store(whole, name="信.pdf", declared="application/pdf").size == LARGEST_FILE


def test_a_file_that_is_larger_is_refused_and_leaves_nothing(
    town: Database, rules: CountyRules, store: Store
) -> None:
    with pytest.raises(TooLarge):
        store(JPEG + b"x" * (LARGEST_FILE - len(JPEG) + 1))
    assert (rows(town), list(rules.services.files.stored())) == (0, [])


def test_a_stored_document_is_byte_for_byte_what_was_sent(
    town: Database, rules: CountyRules, store: Store, actor: Callable[[str], Actor]
) -> None:
    content = PDF + bytes(range(256)) * 700
    stored = store(content, name="信.pdf", declared="application/pdf")
    assert opened(town, rules, actor("zuyuan"), stored.id) == content


def test_one_content_is_kept_once_under_two_ids(rules: CountyRules, store: Store) -> None:
    first, second = store(), store(name="另一张.jpg")
    assert first.id != second.id
    assert first.sha256 == second.sha256
    assert len(list(rules.services.files.stored())) == 1


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\\\Users\\\\秦\\\\照片.JPG", "照片.JPG"),
        ("a\x00b\x1b[31m.jpg", "ab[31m.jpg"),
        ("照\u202egpj.片.jpg", "照gpj.片.jpg"),
        ("a\r\nb.jpg", "ab.jpg"),
        ("", "file.jpg"),
        ("..", "file.jpg"),
        (".jpg", "jpg.jpg"),
        ("渠" * 300 + ".jpeg", "渠" * 250 + ".jpeg"),
    ],
)
def test_a_name_is_kept_without_folders_and_unseen_signs(name: str, kept: str) -> None:
    assert clean_name(name, "image/jpeg") == kept


def test_a_file_that_hangs_nowhere_is_seen_by_its_sender_alone(
    town: Database, rules: CountyRules, store: Store, actor: Callable[[str], Actor]
) -> None:
    stored = store()
    assert opened(town, rules, actor("zuyuan"), stored.id) == KEPT
    for other in ("zuzhang", "lingdao", "jiandu", "guanli"):
        with pytest.raises(NotFound):
            opened(town, rules, actor(other), stored.id)


@pytest.mark.parametrize("who", ["zuyuan", "zuzhang", "cunwei-sl", "xiangzhen", "lingdao", "jiandu"])
def test_a_file_on_a_case_is_seen_by_whoever_sees_the_case(
    town: Database, rules: CountyRules, hung: Attachment, actor: Callable[[str], Actor], who: str
) -> None:
    assert opened(town, rules, actor(who), hung.id) == KEPT


@pytest.mark.parametrize("who", ["cunwei-yy", "bumen", "guanli"])
def test_a_file_on_a_case_is_unknown_to_everybody_else(
    town: Database, rules: CountyRules, hung: Attachment, actor: Callable[[str], Actor], who: str
) -> None:
    with pytest.raises(NotFound):
        opened(town, rules, actor(who), hung.id)


def test_a_file_whose_content_is_gone_is_unknown(
    town: Database, rules: CountyRules, store: Store, actor: Callable[[str], Actor]
) -> None:
    stored = store()
    rules.services.files.path(stored.sha256).unlink()
    with pytest.raises(NotFound):
        opened(town, rules, actor("zuyuan"), stored.id)


def test_who_may_add_none_is_refused(store: Store) -> None:
    with pytest.raises(Forbidden):
        store(who="jiandu")


def test_the_program_itself_sends_no_file(town: Database, rules: CountyRules) -> None:
    with pytest.raises(Forbidden), town.transaction() as session:
        attachments.store(
            session,
            actor=SYSTEM,
            rules=rules,
            file=attachments.read_file(io.BytesIO(JPEG), name="a.jpg", declared_type=None, scanner=None),
            now=NOW,
        )


def test_a_row_that_cannot_be_written_leaves_a_file_that_is_cleared_away(
    town: Database, rules: CountyRules, actor: Callable[[str], Actor]
) -> None:
    with town.transaction() as session:
        attachments.store(
            session,
            actor=actor("zuyuan"),
            rules=rules,
            file=attachments.read_file(io.BytesIO(JPEG), name="a.jpg", declared_type=None, scanner=None),
            now=NOW,
        )
        session.rollback()  # as when the transaction fails afterwards
    (left,) = rules.services.files.stored()
    grow_old(left, ROWLESS_FOR)
    assert attachments.remove_orphans(town, rules=rules, now=NOW) == 1
    assert list(rules.services.files.stored()) == []


def grow_old(path: Path, age: timedelta) -> None:
    then = (NOW - age - timedelta(minutes=1)).timestamp()
    os.utime(path, (then, then))


def test_a_young_file_without_a_row_is_left_alone(town: Database, rules: CountyRules) -> None:
    rules.services.files.put(io.BytesIO(JPEG))
    (left,) = rules.services.files.stored()
    os.utime(left, (NOW.timestamp(), NOW.timestamp()))
    assert attachments.remove_orphans(town, rules=rules, now=NOW) == 0
    assert left.exists()


def test_a_file_that_hangs_on_a_case_is_never_cleared_away(
    town: Database, rules: CountyRules, hung: Attachment, actor: Callable[[str], Actor]
) -> None:
    grow_old(rules.services.files.path(hung.sha256), UNHUNG_FOR * 2)
    assert attachments.remove_orphans(town, rules=rules, now=NOW + UNHUNG_FOR * 2) == 0
    assert opened(town, rules, actor("zuyuan"), hung.id) == KEPT


def test_an_upload_that_no_case_took_up_is_cleared_away_with_its_file(
    town: Database, rules: CountyRules, store: Store
) -> None:
    stored = store(now=NOW - UNHUNG_FOR - timedelta(days=1))
    grow_old(rules.services.files.path(stored.sha256), UNHUNG_FOR)
    assert attachments.remove_orphans(town, rules=rules, now=NOW) == 2
    assert (rows(town), list(rules.services.files.stored())) == (0, [])


def test_clearing_away_twice_finds_nothing_more(town: Database, rules: CountyRules, store: Store) -> None:
    stored = store(now=NOW - UNHUNG_FOR - timedelta(days=1))
    grow_old(rules.services.files.path(stored.sha256), UNHUNG_FOR)
    attachments.remove_orphans(town, rules=rules, now=NOW)
    assert attachments.remove_orphans(town, rules=rules, now=NOW) == 0


def test_clearing_away_where_nothing_was_ever_stored_finds_nothing(
    town: Database, rules: CountyRules
) -> None:
    assert attachments.remove_orphans(town, rules=rules, now=NOW) == 0
