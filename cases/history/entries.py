"""Write the history of a case: append-only, chained, and bound to the row it describes.

Each entry is an HMAC over the one before it, its own content and a digest of the whole case row, so that an
edited row, a removed entry and an edited entry all show (threats.md 3.5).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Row,
    insert,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.access.actor import Actor
from cases.access.sealed_words import seal_words
from cases.history.facts import Facts
from cases.history.facts_json import salted, to_entry
from cases.models.case import Case
from core.chain import Chain, hashed_columns, row_digest, row_values
from core.clock import CLOCK_GUARD
from core.persistence.db import Base, UTCDateTime
from core.sealing.personal_keys import PersonalKeys
from core.sealing.sealed_columns import SealedDocument

#: What reaches the server later than this was recorded without a connection.
OFFLINE_AFTER = timedelta(minutes=10)


class Entry(Base):
    """One step, act or rung of a case; the database refuses to change or delete it."""

    __tablename__ = "history"
    __table_args__ = (
        CheckConstraint("seq >= 1", name="seq_starts_at_one"),
        CheckConstraint("(seq = 1) = (prev_hash = '')", name="first_has_no_previous"),
        CheckConstraint("(seq = 1) = (from_state IS NULL)", name="first_has_no_source"),
        Index("ix_history_stored", "stored_at"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    action: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    happened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    stored_at: Mapped[datetime] = mapped_column(UTCDateTime)
    case_digest: Mapped[str]
    prev_hash: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)
    key_id: Mapped[str]
    #: Personal words of the facts, which hold salted digests of them (`cases.history.facts_json`), sealed.
    personal: Mapped[Any] = mapped_column(SealedDocument, server_default=text("'[]'"))


class OwedEntry(Base):
    """An entry that a change in hand still owes; a transaction that leaves one behind cannot be committed.

    Triggers write the row when anything of a case changes and take it away when the entry arrives, which is
    also when the database checks the whole case (migrations, guards). The key is deferred because the entry
    comes last. SQLite has no deferred triggers, hence a table.
    """

    __tablename__ = "owed_entries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["case_id", "seq"],
            ["history.case_id", "history.seq"],
            name="fk_owed_entries_entry",
            deferrable=True,
            initially="DEFERRED",
        ),
    )

    case_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True)


class ClockChecks(Protocol):
    """What compares the clock with the history (`cases.history.clock_guard`)."""

    def require_right(self, session: Session) -> object:
        """Refuse to write while the clock lies behind the history."""

    def is_ahead(self, session: Session) -> bool:
        """Return whether the history lies ahead of the clock."""

    def not_before(self, session: Session, case_id: int, moment: datetime) -> datetime:
        """Return the moment, or that of the case's last entry where it is later."""

    def record_late(self, session: Session, entries: Sequence[dict[str, Any]]) -> None:
        """List entries that come in while an accepted gap lasts."""


def clock_guard(session: Session) -> ClockChecks | None:
    """Find what compares the clock with the history in a session, if there is anything."""
    found: ClockChecks | None = session.info.get(CLOCK_GUARD)
    return found


#: The hash of the last entry is left out of the digest because it comes after the digest.
UNDIGESTED = frozenset({"last_hash"})
DIGESTED = hashed_columns(Case.__table__, UNDIGESTED)


#: What is no part of the record itself: what links it, and words of which the record holds a digest.
UNHASHED = frozenset({"prev_hash", "hash", "key_id", "personal"})


def case_digest(case: Case) -> str:
    """Return the digest of a whole case row as it stands in memory; it holds own words by a salted digest."""
    return row_digest(digested_values(case))


def digested_values(case: Case | Row[Any]) -> dict[str, Any]:
    """Return what the digest of a case row is made over; rows of earlier versions have their words in it."""
    values = row_values(case, DIGESTED)
    if salt := values.pop("words_salt", None):
        values["own_words"] = salted(salt, case.own_words)
    return values


def payload(entry: dict[str, Any]) -> dict[str, Any]:
    """Return the part of an entry that its hash is made over."""
    return {key: value for key, value in entry.items() if key not in UNHASHED}


def link(
    case: Case,
    *,
    chain: Chain,
    keys: PersonalKeys,
    action: str,
    actor: Actor,
    from_state: str | None,
    facts: Facts,
    happened_at: datetime,
    recorded_at: datetime,
    received_at: datetime,
    stored_at: datetime,
) -> dict[str, Any]:
    """Make the next entry of a case, as `add` writes it, and give the case its hash.

    The caller has already raised `case.last_seq` and changed everything else that the entry describes.
    """
    told, personal = to_entry(facts)
    entry: dict[str, Any] = {
        "case_id": case.id,
        "seq": case.last_seq,
        "action": action,
        "actor_id": actor.user_id,
        "from_state": from_state,
        "to_state": case.state,
        "facts": told,
        "personal": seal_words(personal, keys, case_id=case.id, seq=case.last_seq),
        "happened_at": happened_at,
        "recorded_at": recorded_at,
        "received_at": received_at,
        "stored_at": stored_at,
        "case_digest": case_digest(case),
    }
    previous = case.last_hash
    case.last_hash = chain.link(previous, payload(entry))
    return {**entry, "prev_hash": previous, "hash": case.last_hash, "key_id": chain.key_id}


def add(session: Session, entries: Sequence[dict[str, Any]]) -> None:
    """Write entries, at most one for each case, after everything else of their changes is in the database.

    They come last because the database checks the answers of all complainants when an entry arrives. Raises
    Unavailable while the clock lies behind the history, where the session knows the clock.
    """
    if not entries:
        return
    guard = clock_guard(session)
    if guard is not None:
        guard.require_right(session)
    session.connection().execute(ADD, entries if len(entries) > 1 else entries[0])
    if guard is not None:
        guard.record_late(session, entries)


#: Made once, and sent past the session, which would look for an object to every row.
ADD = insert(Base.metadata.tables[Entry.__tablename__])


def entries(session: Session, case_id: int) -> list[Entry]:
    """Return the history of a case, oldest first."""
    return list(session.scalars(select(Entry).where(Entry.case_id == case_id).order_by(Entry.seq)))


def load_last(session: Session, case_id: int, limit: int) -> Sequence[Row[Any]]:
    """Load action, actor and facts of the last entries of a case, newest first."""
    return session.execute(
        select(Entry.action, Entry.actor_id, Entry.facts)
        .where(Entry.case_id == case_id)
        .order_by(Entry.seq.desc())
        .limit(limit)
    ).all()
