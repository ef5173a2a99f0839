"""Take in files, give them out to whoever may see their case, and clear away what nobody refers to.

What a file is decides its content, never its name or what the sender says; both must agree with it
(threats.md 3.8). Pictures are written anew, without the place and time that phones put into them. A file is
whole on the disk before its row is written.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path, PurePath, PureWindowsPath

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import Permission
from accounts.quotas import usage
from accounts.security_log import shown
from accounts.security_log.shown import Event
from cases.access.visibility import visible
from cases.configuration.case_rules import CountyRules
from cases.models.case import Case
from cases.models.correspondence import LARGEST_FILE, LONGEST_FILE_NAME, Attachment
from cases.vocabulary import FORGOTTEN
from config.quotas import Quota, Waiting
from core.errors import Busy, Forbidden, Invalid, NotFound, TooLarge, Unavailable, UnsupportedType
from core.files.pictures import DamagedPicture, NoTurn, TooManyPixels, TooMuchWork, reencode
from core.files.scanner import Infected, Scanner, ScannerSilent
from core.files.store import Readable
from core.normalization.visibility import INVISIBLE
from core.paging import PAGE
from core.persistence.db import Database
from core.text import without_controls

UNDECLARED = frozenset({"", "application/octet-stream"})
#: An upload waits this long for a case to refer to it, and a file without a row this long for its row.
UNHUNG_FOR = timedelta(days=90)
ROWLESS_FOR = timedelta(days=1)
#: Whoever is told to come again comes in so many seconds: by then some pictures are through.
BUSY_SECONDS = 10


@dataclass(frozen=True)
class Kind:
    """A type of file that is taken: how it begins, how its name may end, and which picture it is, if any."""

    starts: bytes
    suffixes: tuple[str, ...]
    picture: str | None = None


@dataclass(frozen=True)
class IncomingFile:
    """A file that was looked at and can be kept: a picture as it was written anew, all else as it came."""

    media_type: str
    name: str
    content: bytes


KINDS: Mapping[str, Kind] = {
    "image/jpeg": Kind(b"\xff\xd8\xff", (".jpg", ".jpeg"), "jpeg"),
    "image/png": Kind(b"\x89PNG\r\n\x1a\n", (".png",), "png"),
    "application/pdf": Kind(b"%PDF-", (".pdf",)),
}


def read_file(
    stream: Readable, *, name: str, declared_type: str | None, scanner: Scanner | None
) -> IncomingFile:
    """Look at a file that was sent in, before any transaction, for a picture takes its time.

    Raises UnsupportedType for a content that is not taken or that differs from the declared type or the end
    of the name, TooLarge beyond 10 MiB, Invalid for an empty file, one with a virus, or a picture that cannot
    be opened or takes too long, Busy while too many pictures of others are written, and Unavailable when the
    scanner does not answer in time: a file that was to be looked at is not kept unseen.
    """
    content = _is_complete(stream)
    media_type = _kind_of(content, name, declared_type)
    picture = KINDS[media_type].picture
    if picture is not None:
        content = _reencode(content, picture)
    if len(content) > LARGEST_FILE:
        raise TooLarge(most=LARGEST_FILE)
    if scanner is not None:
        try:
            scanner.check(content)
        except Infected:
            raise Invalid({"file": ["infected"]}) from None
        except ScannerSilent:
            raise Unavailable(reason="scanner_silent") from None
    return IncomingFile(media_type, clean_name(name, media_type), content)


def store(
    session: Session,
    *,
    actor: Actor,
    rules: CountyRules,
    file: IncomingFile,
    now: datetime,
    waits: bool = False,
) -> Attachment:
    """Keep a file that was looked at; until a case refers to it only its sender can see it.

    It `waits` where that happens later, by another request.
    """
    policy.require(actor, Permission.ATTACHMENTS_ADD)
    if actor.user_id is None:
        raise Forbidden(permission=Permission.ATTACHMENTS_ADD.value)
    sha256, size = rules.services.files.put(BytesIO(file.content))
    attachment = Attachment(
        id=secrets.token_hex(16),
        case_id=None,
        sha256=sha256,
        media_type=file.media_type,
        size=size,
        name=file.name,
        uploaded_by_id=actor.user_id,
        received_at=now,
    )
    session.add(attachment)
    session.flush()  # a row that cannot be written is the caller's to know now
    usage.note(session, Quota.FILES)
    usage.note(session, Quota.FILE_BYTES, size)
    if waits:
        usage.note(session, Waiting.OWN, size)
    return attachment


def open_attachment(
    session: Session, *, actor: Actor, rules: CountyRules, attachment_id: str
) -> tuple[Attachment, Path]:
    """Return a file's row and place, with the rights of the case it hangs on.

    Raises NotFound for an unknown file and for one that this person may not see alike, Forbidden for one in
    which the scanner finds a virus now, and Unavailable when it does not answer in time. So what was kept
    before there was a scanner, or before it knew a virus, is looked at before anybody opens it.
    """
    attachment = session.get(Attachment, attachment_id)
    number = _visible_number(session, actor, attachment) if attachment is not None else None
    if attachment is None or number is None:
        raise NotFound(attachment=attachment_id)
    if not rules.services.files.exists(attachment.sha256):
        raise NotFound(attachment=attachment_id)
    place = rules.services.files.path(attachment.sha256)
    scanner = rules.services.scanner
    if scanner is not None and not is_written_anew(attachment.media_type):
        try:
            scanner.check(place.read_bytes())
        except Infected:
            raise Forbidden(reason="infected") from None
        except ScannerSilent:
            raise Unavailable(reason="scanner_silent") from None
    shown.note(Event.FILE, [number] if number else None)
    return attachment, place


def is_written_anew(media_type: str) -> bool:
    """Return whether a file of this type is given out as the program wrote it, not as it was sent."""
    return KINDS[media_type].picture is not None


def is_unchecked(rules: CountyRules, media_type: str) -> bool:
    """Return whether nobody has looked for a virus in a file of this type: its readers are told."""
    return rules.services.scanner is None and not is_written_anew(media_type)


def remove_orphans(db: Database, *, rules: CountyRules, now: datetime) -> int:
    """Remove uploads that no case took up in time and files that no row points to; give how many.

    A young file is left alone: its row may be on the way.
    """
    with db.transaction() as session:
        gone = session.execute(
            delete(Attachment)
            .where(Attachment.case_id.is_(None), Attachment.received_at < now - UNHUNG_FOR)
            .returning(Attachment.id)
        ).all()
    removed = len(gone)
    for path in _rowless(db, rules, now):
        # The same content may have been sent in again meanwhile, which makes the file young.
        if path.exists() and _age(path, now) > ROWLESS_FOR:
            path.unlink()
            removed += 1
    return removed


def remove_forgotten(db: Database, *, rules: CountyRules, hashes: Iterable[str], now: datetime) -> int:
    """Remove the files of attachments that were forgotten, unless another one has the same content.

    A young file is left to `remove_orphans`: somebody may just have sent in the same. Gives how many went.
    """
    removed = 0
    for path in _not_held(db, [rules.services.files.path(sha256) for sha256 in set(hashes)]):
        if path.exists() and _age(path, now) > ROWLESS_FOR:
            path.unlink()
            removed += 1
    return removed


def count_orphans(db: Database, *, rules: CountyRules, now: datetime) -> int:
    """Count what `remove_orphans` would remove, without removing it."""
    with db.reading() as session:
        uploads = session.scalars(
            select(func.count())
            .select_from(Attachment)
            .where(Attachment.case_id.is_(None), Attachment.received_at < now - UNHUNG_FOR)
        ).one()
    return uploads + sum(1 for _ in _rowless(db, rules, now))


def clean_name(name: str, media_type: str) -> str:
    """Return a file's name without folders and unseen signs, at most 255 characters, with a fitting end."""
    last = PureWindowsPath(PurePath(without_controls(name)).name).name
    plain = "".join(char for char in last if char not in INVISIBLE and char not in "\t\n\u2028\u2029").strip(
        ". "
    )
    suffixes = KINDS[media_type].suffixes
    suffix = next((one for one in suffixes if plain.lower().endswith(one)), "")
    stem = plain[: len(plain) - len(suffix)] if suffix else plain
    suffix = plain[len(stem) :] or suffixes[0]
    return (stem or "file")[: LONGEST_FILE_NAME - len(suffix)] + suffix


