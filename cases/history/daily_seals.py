"""Seal each day's history into a value that is also kept outside the database.

A chain of one case cannot show that the case is gone together with its whole history, nor that somebody with
the key recomputed it. The seal of the day can (threats.md section 1, finding 5).
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import exists, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.configuration.case_rules import CountyRules
from cases.history.entries import Entry, clock_guard
from cases.history.late_entries import LATE, PREFIX, check_late, seal_late, write_files
from config.marked_text import MarkedText
from config.marked_text import mark as _
from core.persistence.db import Base, Database, UTCDateTime

#: The folder of their files, in the folder of data.
FOLDER = "heads"
#: A day is sealed only when everything that was under way at midnight has come to its end.
SEAL_DELAY = timedelta(minutes=5)


class DailySeal(Base):
    """The seal over all entries that were stored on one day, chained to the day before."""

    __tablename__ = "heads"

    day: Mapped[date] = mapped_column(primary_key=True)
    entries: Mapped[int]
    digest: Mapped[str]
    prev_hash: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)
    key_id: Mapped[str]
    sealed_at: Mapped[datetime] = mapped_column(UTCDateTime)


def day_digest(session: Session, day: date, rules: CountyRules) -> tuple[int, str]:
    """Return the number of entries stored on a local day and the SHA-256 over all their hashes, in order.

    What came in late, while a gap in the clock was accepted, is sealed apart (`late_entries`).
    """
    start = datetime.combine(day, time(), rules.zone)
    rows = session.execute(
        select(Entry.case_id, Entry.seq, Entry.hash)
        .where(
            Entry.stored_at >= start,
            Entry.stored_at < start + timedelta(days=1),
            ~exists().where(LATE),
        )
        .order_by(Entry.case_id, Entry.seq)
        .execution_options(yield_per=1000)
    )
    digest, count = hashlib.sha256(), 0
    for case_id, seq, entry_hash in rows:
        digest.update(f"{case_id}:{seq}:{entry_hash}\n".encode())
        count += 1
    return count, digest.hexdigest()


def seal(db: Database, *, rules: CountyRules, folder: Path, now: datetime) -> list[date]:
    """Seal every finished day that is not sealed yet, and write each head to a file of its own.

    Safe to run twice: a sealed day is no longer found, a missing file is written again. Gives the days
    sealed by this run; none while the clock lies behind the history, for no day is over then.
    """
    sealed: list[date] = []
    with db.transaction() as session:
        guard = clock_guard(session)
        if guard is not None and guard.is_ahead(session):
            return sealed
        last = _last(session)
        prev = last.hash if last else ""
        for day in _unsealed(session, last, rules, now):
            count, digest = day_digest(session, day, rules)
            link = rules.services.chain.link(prev, {"day": day, "entries": count, "digest": digest})
            session.execute(
                insert(DailySeal).values(
                    day=day,
                    entries=count,
                    digest=digest,
                    prev_hash=prev,
                    hash=link,
                    key_id=rules.services.chain.key_id,
                    sealed_at=now,
                )
            )
            sealed.append(day)
            prev = link
        seal_late(session, rules=rules, today=_today(rules, now), now=now)
    with db.reading() as session:
        for head in session.scalars(select(DailySeal).order_by(DailySeal.day)):
            _write(folder, head)
        write_files(session, folder)
    return sealed


def unsealed_days(session: Session, *, rules: CountyRules, now: datetime) -> list[date]:
    """List the finished days that `seal` would seal, without sealing them."""
    return _unsealed(session, _last(session), rules, now)


def _last(session: Session) -> DailySeal | None:
    return session.scalars(select(DailySeal).order_by(DailySeal.day.desc()).limit(1)).first()


def _unsealed(session: Session, last: DailySeal | None, rules: CountyRules, now: datetime) -> list[date]:
    first = session.scalar(select(Entry.stored_at).order_by(Entry.stored_at).limit(1))
    if first is None:
        return []
    day = last.day + timedelta(days=1) if last else first.astimezone(rules.zone).date()
    return [day + timedelta(days=number) for number in range((_today(rules, now) - day).days)]


def _today(rules: CountyRules, now: datetime) -> date:
    """Return the first day that may not be sealed yet."""
    return (now - SEAL_DELAY).astimezone(rules.zone).date()


def check(
    session: Session, *, rules: CountyRules, folder: Path | None, since: datetime | None = None
) -> Iterator[MarkedText]:
    """Yield every head that is broken, that the entries of its day contradict, or that differs from its file.

    `since` leaves earlier days to an earlier check; their chain and files are compared all the same.
    """
    first = since.astimezone(rules.zone).date() if since is not None else date.min
    previous: DailySeal | None = None
    files = () if folder is None else folder.glob("*.json")
    known = {path.stem: path for path in files if not path.name.startswith(PREFIX)}
    for head in session.scalars(select(DailySeal).order_by(DailySeal.day)).all():
        yield from _link(head, previous, rules)
        if head.day >= first:
            yield from _content_faults(head, *day_digest(session, head.day, rules))
        if folder is not None:
            kept = known.pop(head.day.isoformat(), None)
            if kept is None:
                yield MarkedText(_("{day}：封存的文件不见了"), {"day": head.day})
            elif kept.read_text(encoding="utf-8") != _content(head):
                yield MarkedText(_("{day}：封存和它的文件不一样"), {"day": head.day})
        previous = head
    for day in sorted(known):
        yield MarkedText(_("{day}：有封存的文件，数据库里没有这一天"), {"day": day})
    yield from check_late(session, rules=rules, folder=folder)


def _content_faults(head: DailySeal, count: int, digest: str) -> Iterator[MarkedText]:
    """Return entries that came after the seal from sealed ones that are missing or were changed."""
    if (head.entries, head.digest) == (count, digest):
        return
    more = count - head.entries
    if more > 0:
        facts = {"day": head.day, "number": more}
        yield MarkedText(
            _("{day}：封存以后又多了 {number} 条那天的记录（时钟往回走过，或有人手工加的）"), facts
        )
    else:
        yield MarkedText(_("{day}：封存过的记录少了或被改过"), {"day": head.day})


def _link(head: DailySeal, previous: DailySeal | None, rules: CountyRules) -> Iterator[MarkedText]:
    """Yield the reasons why a head does not follow the one before it."""
    if previous is not None and head.day != previous.day + timedelta(days=1):
        yield MarkedText(_("{day}：前一天没有封存"), {"day": head.day})
    if head.prev_hash != (previous.hash if previous else ""):
        yield MarkedText(_("{day}：封存接不上前一天"), {"day": head.day})
    sealed = {"day": head.day, "entries": head.entries, "digest": head.digest}
    if head.key_id not in rules.services.chain.keys:
        facts = {"day": head.day, "key": head.key_id}
        yield MarkedText(_("{day}：封存用的密钥 {key} 这里没有"), facts)
    elif rules.services.chain.link(head.prev_hash, sealed, head.key_id) != head.hash:
        yield MarkedText(_("{day}：封存被改过"), {"day": head.day})


def _write(folder: Path, head: DailySeal) -> None:
    target = folder / f"{head.day.isoformat()}.json"
    if target.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    target.write_text(_content(head), encoding="utf-8")


def _content(head: DailySeal) -> str:
    content = {
        "day": head.day.isoformat(),
        "entries": head.entries,
        "digest": head.digest,
        "prev_hash": head.prev_hash,
        "hash": head.hash,
        "key_id": head.key_id,
    }
    return json.dumps(content, indent=2) + "\n"
