"""Hold the live database against every rule that must never break, and give the counter-examples.

Reads in one snapshot, page by page, with a fixed number of statements for each page of cases; so it can run
beside the daily work and on any number of cases.
"""

import traceback
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from cases.configuration.case_rules import CountyRules
from cases.history import daily_seals
from cases.verification import (
    case_invariants,
    case_snapshots,
    clock_checks,
    database_checks,
    forgotten_words,
    history_checks,
    sealed_identities,
    search_checks,
    tally_checks,
)
from cases.verification.case_snapshots import CaseSnapshot, ReferenceData
from cases.verification.database_checks import Finding
from config.marked_text import MarkedText
from config.marked_text import mark as _

__all__ = ["RULES", "Finding", "verify"]

Rule = Callable[[CaseSnapshot, ReferenceData], Iterator[MarkedText]]

#: The rules of one case, by the name under which a finding is reported (domain.md section 5).
RULES: Mapping[str, Rule] = {
    "owner_and_dates": case_invariants.owner_and_dates,
    "answers": case_invariants.answers,
    "due_dates": case_invariants.due_dates,
    "states": case_invariants.states,
    "rungs": case_invariants.rungs,
    "overdue_marks": case_invariants.overdue_marks,
    "covering": case_invariants.covering,
    "able_owner": case_invariants.able_owner,
    "facts": history_checks.facts_recorded,
    "chain": history_checks.chain,
    "case_row": history_checks.case_row,
    "words_told": history_checks.replies_unchanged,
    "visits": history_checks.visits,
    "attempts": history_checks.attempts,
    "words_heard": history_checks.words_heard,
    "words_added": history_checks.words_added,
    "answers_given": history_checks.answers_unchanged,
    "files": history_checks.files,
    "forgotten": forgotten_words.forgotten,
    "tallies": tally_checks.tally_is_current,
    "search": search_checks.search_is_current,
    "sealed": sealed_identities.identities_are_sealed,
}


def verify(
    session: Session,
    *,
    rules: CountyRules,
    seals_folder: Path | None = None,
    since: datetime | None = None,
    now: datetime | None = None,
    progress: Callable[[int], object] | None = None,
) -> Iterator[Finding]:
    """Yield every counter-example; a sound database gives none.

    `since` looks only at cases with an entry stored since then, and at the seals of those days; the registers
    and the database as a whole are always looked at. `progress` is told how many further cases are done.
    Seals are compared with their files when a folder is given. With `now`, the moment of the installation,
    marks are named that run ahead of it.
    """
    _one_snapshot(session)
    yield from database_checks.missing_guards(session)
    yield from database_checks.duplicate_rows(session)
    yield from database_checks.orphans(session)
    yield from database_checks.definitions(session)
    yield from database_checks.registers(session, rules)
    for fault in daily_seals.check(session, rules=rules, folder=seals_folder, since=since):
        yield Finding("heads", None, fault)
    for number, fault in clock_checks.late_without_gap(session):
        yield Finding("clock", number, fault)
    for fault in tally_checks.wrong_sums(session):
        yield Finding("sums", None, fault)
    today = None if now is None else now.astimezone(rules.zone).date()
    reference = case_snapshots.load_reference_data(session, rules, today=today)
    for page in case_snapshots.load_snapshots(session, rules, since=since):
        for snapshot in page:
            yield from _of_case(snapshot, reference)
        if progress is not None:
            progress(len(page))


def _of_case(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[Finding]:
    for name, rule in RULES.items():
        try:
            for detail in rule(snapshot, reference):
                yield Finding(name, snapshot.case.number, detail)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            # Rows that somebody wrote behind the program's back need not have its form.
            yield Finding(name, snapshot.case.number, _unreadable(error))


def _unreadable(error: Exception) -> MarkedText:
    """Return what stopped a rule and where; the words of the error are English, and not for every reader."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    facts = {"error": type(error).__name__, "place": f"{Path(frame.filename).name}:{frame.lineno}"}
    return MarkedText(_("数据不合程序的格式，读不了（{error}，{place}）"), facts)


def _one_snapshot(session: Session) -> None:
    """See the database as of one moment; SQLite gives a reader nothing else."""
    if session.get_bind().dialect.name == "postgresql" and not session.in_transaction():
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
