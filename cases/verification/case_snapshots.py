"""Gather everything about a page of cases in a fixed number of statements, to be held against the rules."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import InstrumentedAttribute, Session

from accounts.models import Area, Unit
from cases.configuration.calendar_history import calendars_until_now
from cases.configuration.case_rules import CountyRules
from cases.history.entries import Entry
from cases.history.facts import Facts, MergeFacts
from cases.history.facts_json import FACTS, BadFacts
from cases.history.read_facts import exact_facts, load_facts
from cases.models.case import Case, Clock, Complainant, Named, Related, Reminder, Round
from cases.models.correspondence import (
    AddedWords,
    Attachment,
    CategoryAnswer,
    ContactAttempt,
    Note,
    Reply,
    ReturnVisit,
    Unreachable,
    WrittenReport,
)
from cases.models.named_words import NamedWords
from cases.models.receipt_codes import SelfRating
from cases.models.statistics import Untallied
from cases.persistence import search_index
from cases.responsibility.able_people import load_able_people
from cases.retention.due_cases import ACTION
from cases.statistics import tallies
from cases.vocabulary import SearchedKind, StandsFor
from config.marked_text import MarkedText
from config.marked_text import mark as _
from core.paging import PAGE
from core.persistence.db import Base
from core.sealing.personal_keys import PersonalKeys
from workflow.definition.model import Definition
from workflow.definition.reader import BadDefinition
from workflow.working_days import WorkingCalendar

PAPERS: tuple[Any, ...] = (Note, WrittenReport, NamedWords, Related)
#: Cases looked at together; SQLite takes 32,766 values in a statement.


@dataclass(frozen=True)
class ReferenceData:
    """What all cases are held against: loaded once, for it does not grow with the cases.

    `calendars` are the present working days first, then every earlier version, newest first; `today` is the
    day of the check, None where marks that run ahead of it are not asked for.
    """

    rules: CountyRules
    calendars: Sequence[WorkingCalendar]
    unit_paths: Mapping[int, str]
    area_paths: Mapping[int, str]
    #: The people of each unit who may act on its matters.
    able: Mapping[int, frozenset[int]]
    today: date | None = None
    top_units: frozenset[int] = frozenset()


@dataclass(frozen=True)
class CaseSnapshot:
    """A case with all that hangs on it; `came_with` are those who began here, wherever they are now."""

    case: Case
    definition: Definition
    entries: Sequence[Entry] = ()
    #: What each entry says, and what is wrong with those whose facts are not what their action records.
    entry_facts: Sequence[tuple[Entry, Facts]] = ()
    unreadable: Mapping[int, MarkedText] = field(default_factory=dict)
    clocks: Mapping[str, Clock] = field(default_factory=dict)
    rounds: Mapping[int, Round] = field(default_factory=dict)
    complainants: Sequence[Complainant] = ()
    came_with: Sequence[Complainant] = ()
    replies: Sequence[Reply] = ()
    visits: Sequence[ReturnVisit] = ()
    self_ratings: Sequence[SelfRating] = ()
    added: Sequence[AddedWords] = ()
    unreachable: Sequence[Unreachable] = ()
    attempts: Sequence[ContactAttempt] = ()
    reminders: Sequence[Reminder] = ()
    attachments: Sequence[Attachment] = ()
    named: Sequence[Named] = ()
    answers: Sequence[CategoryAnswer] = ()
    #: Rows with words that nothing else is asked of: notes, written reports, names, relations to later cases.
    papers: Sequence[Base] = ()
    #: Corrections made to the cases that this one was merged into.
    corrected_elsewhere: Sequence[Facts] = ()
    #: What it counts for now, and what it was counted with; `untallied` when an entry waits to be counted.
    counts_for: Mapping[str, Any] = field(default_factory=dict)
    tallied: Mapping[str, Any] | None = None
    untallied: bool = False
    #: What can be found of it by words, and what the index holds of that.
    texts: Mapping[SearchedKind, Sequence[str]] = field(default_factory=dict)
    searched: Mapping[SearchedKind, str] = field(default_factory=dict)

    def final_replies(self, complainant_id: int, round_no: int) -> bool:
        """Return whether a complainant has a final reply, or the record in its place, in a round."""
        return any(
            said.final and said.complainant_id == complainant_id and said.round == round_no
            for said in self.replies
        ) or any(
            record.stands_for == StandsFor.REPLY
            and record.complainant_id == complainant_id
            and record.round == round_no
            for record in self.unreachable
        )

    def visited(self, complainant_id: int, round_no: int) -> bool:
        """Return whether a complainant has had a return visit, or the record in its place, in a round."""
        return any(
            visit.complainant_id == complainant_id and visit.round == round_no for visit in self.visits
        ) or any(
            record.stands_for == StandsFor.VISIT
            and record.complainant_id == complainant_id
            and record.round == round_no
            for record in self.unreachable
        )


def load_reference_data(session: Session, rules: CountyRules, *, today: date | None = None) -> ReferenceData:
    """Load what all cases are held against."""
    areas = {area_id: path for area_id, path in session.execute(select(Area.id, Area.path))}
    units = session.execute(select(Unit.id, Unit.area_id))
    top = session.scalars(select(Unit.id).where(Unit.superior_id.is_(None)))
    return ReferenceData(
        rules=rules,
        calendars=calendars_until_now(session),
        unit_paths={unit_id: areas[area_id] for unit_id, area_id in units if area_id in areas},
        area_paths=areas,
        today=today,
        able=load_able_people(session),
        top_units=frozenset(top),
    )


def load_snapshots(
    session: Session, rules: CountyRules, *, since: datetime | None
) -> Iterator[list[CaseSnapshot]]:
    """Yield all cases, or those with an entry stored since then, page by page."""
    last = 0
    while True:
        statement = select(Case).where(Case.id > last).order_by(Case.id).limit(PAGE)
        if since is not None:
            statement = statement.where(Case.id.in_(select(Entry.case_id).where(Entry.stored_at >= since)))
        page = list(session.scalars(statement.execution_options(populate_existing=True)))
        if not page:
            return
        last = page[-1].id
        yield _gather(session, rules, page)
        session.expunge_all()  # a page that was looked at need not stay in memory


def _gather(session: Session, rules: CountyRules, cases: list[Case]) -> list[CaseSnapshot]:
    ids, keys = [case.id for case in cases], rules.services.personal_keys

    def rows(
        model: Any, key: InstrumentedAttribute[Any], *order: ColumnElement[Any] | Any
    ) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = defaultdict(list)
        statement = select(model).where(key.in_(ids)).order_by(*order)
        for row in session.scalars(statement.execution_options(populate_existing=True)):
            found[getattr(row, key.key)].append(row)
        return found

    entries = rows(Entry, Entry.case_id, Entry.case_id, Entry.seq)
    clocks = rows(Clock, Clock.case_id, Clock.case_id, Clock.clock)
    rounds = rows(Round, Round.case_id, Round.case_id, Round.round)
    people = rows(Complainant, Complainant.case_id, Complainant.id)
    came = rows(Complainant, Complainant.origin_case_id, Complainant.id)
    replies = rows(Reply, Reply.case_id, Reply.id)
    added = rows(AddedWords, AddedWords.case_id, AddedWords.id)
    visits = rows(ReturnVisit, ReturnVisit.case_id, ReturnVisit.id)
    self_ratings = rows(SelfRating, SelfRating.case_id, SelfRating.id)
    unreachable = rows(Unreachable, Unreachable.case_id, Unreachable.id)
    attempts = rows(ContactAttempt, ContactAttempt.case_id, ContactAttempt.id)
    reminders = rows(Reminder, Reminder.case_id, Reminder.case_id, Reminder.clock, Reminder.cycle)
    attachments = rows(Attachment, Attachment.case_id, Attachment.id)
    named = rows(Named, Named.case_id, Named.id)
    answers = rows(CategoryAnswer, CategoryAnswer.case_id, CategoryAnswer.case_id, CategoryAnswer.key)
    papers: dict[int, list[Any]] = defaultdict(list)
    for model in PAPERS:
        for case_id, found in rows(model, model.case_id, *model.__table__.primary_key).items():
            papers[case_id] += found
    counts_for = tallies.load_contributions(session, ids, rules.zone)
    tallied = tallies.load_tallied(session, ids)
    untallied = set(session.scalars(select(Untallied.case_id).where(Untallied.case_id.in_(ids))))
    texts = search_index.load_texts(session.connection(), ids)
    searched = search_index.load_searched(session.connection(), ids)
    definitions = {case.id: _definition(session, rules, case.workflow_hash) for case in cases}
    read = {case.id: _read(entries[case.id], definitions[case.id], keys) for case in cases}
    all_facts = [facts for entry_facts, _ in read.values() for _, facts in entry_facts]
    elsewhere = _corrections(session, all_facts, keys)
    return [
        CaseSnapshot(
            case=case,
            definition=definitions[case.id],
            entries=entries[case.id],
            entry_facts=read[case.id][0],
            unreadable=read[case.id][1],
            clocks={clock.clock: clock for clock in clocks[case.id]},
            rounds={present.round: present for present in rounds[case.id]},
            complainants=people[case.id],
            came_with=came[case.id],
            replies=replies[case.id],
            visits=visits[case.id],
            self_ratings=self_ratings[case.id],
            added=added[case.id],
            unreachable=unreachable[case.id],
            attempts=attempts[case.id],
            reminders=reminders[case.id],
            attachments=attachments[case.id],
            named=named[case.id],
            answers=answers[case.id],
            papers=papers[case.id],
            corrected_elsewhere=[
                correction
                for _, facts in read[case.id][0]
                if isinstance(facts, MergeFacts)
                for correction in elsewhere.get(facts.into, ())
            ],
            counts_for=counts_for[case.id],
            tallied=tallied.get(case.id),
            untallied=case.id in untallied,
            texts=texts[case.id],
            searched=searched[case.id],
        )
        for case in cases
    ]


def _definition(session: Session, rules: CountyRules, digest: str) -> Definition:
    """Return the definition of a case; a broken one is reported by itself, and the present one stands in."""
    try:
        return rules.services.definitions.get(session, digest)
    except (BadDefinition, NoResultFound):
        return rules.definition


def last_forgetting(entries: Sequence[Entry]) -> int:
    """Return the number of the last entry that says that the case was forgotten; 0 for none."""
    return max((entry.seq for entry in entries if entry.action == ACTION), default=0)


def _read(
    entries: Sequence[Entry], definition: Definition, keys: PersonalKeys
) -> tuple[list[tuple[Entry, Facts]], dict[int, MarkedText]]:
    """Return what entries say, and by its number what is wrong with each that says something else."""
    entry_facts: list[tuple[Entry, Facts]] = []
    unreadable: dict[int, MarkedText] = {}
    forgotten = last_forgetting(entries)
    for entry in entries:
        if entry.action not in FACTS and not definition.has_action(entry.action):
            unreadable[entry.seq] = MarkedText(_("没有叫 {action} 的动作"), {"action": entry.action})
            continue
        try:
            entry_facts.append((entry, exact_facts(entry, keys, forgotten=entry.seq < forgotten)))
        except BadFacts as error:
            unreadable[entry.seq] = error.reason
    return entry_facts, unreadable


def _corrections(
    session: Session, all_facts: Iterable[Facts], keys: PersonalKeys
) -> Mapping[str, list[Facts]]:
    """Return the corrections of the cases, by number, into which others were merged."""
    numbers = {facts.into for facts in all_facts if isinstance(facts, MergeFacts)}
    found: dict[str, list[Facts]] = defaultdict(list)
    if numbers:
        statement = (
            select(Case.number, Entry)
            .join(Entry, Entry.case_id == Case.id)
            .where(Case.number.in_(numbers), Entry.action == "amend")
        )
        for number, entry in session.execute(statement.execution_options(populate_existing=True)):
            facts = load_facts(entry, keys)  # a bad one is named with its own case
            if facts is not None:
                found[number].append(facts)
    return found
