"""Keep a chained history of the registers: areas, units, users, households and settings.

One append-only chain for each subject. Each entry is an HMAC over the one before it, its own content and a
digest of the row it left behind, so that a row edited behind the program's back shows (threats.md 3.5).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.access.actor import Actor
from accounts.models import Area, Unit, User
from accounts.quotas import usage
from config.quotas import Quota
from core.chain import Chain, hashed_columns, row_digest, row_values
from core.clock import CLOCK_GUARD
from core.persistence.db import Base, UTCDateTime

#: Entries looked up and written by one statement; SQLite takes 32,766 values in one.
BLOCK = 500
#: The subject that keeps what was accepted of a clock that ran ahead.
CLOCK = "clock"
#: What people enter; what a start fixes for the installation does not wait, or nobody could read.
ENTERED_BY_PEOPLE = frozenset({"area", "unit", "user", "household"})
#: How many entries of one subject are shown to somebody.
SHOWN = 30


class RegisterEntry(Base):
    """One change of one subject of a register; the database refuses to change or delete it."""

    __tablename__ = "register_history"
    __table_args__ = (
        CheckConstraint("seq >= 1", name="seq_starts_at_one"),
        CheckConstraint("(seq = 1) = (prev_hash = '')", name="first_has_no_previous"),
        CheckConstraint("length(subject_kind) > 0 AND length(subject_id) > 0", name="subject_present"),
    )

    subject_kind: Mapped[str] = mapped_column(primary_key=True)
    subject_id: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    action: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON(none_as_null=True))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    subject_digest: Mapped[str | None]
    prev_hash: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)
    key_id: Mapped[str]


@dataclass(frozen=True)
class RegisterChange:
    """One thing that happened to one subject; `row` is the row as it stands afterwards, if there is one."""

    subject_kind: str
    subject_id: int | str
    action: str
    facts: dict[str, Any] = field(default_factory=dict)
    row: Base | None = None


@dataclass(frozen=True)
class Broken:
    """A place where a chain does not hold, with the reason as a code."""

    subject_kind: str
    subject_id: str
    seq: int
    reason: str


#: The tables whose rows must be as their last entry left them.
REGISTERS: Mapping[str, type[Base]] = {"area": Area, "unit": Unit, "user": User}


def record(
    session: Session,
    *,
    chain: Chain,
    subject_kind: str,
    subject_id: int | str,
    action: str,
    actor: Actor,
    facts: dict[str, Any],
    now: datetime,
    row: Base | None = None,
) -> None:
    """Write the next entry of one subject's chain."""
    change = RegisterChange(subject_kind, subject_id, action, facts, row)
    record_all(session, chain=chain, actor=actor, changes=[change], now=now)


def record_user(
    session: Session,
    chain: Chain,
    user: User,
    action: str,
    actor: Actor,
    facts: dict[str, Any],
    now: datetime,
) -> None:
    """Write an entry about a user into the register's history."""
    record(
        session,
        chain=chain,
        subject_kind="user",
        subject_id=user.id,
        action=action,
        actor=actor,
        facts=facts,
        now=now,
        row=user,
    )


def record_all(
    session: Session, *, chain: Chain, actor: Actor, changes: Sequence[RegisterChange], now: datetime
) -> None:
    """Write the next entry for each of many subjects of one kind, in a few statements.

    No subject may be there twice. The rows must have their ids. Raises Unavailable `clock_ran_ahead` for what
    people enter while the clock lies behind the history.
    """
    guard = session.info.get(CLOCK_GUARD)
    if guard is not None and any(change.subject_kind in ENTERED_BY_PEOPLE for change in changes):
        guard.require_right(session)
    session.flush()  # what a digest describes must be what stands in the database
    for start in range(0, len(changes), BLOCK):
        block = changes[start : start + BLOCK]
        last = _last(session, block)
        entries = [
            _entry(chain, change, last.get((change.subject_kind, str(change.subject_id))), actor, now)
            for change in block
        ]
        session.execute(insert(RegisterEntry), entries)
    if actor.user_id is not None:
        usage.note(session, Quota.CHANGES)


