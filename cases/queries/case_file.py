"""Read what lies in a case's file, from answers and replies to files and relations, in one statement."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Integer,
    String,
    bindparam,
    cast,
    literal,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from accounts.models import User
from cases.models.case import Case, Complainant, Related
from cases.models.correspondence import (
    AddedWords,
    Attachment,
    CategoryAnswer,
    Note,
    Reply,
    ReturnVisit,
    Unreachable,
    WrittenReport,
)
from cases.models.receipt_codes import SelfRating
from core.persistence.db import UTCDateTime

#: The columns that the kinds of paper share; each kind fills those it has.
COLUMNS: dict[str, TypeEngine[Any]] = {
    "id": Integer(),
    "key": String(),
    "complainant": Integer(),
    "round": Integer(),
    "yes": Boolean(),
    "code": String(),
    "text": String(),
    "by": String(),
    "by_name": String(),
    "size": Integer(),
    "said_at": UTCDateTime(),
    "received_at": UTCDateTime(),
    "sent_on": Date(),
    "answered_on": Date(),
}


@dataclass(frozen=True)
class FailedAttempt:
    """One failed attempt to reach somebody."""

    mode: str
    at: datetime


@dataclass(frozen=True)
class UnreachableRecord:
    """The record that a complainant could not be reached in a round; it stands for a reply or a visit."""

    complainant: int
    stands_for: str
    attempts: tuple[FailedAttempt, ...]


@dataclass(frozen=True)
class ReportRecord:
    """A written report that a case was escalated with, and the day on which it was answered."""

    number: str
    addressee: str
    sent_on: date
    answered_on: date | None


@dataclass
class CaseFile:
    """What lies in a case's file, each kind oldest first; `related` holds the ids of other cases.

    Replies, visits and what was added are those of this case, and those that the people who are on it now
    have from the case that theirs was merged with, under its number in `case`: they go with the complainant.
    """

    replies: list[dict[str, Any]] = field(default_factory=list)
    visits: list[dict[str, Any]] = field(default_factory=list)
    self_ratings: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    added: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    related: list[int] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    unreachable: list[UnreachableRecord] = field(default_factory=list)
    reports: list[ReportRecord] = field(default_factory=list)


def load_case_file(session: Session, case_id: int) -> CaseFile:
    """Return everything that lies in the file of a case."""
    found = CaseFile()
    for row in sorted(session.execute(STATEMENT, {"case": case_id}), key=_sort_key):
        if row.kind == "reply":
            found.replies.append(_reply(row))
        elif row.kind == "visit":
            found.visits.append(_visit(row))
        elif row.kind == "self_rating":
            found.self_ratings.append(_visit(row))
        elif row.kind == "note":
            found.notes.append({"text": row.text, "by": row.by, "received_at": row.received_at})
        elif row.kind == "added":
            found.added.append(
                {
                    "complainant": row.complainant,
                    "text": row.text,
                    "received_at": row.received_at,
                    "case": row.key,
                }
            )
        elif row.kind == "attachment":
            found.attachments.append({"id": row.key, "type": row.code, "size": row.size, "name": row.text})
        elif row.kind == "answer":
            found.answers[row.key] = json.loads(row.text)
        elif row.kind == "unreachable":
            found.unreachable.append(_unreachable(row))
        elif row.kind == "report":
            found.reports.append(ReportRecord(row.key, row.text, row.sent_on, row.answered_on))
        else:
            found.related.append(row.id)
    return found


def _select(kind: str, **columns: Any) -> Any:
    """Return one kind's part of the statement; a column that the kind does not have is NULL of its type."""
    given: list[ColumnElement[Any]] = [
        (columns[name] if name in columns else cast(null(), type_)).label(name)
        for name, type_ in COLUMNS.items()
    ]
    return select(literal(kind).label("kind"), *given)


CASE = bindparam("case", type_=Integer)


def _elsewhere(kind: str, table: Any, **columns: Any) -> Any:
    """Return the part of one kind that those who are on the case now have from another, with its number."""
    return (
        _select(kind, key=Case.number, **columns)
        .join(Complainant, Complainant.id == table.complainant_id)
        .join(Case, Case.id == table.case_id)
        .where(Complainant.case_id == CASE, table.case_id != CASE)
    )