def _is_complete(stream: Readable) -> bytes:
    """Read a file to its end, or until it is too long; a stream may give its bytes one by one."""
    blocks, size = [], 0
    while block := stream.read(LARGEST_FILE + 1 - size):
        blocks.append(block)
        size += len(block)
        if size > LARGEST_FILE:
            raise TooLarge(most=LARGEST_FILE)
    if not size:
        raise Invalid({"file": ["empty"]})
    return b"".join(blocks)


def _reencode(content: bytes, picture: str) -> bytes:
    """Have a picture written anew, and refuse in the words of the doors."""
    try:
        return reencode(content, picture)
    except DamagedPicture:
        raise Invalid({"file": ["damaged_picture"]}) from None
    except TooManyPixels:
        raise Invalid({"file": ["too_many_pixels"]}) from None
    except TooMuchWork:
        raise Invalid({"file": ["picture_takes_too_long"]}) from None
    except NoTurn:
        raise Busy(retry_after=BUSY_SECONDS) from None


def _kind_of(content: bytes, name: str, declared_type: str | None) -> str:
    """Return the media type of a content, if name and declaration agree with it."""
    found = next((media_type for media_type, kind in KINDS.items() if content.startswith(kind.starts)), None)
    if found is None:
        raise UnsupportedType(allowed=sorted(KINDS))
    declared = (declared_type or "").partition(";")[0].strip().lower()
    if declared not in UNDECLARED and declared != found:
        raise UnsupportedType(allowed=sorted(KINDS), found=found, declared=declared)
    suffix = PurePath(name).suffix.lower()
    if suffix and suffix not in KINDS[found].suffixes:
        raise UnsupportedType(allowed=sorted(KINDS), found=found, suffix=suffix)
    return found


def _visible_number(session: Session, actor: Actor, attachment: Attachment) -> str | None:
    """Return the number of the case that a file hangs on, empty for one's own that hangs on none.

    None is a file that this person may not see.
    """
    if attachment.case_id is None:
        own = actor.user_id is not None and actor.user_id == attachment.uploaded_by_id
        return "" if own else None
    if not policy.permits(actor, Permission.CASES_READ):
        return None
    return session.scalars(visible(select(Case.number), actor).where(Case.id == attachment.case_id)).first()


def _age(path: Path, now: datetime) -> timedelta:
    return now - datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _rowless(db: Database, rules: CountyRules, now: datetime) -> Iterator[Path]:
    """Find the old files that no row points to, or only rows that were forgotten, page by page."""
    old = [path for path in rules.services.files.stored() if _age(path, now) > ROWLESS_FOR]
    for start in range(0, len(old), PAGE):
        yield from _not_held(db, old[start : start + PAGE])


def _not_held(db: Database, page: Sequence[Path]) -> list[Path]:
    names = [path.name for path in page]
    held = select(Attachment.sha256).where(Attachment.sha256.in_(names), Attachment.name != FORGOTTEN)
    with db.reading() as session:
        kept = set(session.scalars(held))
    return [path for path in page if path.name not in kept]
