"""Seal everything with the present key: what an earlier version wrote in the clear, and what another sealed.

Batch by batch, each in a transaction of its own that changes a value only where it is still the one that was
read: so it runs beside the daily work, can be killed anywhere, and goes on where it was when run again.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import orjson
from sqlalchemy import (
    ColumnElement,
    Label,
    Row,
    Select,
    String,
    Update,
    bindparam,
    cast,
    func,
    or_,
    select,
    tuple_,
    type_coerce,
    update,
)
from sqlalchemy.orm import Session

from cases.access import identities, sealed_words
from cases.history.entries import Entry
from cases.models.case import Complainant
from cases.vocabulary import FORGOTTEN
from core.persistence.db import Base, Database
from core.sealing.personal_keys import NotOpened, PersonalKeys
from core.sealing.sealed_columns import KEY_ID_LENGTH, SEALED, SealedText

BATCH = 1000
#: The mark of a sealed text and the id of its key.
HEAD = 1 + KEY_ID_LENGTH
Values = dict[str, Any]


@dataclass
class Resealed:
    """What a run has done: rows sealed anew, how many stood in the clear, and where something is broken."""

    rows: int = 0
    clear: int = 0
    broken: set[str] = field(default_factory=set)


class _SealedRows:
    """A table with sealed values: how its rows are read, sealed anew and written."""

    first: ClassVar[Values]
    read: ClassVar[Select[*tuple[Any, ...]]]
    write: ClassVar[Update]
    #: Keeps the rows with something that the key named `head` did not seal.
    other: ClassVar[ColumnElement[bool]]

    @abstractmethod
    def last(self, row: Row[Any]) -> Values:
        """Return what the next batch begins after."""

    @abstractmethod
    def anew(self, row: Row[Any], keys: PersonalKeys) -> Values:
        """Return what is written in the place of a row; raises NotOpened."""


def _head(column: ColumnElement[Any], begin: int = 1) -> ColumnElement[bool]:
    """Keep what the key named `head` did not seal."""
    return func.substr(column, begin, HEAD) != bindparam("head")


PEOPLE = Base.metadata.tables[Complainant.__tablename__]
ENTRIES = Base.metadata.tables[Entry.__tablename__]
NAME, PHONE = (type_coerce(PEOPLE.c[column], String) for column in identities.COLUMNS)
#: The document as it stands: a text of JSON, which begins with its quotes when it is sealed.
BESIDE: Label[str] = cast(ENTRIES.c.personal, String).label("personal")


class _Complainants(_SealedRows):
    first: ClassVar[Values] = {"after": 0}
    other: ClassVar[ColumnElement[bool]] = or_(
        (NAME != FORGOTTEN) & _head(NAME),
        _head(PHONE),
        PHONE.is_not(None) & PEOPLE.c.phone_digest.is_(None),
    )
    read: ClassVar[Select[*tuple[Any, ...]]] = (
        select(PEOPLE.c.id, NAME.label("name"), PHONE.label("phone"))
        .where(PEOPLE.c.id > bindparam("after"), other)
        .order_by(PEOPLE.c.id)
        .limit(BATCH)
    )
    write: ClassVar[Update] = (
        update(PEOPLE)
        .where(
            PEOPLE.c.id == bindparam("of_id"),
            NAME.is_not_distinct_from(bindparam("of_name", type_=String)),
            PHONE.is_not_distinct_from(bindparam("of_phone", type_=String)),
        )
        .values(
            {name: bindparam(f"new_{name}") for name in ("name", "phone", "phone_digest", "phone_end_digest")}
        )
    )

    def last(self, row: Row[Any]) -> Values:
        return {"after": row.id}

    def anew(self, row: Row[Any], keys: PersonalKeys) -> Values:
        plain: Mapping[identities.Column, str | None] = {
            column: _opened(getattr(row, column), keys, identities.place_of(column, row.id))
            for column in identities.COLUMNS
        }
        digest, end_digest = identities.digests_of(plain["phone"], keys)
        return {
            **{f"of_{name}": getattr(row, name) for name in ("id", "name", "phone")},
            **{
                f"new_{column}": _sealed(plain[column], keys, identities.place_of(column, row.id))
                for column in identities.COLUMNS
            },
            "new_phone_digest": digest,
            "new_phone_end_digest": end_digest,
        }


class _Entries(_SealedRows):
    first: ClassVar[Values] = {"after_case": 0, "after_seq": 0}
    other: ClassVar[ColumnElement[bool]] = (BESIDE.element != "[]") & _head(BESIDE.element, 2)
    read: ClassVar[Select[*tuple[Any, ...]]] = (
        select(ENTRIES.c.case_id, ENTRIES.c.seq, BESIDE)
        .where(
            tuple_(ENTRIES.c.case_id, ENTRIES.c.seq)
            > tuple_(bindparam("after_case"), bindparam("after_seq")),
            other,
        )
        .order_by(ENTRIES.c.case_id, ENTRIES.c.seq)
        .limit(BATCH)
    )
    write: ClassVar[Update] = (
        update(ENTRIES)
        .where(
            ENTRIES.c.case_id == bindparam("of_case"),
            ENTRIES.c.seq == bindparam("of_seq"),
            BESIDE.element == bindparam("of_personal", type_=String),
        )
        .values(personal=bindparam("new_personal"))
    )

    def last(self, row: Row[Any]) -> Values:
        return {"after_case": row.case_id, "after_seq": row.seq}

    def anew(self, row: Row[Any], keys: PersonalKeys) -> Values:
        place, stored = sealed_words.place_of(row.case_id, row.seq), orjson.loads(row.personal)
        plain = _opened(stored, keys, place) if isinstance(stored, str) else orjson.dumps(stored).decode()
        return {
            "of_case": row.case_id,
            "of_seq": row.seq,
            "of_personal": row.personal,
            "new_personal": _sealed(plain, keys, place),
        }


ROWS: tuple[_SealedRows, ...] = (_Complainants(), _Entries())


def reseal(
    db: Database, keys: PersonalKeys, *, progress: Callable[[int], object] = lambda rows: None
) -> Resealed:
    """Seal everything with the present key, until a look over all of it finds no more.

    Raises Unavailable where a key is not here. What does not open stays as it is, and its place is named.
    """
    done, head = Resealed(), _head_of(keys)
    for sealed in ROWS:
        while _pass(db, keys, sealed, head, done, progress):
            continue
    return done


def count_sealed(session: Session) -> int:
    """Count the rows that hold something sealed, or that ought to be."""
    asked = [
        select(func.count()).where(or_(NAME.is_not(None), PHONE.is_not(None))),
        select(func.count()).where(BESIDE.element != "[]"),
    ]
    return sum(session.execute(statement).scalar_one() for statement in asked)


def count_other(session: Session, keys: PersonalKeys) -> int:
    """Count the rows that the present key has not sealed."""
    given = {"head": _head_of(keys)}
    tables = (PEOPLE, ENTRIES)
    asked = [
        select(func.count()).select_from(table).where(one.other)
        for one, table in zip(ROWS, tables, strict=True)
    ]
    return sum(session.execute(statement, given).scalar_one() for statement in asked)


def _pass(
    db: Database,
    keys: PersonalKeys,
    sealed: _SealedRows,
    head: str,
    done: Resealed,
    progress: Callable[[int], object],
) -> int:
    """Go over a table once; give how many rows were sealed anew."""
    last, changed = sealed.first, 0
    while True:
        with db.reading() as session:
            rows = session.execute(sealed.read, {**last, "head": head}).all()
        if not rows:
            return changed
        last = sealed.last(rows[-1])
        values = []
        for row in rows:
            try:
                values.append(sealed.anew(row, keys))
            except NotOpened as error:
                done.broken.add(str(error))
        if values:
            with db.transaction() as session:
                session.connection().execute(sealed.write, values)
        changed += len(values)
        done.rows += len(values)
        done.clear += sum(_is_clear(row) for row in rows)
        progress(len(rows))


def _head_of(keys: PersonalKeys) -> str:
    return f"{SEALED}{keys.present.id}"


def _is_clear(row: Row[Any]) -> bool:
    """Return whether something of a row stands in the clear, but for the mark of what was forgotten."""
    stored = [value for name, value in row._mapping.items() if name in ("name", "phone", "personal")]
    return any(
        value not in (None, FORGOTTEN) and not value.lstrip('"').startswith(SEALED) for value in stored
    )


def _opened(stored: str | None, keys: PersonalKeys, place: str) -> str | None:
    return None if stored is None else keys.open(SealedText(stored), place)


def _sealed(plain: str | None, keys: PersonalKeys, place: str) -> SealedText | None:
    if plain is None:
        return None
    return SealedText(plain) if plain == FORGOTTEN else keys.seal(plain, place)
