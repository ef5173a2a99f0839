"""List and seal what came in while a gap in the clock was accepted (see `cases.history.clock_guard`).

The days of the gap may be sealed already, so these entries are left out of the daily seals and have a chain
of seals of their own, one for each gap and day.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint, and_, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.configuration.case_rules import CountyRules
from cases.history.entries import Entry
from config.marked_text import MarkedText
from config.marked_text import mark as _
from core.persistence.db import Base, UTCDateTime

#: How the names of the files of these seals begin.
PREFIX = "late-"


class LateEntry(Base):
    """An entry that came in while a gap in the clock lasted; `gap` is the number of its acceptance."""

    __tablename__ = "late_entries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["case_id", "seq"], ["history.case_id", "history.seq"], name="fk_late_entries_case_id_seq"
        ),
    )

    case_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True)
    gap: Mapped[int]


class LateSeal(Base):
    """The seal over the late entries of one gap and day, chained to the one before it."""

    __tablename__ = "late_seals"
    __table_args__ = (UniqueConstraint("gap", "day"),)

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    gap: Mapped[int]
    day: Mapped[date]
    entries: Mapped[int]
    digest: Mapped[str]
    prev_hash: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)
    key_id: Mapped[str]
    sealed_at: Mapped[datetime] = mapped_column(UTCDateTime)


LATE = and_(LateEntry.case_id == Entry.case_id, LateEntry.seq == Entry.seq)


def seal_late(session: Session, *, rules: CountyRules, today: date, now: datetime) -> None:
    """Seal the late entries of every gap and day before today that is not sealed yet."""
    last = session.scalars(select(LateSeal).order_by(LateSeal.seq.desc()).limit(1)).first()
    seq, previous = (last.seq, last.hash) if last is not None else (0, "")
    for gap, day in _unsealed(session, rules, today):
        seq += 1
        content = _content(session, gap, day, rules)
        link = rules.services.chain.link(previous, {"seq": seq, **content})
        values = {"hash": link, "prev_hash": previous, "key_id": rules.services.chain.key_id}
        session.execute(insert(LateSeal).values(seq=seq, sealed_at=now, **content, **values))
        previous = link


def write_files(session: Session, folder: Path) -> None:
    """Write each seal to a file of its own, beside those of the days."""
    for seal in session.scalars(select(LateSeal).order_by(LateSeal.seq)):
        target = folder / _name(seal)
        if not target.exists():
            folder.mkdir(parents=True, exist_ok=True)
            target.write_text(_written(seal), encoding="utf-8")


def check_late(session: Session, *, rules: CountyRules, folder: Path | None) -> Iterator[MarkedText]:
    """Return every seal of late entries that is broken, or that its entries or its file contradict."""
    previous, keys = "", rules.services.chain
    known = {} if folder is None else {path.name: path for path in folder.glob(f"{PREFIX}*.json")}
    for number, seal in enumerate(session.scalars(select(LateSeal).order_by(LateSeal.seq)).all(), start=1):
        where = {"day": seal.day, "gap": seal.gap}
        sealed = {"gap": seal.gap, "day": seal.day, "entries": seal.entries, "digest": seal.digest}
        if seal.prev_hash != previous or seal.seq != number:
            yield MarkedText(_("{day}，时钟倒走 {gap}：补记的封存接不上前一份"), where)
        if seal.key_id not in keys.keys:
            facts = {**where, "key": seal.key_id}
            yield MarkedText(_("{day}，时钟倒走 {gap}：补记的封存用的密钥 {key} 这里没有"), facts)
        elif keys.link(seal.prev_hash, {"seq": seal.seq, **sealed}, seal.key_id) != seal.hash:
            yield MarkedText(_("{day}，时钟倒走 {gap}：补记的封存被改过"), where)
        if _content(session, seal.gap, seal.day, rules) != sealed:
            yield MarkedText(_("{day}，时钟倒走 {gap}：那天补记的记录和封存的不一样"), where)
        kept = known.pop(_name(seal), None)
        if folder is not None and (kept is None or kept.read_text(encoding="utf-8") != _written(seal)):
            yield MarkedText(_("{day}，时钟倒走 {gap}：补记的封存文件不见了或不一样"), where)
        previous = seal.hash
    for name in sorted(known):
        yield MarkedText(_("{name}：有补记的封存文件，数据库里没有它"), {"name": name})


def _unsealed(session: Session, rules: CountyRules, today: date) -> list[tuple[int, date]]:
    start = datetime.combine(today, time(), rules.zone)
    rows = session.execute(
        select(LateEntry.gap, Entry.stored_at)
        .join(Entry, LATE)
        .where(Entry.stored_at < start)
        .execution_options(yield_per=1000)
    )
    found = {(gap, moment.astimezone(rules.zone).date()) for gap, moment in rows}
    sealed = {(gap, day) for gap, day in session.execute(select(LateSeal.gap, LateSeal.day))}
    return sorted(found - sealed)


def _content(session: Session, gap: int, day: date, rules: CountyRules) -> dict[str, Any]:
    start = datetime.combine(day, time(), rules.zone)
    rows = session.execute(
        select(Entry.case_id, Entry.seq, Entry.hash)
        .join(LateEntry, LATE)
        .where(LateEntry.gap == gap, Entry.stored_at >= start, Entry.stored_at < start + timedelta(days=1))
        .order_by(Entry.case_id, Entry.seq)
    )
    digest, count = hashlib.sha256(), 0
    for case_id, seq, entry_hash in rows:
        digest.update(f"{case_id}:{seq}:{entry_hash}\n".encode())
        count += 1
    return {"gap": gap, "day": day, "entries": count, "digest": digest.hexdigest()}


def _name(seal: LateSeal) -> str:
    return f"{PREFIX}{seal.gap}-{seal.day.isoformat()}.json"


def _written(seal: LateSeal) -> str:
    columns = ("seq", "gap", "day", "entries", "digest", "prev_hash", "hash", "key_id")
    return json.dumps({name: getattr(seal, name) for name in columns}, indent=2, default=str) + "\n"
