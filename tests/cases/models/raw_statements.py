"""Statements that nobody should be able to send to the database, and their harmless twins."""

from collections.abc import Iterable
from dataclasses import dataclass

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from cases.models.case import Case
from core.persistence.db import Database

#: The entry of whatever was just changed, in the order in which the program writes: the row first.
COUNT = "UPDATE cases SET last_seq = last_seq + 1, last_hash = 'next' WHERE id = :id"
ENTRY = """
INSERT INTO history (case_id, seq, action, from_state, to_state, facts, happened_at, recorded_at, received_at,
                     stored_at, case_digest, prev_hash, hash, key_id)
SELECT h.case_id, h.seq + 1, 'raw', h.to_state, c.state, '{}', h.happened_at, h.recorded_at, h.received_at,
       h.stored_at, 'digest', h.hash, c.last_hash, 'test'
FROM history h JOIN cases c ON c.id = h.case_id
WHERE c.id = :id AND h.seq = c.last_seq - 1
"""
MOVE = (
    "UPDATE cases SET {}, version = version + 1, last_seq = last_seq + 1, last_hash = 'next' WHERE id = :id"
)
REPLY = """
INSERT INTO replies (case_id, complainant_id, round, final, channel, text, said_at, received_at)
SELECT c.id, p.id, {round}, {final}, 'door', '讲清楚了', c.received_at, c.received_at
FROM cases c JOIN complainants p ON p.case_id = c.id WHERE c.id = :id
"""
UNREACHABLE = """
INSERT INTO unreachable_records (case_id, complainant_id, round, stands_for, attempts, received_at)
SELECT c.id, p.id, c.round, {stands_for}, '[]', c.received_at
FROM cases c JOIN complainants p ON p.case_id = c.id WHERE c.id = :id
"""
FURTHER = """
INSERT INTO complainants (case_id, origin_case_id, confidential, anonymous, own_words, receipt_digest,
                          joined_at, reply_due_on, unreachable, withdrawn)
SELECT id, id, false, false, '我也一样', 'another', received_at, {due}, false, false FROM cases WHERE id = :id
"""
SETTLED = "UPDATE clocks SET running = false, overdue = false, next_look_on = NULL WHERE case_id = :id"
UNDATED = "UPDATE complainants SET reply_due_on = NULL WHERE case_id = :id"
FINAL = MOVE.format(
    "state = 'withdrawn', final = true, owner_id = NULL, due_on = NULL, handling_due_on = NULL,"
    " reply_due_on = NULL"
)
RESOLVED = MOVE.format("state = 'resolved', handling_due_on = NULL")


@dataclass(frozen=True)
class Try:
    """Statements on a case in some state, and the word with which the database refuses them, if it does."""

    name: str
    state: str
    statements: tuple[str, ...]
    refused: str | None


def no(name: str, state: str, *statements: str, by: str) -> Try:
    return Try(name, state, statements, by)


def yes(name: str, state: str, *statements: str) -> Try:
    return Try(name, state, statements, None)


REMINDED = """
INSERT INTO reminders (case_id, clock, cycle, rung, result, due_on, fired_on)
VALUES (:id, 'triage', {cycle}, {rung}, 'fired', '2026-03-05', '2026-03-06')
"""
NOTICE = """
INSERT INTO notices (key, kind, user_id, subject, facts, created_at)
SELECT {key}, 'urge', recorded_by_id, number, '{{}}', received_at FROM cases WHERE id = :id
"""
AGAIN = """
INSERT INTO cases (number, village_id, village_name, category, kind, urgency, channel, own_words, client_ref,
    body_digest, workflow_hash, state, final, round, version, owner_id, accepted, reply_owner_id, due_on,
    reply_due_on, overdue, profile, imported, offline, happened_at, recorded_at, received_at, received_on,
    entered_on, last_seq, last_hash)
SELECT {number}, village_id, village_name, category, kind, urgency, channel, {words}, {client_ref},
    body_digest, workflow_hash, {state}, final, 1, {version}, owner_id, accepted, reply_owner_id, due_on,
    reply_due_on, overdue, profile, imported, offline, happened_at, recorded_at, received_at, received_on,
    entered_on, 1, 'again' FROM cases WHERE id = :id
"""
BEGUN = """
INSERT INTO history (case_id, seq, action, from_state, to_state, facts, happened_at, recorded_at, received_at,
                     stored_at, case_digest, prev_hash, hash, key_id)
SELECT id, 1, 'register', NULL, state, '{}', happened_at, recorded_at, received_at, received_at, 'digest', '',
       'again', 'test'
FROM cases WHERE last_hash = 'again'
"""
ITS_COMPLAINANT = FURTHER.replace("WHERE id = :id", "WHERE last_hash = 'again'").format(due="due_on")


def again(**other: str) -> str:
    """Return a second case like the one there is, but for the columns named here."""
    values = {"number": "'SL-2026-0999'", "client_ref": "'other'", "state": "state", "version": "1"}
    return AGAIN.format(**{**values, "words": "own_words", **other})


def run(db: Database, case: Case, statements: Iterable[str]) -> None:
    """Send statements in one transaction."""
    with db.transaction() as session:
        for statement in statements:
            session.execute(text(statement), {"id": case.id} if ":id" in statement else {})


def hold(db: Database, case: Case, one: Try) -> None:
    """Send the statements and fail unless they are refused, or allowed, as the row of the table says."""
    if one.refused is None:
        run(db, case, one.statements)
        return
    with pytest.raises(IntegrityError) as refused:
        run(db, case, one.statements)
    assert one.refused in str(refused.value.orig).lower()
