"""Check the records every night, keep the result, and notify administrators and auditors of findings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.access.permissions import Role
from accounts.models import Area, Unit, User
from cases.configuration.case_rules import CountyRules
from cases.models.case import Case, Named
from cases.models.verification import VerificationRun
from cases.verification.verify import Finding, verify
from core.persistence.db import Database
from notifications import outbox
from notifications.outbox import Notification, Recipient

KIND = "records_differ"
READERS = frozenset({Role.ADMIN.value, Role.AUDITOR.value, Role.AUDIT_ADMIN.value})
#: So many findings are kept; whoever has more runs the command.
MOST_KEPT = 200


@dataclass(frozen=True)
class NightlyResult:
    """How far back a check looked, at how many cases, and how much it found."""

    since: datetime | None
    looked_at: int
    found: int


def run(db: Database, *, rules: CountyRules, seals_folder: Path, now: datetime) -> NightlyResult:
    """Check what was recorded since the last check began; the first one looks at everything.

    Keeps the result, and puts a notice into the inbox of administrators and auditors when there is a finding.
    """
    with db.reading() as session:
        last = last_run(session)
    since = last.run_at if last is not None else None
    looked_at = 0

    def count(number: int) -> None:
        nonlocal looked_at
        looked_at += number

    with db.reading() as session:
        given = verify(session, rules=rules, seals_folder=seals_folder, since=since, now=now, progress=count)
        findings = list(given)
    with db.transaction() as session:
        row = VerificationRun(
            run_at=now,
            since=since,
            looked_at=looked_at,
            found=len(findings),
            findings=[one.to_json() for one in findings[:MOST_KEPT]],
        )
        session.add(row)
        session.flush()  # the notices name the run
        outbox.enqueue_all(session, _notices(session, row.id, findings), now=now)
    return NightlyResult(since, looked_at, len(findings))


def last_run(session: Session) -> VerificationRun | None:
    """Load the last check, or None before the first."""
    return session.scalars(select(VerificationRun).order_by(VerificationRun.id.desc()).limit(1)).first()


def known_to(
    session: Session, findings: Sequence[Finding], *, user_id: int | None, unit_id: int | None
) -> list[Finding]:
    """Leave out what lies in matters that name the reader, who must not know of them."""
    if not findings:
        return []
    named = (Named.user_id == user_id) | (Named.unit_id == unit_id)
    numbers = {one.case for one in findings if one.case is not None}
    hidden = set(
        session.scalars(
            select(Case.number).join(Named, Named.case_id == Case.id).where(named, Case.number.in_(numbers))
        )
    )
    return [one for one in findings if one.case not in hidden]


def _notices(session: Session, run_id: int, findings: Sequence[Finding]) -> list[Notification]:
    """Make a notice for each reader, with how much of it they may know of; none where that is nothing."""
    found = []
    for recipient, unit_id in _readers(session) if findings else ():
        mine = known_to(session, findings, user_id=recipient.user_id, unit_id=unit_id)
        if mine:
            facts = {"found": len(mine)}
            found.append(Notification(KIND, (recipient,), "verify", facts, f"{KIND}:{run_id}"))
    return found


def _readers(session: Session) -> list[tuple[Recipient, int]]:
    """List the administrators and auditors outside of whose area nothing lies, with their units."""
    paths = list(session.scalars(select(Area.path)))
    rows = session.execute(
        select(User.id, User.email, User.unit_id, User.roles, Area.path)
        .join(Unit, Unit.id == User.unit_id)
        .join(Area, Area.id == Unit.area_id)
        .where(User.active)
        .order_by(User.id)
    )
    return [
        (Recipient(user_id, email), unit_id)
        for user_id, email, unit_id, roles, path in rows
        if READERS & set(roles) and all(one.startswith(path) for one in paths)
    ]