def _last(session: Session, block: Sequence[RegisterChange]) -> dict[tuple[str, str], tuple[int, str]]:
    """Return the number and hash of the last entry of each subject that has one."""
    newest = (
        select(RegisterEntry.subject_kind, RegisterEntry.subject_id, func.max(RegisterEntry.seq).label("seq"))
        .where(
            RegisterEntry.subject_kind.in_({change.subject_kind for change in block}),
            RegisterEntry.subject_id.in_([str(change.subject_id) for change in block]),
        )
        .group_by(RegisterEntry.subject_kind, RegisterEntry.subject_id)
        .subquery()
    )
    rows = session.execute(
        select(
            RegisterEntry.subject_kind, RegisterEntry.subject_id, RegisterEntry.seq, RegisterEntry.hash
        ).join(
            newest,
            (RegisterEntry.subject_kind == newest.c.subject_kind)
            & (RegisterEntry.subject_id == newest.c.subject_id)
            & (RegisterEntry.seq == newest.c.seq),
        )
    )
    return {(kind, subject): (seq, digest) for kind, subject, seq, digest in rows}


def _entry(
    chain: Chain, change: RegisterChange, last: tuple[int, str] | None, actor: Actor, now: datetime
) -> dict[str, Any]:
    seq, previous = last or (0, "")
    content: dict[str, Any] = {
        "subject_kind": change.subject_kind,
        "subject_id": str(change.subject_id),
        "seq": seq + 1,
        "action": change.action,
        "actor_id": actor.user_id,
        "facts": change.facts,
        "recorded_at": now,
        "subject_digest": digest(change.row) if change.row is not None else None,
    }
    return {**content, "prev_hash": previous, "hash": chain.link(previous, content), "key_id": chain.key_id}


def recent(
    session: Session, *, kind: str, subject_id: int | str, limit: int = SHOWN
) -> list[tuple[RegisterEntry, str]]:
    """Return what was recorded about one subject, newest first, each with the name of who did it.

    The name is empty for what the program or whoever runs the server did. That the reader may know of the
    subject is for the caller to say.
    """
    rows = session.execute(
        select(RegisterEntry, func.coalesce(User.name, ""))
        .outerjoin(User, User.id == RegisterEntry.actor_id)
        .where(RegisterEntry.subject_kind == kind, RegisterEntry.subject_id == str(subject_id))
        .order_by(RegisterEntry.seq.desc())
        .limit(limit)
    )
    return [(entry, name) for entry, name in rows]


def digest(row: Base) -> str:
    """Return the digest of a whole row as it stands in memory."""
    return row_digest(row_values(row, hashed_columns(row.__table__)))


def verify_chains(
    session: Session, chain: Chain, registers: Mapping[str, type[Base]] = REGISTERS
) -> Iterator[Broken]:
    """Yield every place where a chain is broken or a row is not as its last entry left it.

    `registers` are the tables whose rows are compared, by the kind of subject; a row without any entry is
    one that nobody answers for.
    """
    left: dict[tuple[str, str], RegisterEntry] = {}
    entries = session.scalars(
        select(RegisterEntry)
        .order_by(RegisterEntry.subject_kind, RegisterEntry.subject_id, RegisterEntry.seq)
        .execution_options(yield_per=BLOCK)
    )
    for entry in entries:
        subject = (entry.subject_kind, entry.subject_id)
        reason = _fault(chain, entry, left.get(subject))
        if reason is not None:
            yield Broken(*subject, entry.seq, reason)
        left[subject] = entry
    for kind, model in registers.items():
        yield from _compare(session, kind, model, left)


def _fault(chain: Chain, entry: RegisterEntry, before: RegisterEntry | None) -> str | None:
    """Return the reason why an entry does not follow the one before it, or None."""
    if entry.seq != (before.seq + 1 if before else 1):
        return "entry_missing"
    if entry.prev_hash != (before.hash if before else ""):
        return "not_linked"
    if entry.key_id not in chain.keys:
        return "unknown_key"
    content = {
        column.key: getattr(entry, column.key)
        for column in RegisterEntry.__table__.columns
        if column.key not in {"prev_hash", "hash", "key_id"}
    }
    return None if chain.link(entry.prev_hash, content, entry.key_id) == entry.hash else "entry_changed"


def _compare(
    session: Session, kind: str, model: type[Base], left: dict[tuple[str, str], RegisterEntry]
) -> Iterator[Broken]:
    """Compare the rows of one table with what the last entry of each says."""
    present: set[str] = set()
    for row in session.scalars(select(model).execution_options(yield_per=BLOCK)):
        subject = str(row.__mapper__.primary_key_from_instance(row)[0])
        present.add(subject)
        entry = left.get((kind, subject))
        if entry is None:
            yield Broken(kind, subject, 0, "row_without_history")
        elif entry.subject_digest != digest(row):
            yield Broken(kind, subject, entry.seq, "row_changed")
    for (known, subject), entry in left.items():
        if known == kind and subject not in present:
            yield Broken(kind, subject, entry.seq, "row_missing")
