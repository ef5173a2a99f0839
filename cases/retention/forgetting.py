"""Forget what villagers said and who they are once it has been kept long enough (docs/decisions/0050).

Words become a mark, files go, and what stands beside the entries of the history loses its words; numbers,
days, states and digests stay, and so do figures, lists and chains. Each case gets an entry that says it.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from msgspec import UNSET
from sqlalchemy import JSON, BindParameter, Update, bindparam, exists, or_, select, update
from sqlalchemy.orm import Session

from accounts.access.actor import SYSTEM
from cases import attachments
from cases.configuration.case_rules import CountyRules
from cases.history.amendment_facts import ForgetFacts
from cases.history.entries import Entry, load_last
from cases.history.facts_json import holds_plain_words
from cases.lifecycle.change import Change
from cases.lifecycle.commit_change import CommitRule, commit_change
from cases.lifecycle.context import CaseContext, Moment
from cases.lifecycle.loading import load_context
from cases.models.case import Round
from cases.models.correspondence import Attachment
from cases.persistence import search_index
from cases.retention.due_cases import ACTION, Limits, all_groups, is_still_due
from cases.retention.personal_columns import OF_TWO, PERSONAL, How, PersonalColumns
from cases.vocabulary import FORGOTTEN, SearchedKind
from core.errors import Invalid, NotFound
from core.persistence.db import Base, Database
from core.persistence.exclusive_run import exclusive_run
from core.sealing.sealed_columns import SealedText

#: Nothing of the matter moves and nobody is told; but whoever saw its words before is out of date.
FORGETTING = CommitRule(updates_dates=False, wakes=False, informs=False)
RUN = "people-forget"
VALUES = {How.MARK: FORGOTTEN, How.NOTHING: None, How.EMPTY: ""}


def _marking(kind: type[Base], name: str) -> Update:
    """Return the statement that puts the mark in the place of all words in a column of a case's rows."""
    table = Base.metadata.tables[kind.__tablename__]
    column, statement = table.c[name], update(table).values({name: FORGOTTEN})
    if kind in OF_TWO:
        here, other = table.c.case_id, table.c.other_id
        gone = [
            exists().where(ENTRIES.c.case_id == one, ENTRIES.c.action == ACTION).correlate(table)
            for one in (here, other)
        ]
        return statement.where(or_(here == CASE, other == CASE), *gone)
    said = () if isinstance(column.type, JSON) else (column != "",)
    return statement.where(table.c.case_id == CASE, column.is_not(None), *said)


ENTRIES = Base.metadata.tables[Entry.__tablename__]
CASE: BindParameter[int] = bindparam("case")
FILES = select(Attachment.sha256).where(Attachment.case_id == CASE, Attachment.name != FORGOTTEN)
#: What the last entry of the case allows, once it says that the case is forgotten.
MARKING = [
    _marking(kind, name)
    for kind, personal in {**PERSONAL, **OF_TWO}.items()
    if not personal.with_the_case
    for name in personal.columns
]
BESIDE = update(ENTRIES).where(ENTRIES.c.case_id == CASE, ENTRIES.c.action != ACTION).values(personal=[])
#: What else holds words of some cases, by their numbers, and is taken away in the same transaction.
Clear = Callable[[Session, Sequence[str]], object]


@dataclass
class Forgotten:
    """What a run forgot: cases, entries that lost words, and entries of earlier versions that keep theirs."""

    cases: int = 0
    entries: int = 0
    plain: int = 0
    files: int = 0


def count_due(db: Database, *, rules: CountyRules, before: date, now: datetime) -> int:
    """Count the cases that `forget` would forget now; raises Invalid for a day that has not come."""
    limits = _limits(rules, before, now)
    with db.reading() as session:
        return sum(len(group) for group in all_groups(session, limits))


