"""Read what lies in a case's file, from answers and replies to files and relations, in one statement."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from cases.queries.case_file_statement import STATEMENT


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