STATEMENT = union_all(
    _select(
        "reply",
        id=Reply.id,
        complainant=Reply.complainant_id,
        round=Reply.round,
        yes=Reply.final,
        code=Reply.channel,
        text=Reply.text,
        by=User.username,
        by_name=User.name,
        said_at=Reply.said_at,
        received_at=Reply.received_at,
    )
    .outerjoin(User, User.id == Reply.by_id)
    .where(Reply.case_id == CASE),
    _select(
        "visit",
        id=ReturnVisit.id,
        complainant=ReturnVisit.complainant_id,
        round=ReturnVisit.round,
        yes=ReturnVisit.heard,
        code=ReturnVisit.rating,
        text=ReturnVisit.words,
        received_at=ReturnVisit.received_at,
    ).where(ReturnVisit.case_id == CASE),
    _elsewhere(
        "reply",
        Reply,
        id=Reply.id,
        complainant=Reply.complainant_id,
        round=Reply.round,
        yes=Reply.final,
        code=Reply.channel,
        text=Reply.text,
        by=User.username,
        by_name=User.name,
        said_at=Reply.said_at,
        received_at=Reply.received_at,
    ).outerjoin(User, User.id == Reply.by_id),
    _elsewhere(
        "visit",
        ReturnVisit,
        id=ReturnVisit.id,
        complainant=ReturnVisit.complainant_id,
        round=ReturnVisit.round,
        yes=ReturnVisit.heard,
        code=ReturnVisit.rating,
        text=ReturnVisit.words,
        received_at=ReturnVisit.received_at,
    ),
    _select(
        "self_rating",
        id=SelfRating.id,
        complainant=SelfRating.complainant_id,
        round=SelfRating.round,
        yes=true(),
        code=SelfRating.rating,
        text=SelfRating.words,
        received_at=SelfRating.received_at,
    ).where(SelfRating.case_id == CASE),
    _select("note", id=Note.id, text=Note.text, by=User.username, received_at=Note.received_at)
    .outerjoin(User, User.id == Note.by_id)
    .where(Note.case_id == CASE),
    _select(
        "added",
        id=AddedWords.id,
        complainant=AddedWords.complainant_id,
        text=AddedWords.text,
        received_at=AddedWords.received_at,
    ).where(AddedWords.case_id == CASE),
    _elsewhere(
        "added",
        AddedWords,
        id=AddedWords.id,
        complainant=AddedWords.complainant_id,
        text=AddedWords.text,
        received_at=AddedWords.received_at,
    ),
    _select(
        "attachment",
        key=Attachment.id,
        code=Attachment.media_type,
        text=Attachment.name,
        size=Attachment.size,
        received_at=Attachment.received_at,
    ).where(Attachment.case_id == CASE),
    _select("answer", key=CategoryAnswer.key, text=cast(CategoryAnswer.value, String)).where(
        CategoryAnswer.case_id == CASE
    ),
    _select(
        "unreachable",
        id=Unreachable.id,
        complainant=Unreachable.complainant_id,
        code=Unreachable.stands_for,
        text=cast(Unreachable.attempts, String),
    ).where(Unreachable.case_id == CASE),
    _select(
        "report",
        id=WrittenReport.id,
        key=WrittenReport.number,
        text=WrittenReport.addressee,
        sent_on=WrittenReport.sent_on,
        answered_on=WrittenReport.answered_on,
    ).where(WrittenReport.case_id == CASE),
    _select("related", id=Related.other_id).where(Related.case_id == CASE),
    _select("related", id=Related.case_id).where(Related.other_id == CASE),
)


def _sort_key(row: Any) -> tuple[str, datetime | int, int | str]:
    """Return what orders the records of one kind: the order of entry, for files the time they came in."""
    if row.kind == "attachment":
        return row.kind, row.received_at, row.key
    if row.kind == "answer":
        return row.kind, 0, row.key
    return row.kind, row.id, ""


def _reply(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "complainant": row.complainant,
        "round": row.round,
        "final": row.yes,
        "channel": row.code,
        "text": row.text,
        "by": row.by,
        "by_name": row.by_name,
        "said_at": row.said_at,
        "received_at": row.received_at,
        "case": row.key,
    }


def _visit(row: Any) -> dict[str, Any]:
    return {
        "complainant": row.complainant,
        "round": row.round,
        "heard": row.yes,
        "rating": row.code,
        "words": row.text,
        "received_at": row.received_at,
        "case": row.key,
    }


def _unreachable(row: Any) -> UnreachableRecord:
    attempts = tuple(
        FailedAttempt(one["mode"], datetime.fromisoformat(one["at"])) for one in json.loads(row.text)
    )
    return UnreachableRecord(row.complainant, row.code, attempts)