def forget(
    db: Database,
    *,
    rules: CountyRules,
    before: date,
    now: datetime,
    clear: Clear,
    progress: Callable[[int], object] = lambda done: None,
) -> Forgotten:
    """Forget all cases of which nothing has come in since the day `before`; open matters are spared.

    A case is forgotten with those that went up in it, in one transaction; what was done stays done when the
    run ends early, and the next one goes on. `clear` takes away what others keep of the cases. Raises Invalid
    for a day that has not come, and Conflict while another run is under way.
    """
    limits = _limits(rules, before, now)
    done = Forgotten()
    with exclusive_run(db, RUN):
        with db.reading() as session:
            groups = list(all_groups(session, limits))
        for group in groups:
            each = partial(_forget_group, rules=rules, limits=limits, numbers=group, now=now, clear=clear)
            found = db.apply(each)
            done.cases += found.cases
            done.entries += found.entries
            done.plain += found.plain
            done.files += attachments.remove_forgotten(db, rules=rules, hashes=found.hashes, now=now)
            progress(found.cases)
        if done.cases:
            with db.transaction() as session:
                search_index.compact(session.connection())
    return done


@dataclass
class _Group:
    cases: int = 0
    entries: int = 0
    plain: int = 0
    hashes: tuple[str, ...] = ()


def _limits(rules: CountyRules, before: date, now: datetime) -> Limits:
    if before > now.astimezone(rules.zone).date():
        raise Invalid({"before": ["in_the_future"]})
    return Limits.of(before, zone=rules.zone, now=now)


def _forget_group(
    session: Session,
    *,
    rules: CountyRules,
    limits: Limits,
    numbers: Sequence[str],
    now: datetime,
    clear: Clear,
) -> _Group:
    """Forget cases that went up in each other, unless something has happened to them meanwhile."""
    moment = Moment.at(now, rules.zone)
    done = _Group()
    try:
        contexts = [
            load_context(session, actor=SYSTEM, rules=rules, number=number, moment=moment)
            for number in numbers
        ]
    except NotFound:
        return done
    if not is_still_due(session, limits, numbers):
        return done
    for context in contexts:
        if load_last(session, context.case.id, 1)[0].action != ACTION:
            _forget(context, limits.before, done)
    clear(session, numbers)
    return done


def _forget(context: CaseContext, before: date, done: _Group) -> None:
    """Forget one case: what its entry is about, then the entry, and then what the entry allows to go."""
    session, case = context.session, context.case
    beside, plain = _entries_with_words(session, case.id)
    change = Change.of(context)
    rounds = session.scalars(select(Round).where(Round.case_id == case.id)).all()
    for row in (case, *change.complainants, *rounds):
        _empty(row, PERSONAL[type(row)])
    facts = ForgetFacts(before=before, entries=beside, plain=plain or UNSET)
    commit_change(change, ACTION, facts, FORGETTING)
    connection = session.connection()
    hashes = connection.scalars(FILES, {"case": case.id}).all()
    for statement in MARKING:
        connection.execute(statement, {"case": case.id})
    connection.execute(BESIDE, {"case": case.id})
    search_index.replace(connection, case.id, dict.fromkeys(SearchedKind, ()))
    done.cases += 1
    done.entries += beside
    done.plain += plain
    done.hashes += tuple(hashes)


def _entries_with_words(session: Session, case_id: int) -> tuple[int, int]:
    """Count the entries of a case that have words beside them, and those that hold words in their facts."""
    columns = (Entry.action, Entry.facts, Entry.personal)
    rows = session.execute(select(*columns).where(Entry.case_id == case_id)).all()
    return sum(bool(row.personal) for row in rows), sum(
        holds_plain_words(row.action, row.facts) for row in rows
    )


def _empty(row: Base, personal: PersonalColumns) -> None:
    """Put into a row what comes in the place of its words; what was empty stays so."""
    for name, how in personal.columns.items():
        if getattr(row, name) is not None:
            setattr(row, name, secrets.token_hex(32) if how is How.ANOTHER else _emptied(row, name, how))


def _emptied(row: Base, name: str, how: How) -> SealedText | str | None:
    """Return what comes in the place of a value; the mark stands in the clear also among sealed ones."""
    value = VALUES[how]
    sealed = isinstance(getattr(row, name), SealedText)
    return SealedText(value) if sealed and value is not None else value
