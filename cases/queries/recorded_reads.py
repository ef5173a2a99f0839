"""Show auditors who read a case, or what somebody read, of the matters that they may know of themselves.

Whoever is named in a matter is not told that it was opened, not by its number, a count, or a page that ends
early: what the reader may not know of is left out before anything is counted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import Permission
from accounts.models import Area, Unit, User
from accounts.security_log import digests, reader, shown
from accounts.security_log.reader import SPAN, LogLine
from accounts.security_log.shown import Event
from cases.access.visibility import visible
from cases.models.case import Case
from core.errors import NotFound
from core.paging import LIMIT

#: Numbers asked about in one statement; both databases take this many.
AT_ONCE = 20_000


@dataclass(frozen=True)
class RecordedRead:
    """A line as a reader may know it; nobody's names are empty: the villager with the code, a wrong name."""

    line: LogLine
    username: str = ""
    name: str = ""


@dataclass(frozen=True)
class RecordedReads:
    """Some lines, the newest first, from `since` on; `earlier` is where the next look begins, if any."""

    items: list[RecordedRead]
    since: datetime
    earlier: datetime | None


def reads_of_case(
    session: Session, *, actor: Actor, folder: Path, number: str, before: datetime, limit: int | None = LIMIT
) -> RecordedReads:
    """Return who had to do with a case in the weeks before a moment.

    Raises NotFound for a case that the actor may not know of, Forbidden for anybody but an auditor.
    """
    policy.require(actor, Permission.AUDIT_READ)
    if not _known(session, actor, [number]):
        raise NotFound(number=number)
    shown.note(Event.RECORD, [number])
    lines = reader.read_span(folder, before=before, wanted=reader.of_case(number))
    own = [replace(line, numbers=(number,)) if line.numbers else line for line in lines]
    return _page(session, own, folder=folder, before=before, limit=limit)


def reads_of_user(
    session: Session,
    *,
    actor: Actor,
    folder: Path,
    keys: Sequence[bytes],
    username: str,
    before: datetime,
    limit: int | None = LIMIT,
) -> RecordedReads:
    """Return what a user read in the weeks before a moment, and who tried to come in by that name.

    `keys` are those of the digests. Raises NotFound for a user outside the actor's area, Forbidden for
    anybody but an auditor.
    """
    policy.require(actor, Permission.AUDIT_READ)
    statement = select(User.id).join(Unit, Unit.id == User.unit_id).join(Area, Area.id == Unit.area_id)
    found = policy.within_areas(statement.where(User.username == username), actor, Area.path)
    user_id = session.scalars(found).first()
    if user_id is None:
        raise NotFound(username=username)
    shown.note(Event.RECORD)
    names = digests.digests(keys, digests.NAME, username)
    lines = reader.read_span(folder, before=before, wanted=reader.of_user(user_id, names))
    known = _known(session, actor, sorted({number for line in lines for number in line.numbers}))
    return _page(session, list(_narrowed(lines, known)), folder=folder, before=before, limit=limit)


def _known(session: Session, actor: Actor, numbers: Sequence[str]) -> frozenset[str]:
    """Return those of some numbers that are of cases which the actor may know of."""
    found: set[str] = set()
    for start in range(0, len(numbers), AT_ONCE):
        some = numbers[start : start + AT_ONCE]
        found.update(session.scalars(visible(select(Case.number), actor).where(Case.number.in_(some))))
    return frozenset(found)


def _narrowed(lines: Sequence[LogLine], known: frozenset[str]) -> Iterator[LogLine]:
    """Leave out the numbers that are not known, and a line that told of nothing else."""
    for line in lines:
        numbers = tuple(number for number in line.numbers if number in known)
        if numbers or not line.numbers:
            yield replace(line, numbers=numbers)


def _page(
    session: Session, lines: Sequence[LogLine], *, folder: Path, before: datetime, limit: int | None
) -> RecordedReads:
    """Cut a page off, never between lines of one moment, and look up who they are in one statement."""
    cut = lines[limit - 1].at if limit is not None and len(lines) > limit else before - SPAN
    some = [line for line in lines if line.at >= cut]
    since = cut if len(some) < len(lines) else before - SPAN
    first = reader.first_day(folder)
    older = len(some) < len(lines) or (first is not None and first <= since.date())
    ids = {line.user_id for line in some if line.user_id is not None}
    rows = session.execute(select(User.id, User.username, User.name).where(User.id.in_(ids))) if ids else ()
    names = {user_id: (username, name) for user_id, username, name in rows}
    items = [RecordedRead(line, *names.get(line.user_id or 0, ("", ""))) for line in some]
    return RecordedReads(items, since, since if older else None)
