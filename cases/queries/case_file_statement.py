"""The one statement that reads everything in a case's file: each kind fills the columns that it has."""

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
