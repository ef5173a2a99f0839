"""Say of one case where its history and the rows it speaks of contradict each other."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from msgspec import UnsetType

from cases.history.contact_facts import AttemptFacts, UnreachableFacts
from cases.history.entries import Entry, case_digest, payload
from cases.history.facts import (
    AddedWordsFacts,
    AmendFacts,
    ConfirmFacts,
    RegisterFacts,
    ReopenFacts,
)
from cases.history.read_facts import attachments_of, came_with, replies_of, value_or
from cases.intake.category_answers import answer_digest
from cases.verification.case_snapshots import CaseSnapshot, ReferenceData
from core.chain import row_digest


def chain(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[str]:
    """Each entry is linked to the one before it by a key that is known here."""
    keys = reference.rules.services.chain
    previous = ""
    for entry in snapshot.entries:
        if entry.prev_hash != previous:
            yield f"entry {entry.seq} does not follow the one before it"
        if entry.key_id not in keys.keys:
            yield f"entry {entry.seq} was made with the key {entry.key_id!r}, which is not known here"
        elif keys.link(entry.prev_hash, payload(_content(entry)), entry.key_id) != entry.hash:
            yield f"entry {entry.seq} was changed"
        previous = entry.hash


def case_row(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[str]:
    """The case row is as its last entry left it."""
    del reference
    if not snapshot.entries:
        yield "no history"
        return
    last = snapshot.entries[-1]
    if last.hash != snapshot.case.last_hash:
        yield "the case names another last entry"
    if last.case_digest != case_digest(snapshot.case):
        yield f"the case row was changed after entry {last.seq}"


def facts_recorded(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[str]:
    """Every entry says what its action records, neither more nor less."""
    del reference
    for seq, fault in sorted(snapshot.unreadable.items()):
        yield f"entry {seq}: {fault}"


def replies_unchanged(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[str]:
    """Every reply stands as it was told, and none is missing or added."""
    del reference
    recorded = Counter(
        (said.complainant, said.final, said.channel, said.words)
        for _, facts in snapshot.entry_facts
        for said in replies_of(facts)
    )
    kept = Counter(
        (said.complainant_id, said.final, said.channel, row_digest({"text": said.text}))
        for said in snapshot.replies
    )
    for said in sorted((recorded - kept).elements(), key=repr):
        yield f"a reply to complainant {said[0]} is missing or was changed"
    for said in sorted((kept - recorded).elements(), key=repr):
        yield f"a reply to complainant {said[0]} is not in the history"


def visits(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[str]:
    """Every return visit and every record of being unreachable is in the history."""
    del reference
    recorded: Counter[tuple[Any, Any]] = Counter()
    for _, facts in snapshot.entry_facts:
        if isinstance(facts, ConfirmFacts | ReopenFacts) and not isinstance(facts.rating, UnsetType):
            recorded[value_or(facts.complainant, None), facts.rating] += 1
        elif isinstance(facts, UnreachableFacts):
            recorded[facts.complainant, facts.stands_for] += 1
    kept: Counter[tuple[Any, Any]] = Counter(
        (visit.complainant_id, visit.rating) for visit in snapshot.visits
    ) + Counter((record.complainant_id, record.stands_for) for record in snapshot.unreachable)
    for complainant_id, what in sorted(((recorded - kept) + (kept - recorded)).elements(), key=repr):
        yield f"complainant {complainant_id}: history and records differ about {what}"


def attempts(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[str]:
    """Every failed attempt stands as it was recorded, and none is missing or added."""
    del reference
    recorded: Counter[tuple[int, str, str]] = Counter()
    for _, facts in snapshot.entry_facts:
        if isinstance(facts, AttemptFacts):
            recorded[facts.complainant, facts.mode, facts.words] += 1
        elif isinstance(facts, UnreachableFacts):
            recorded.update((facts.complainant, one.mode, one.words) for one in value_or(facts.recorded, ()))
    kept = Counter((row.complainant_id, row.mode, row.words) for row in snapshot.attempts)
    for complainant_id, _, _ in sorted(((recorded - kept) + (kept - recorded)).elements(), key=repr):
        yield f"an attempt to reach complainant {complainant_id} is missing, changed or not in the history"


def words_heard(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[str]:
    """Every complainant who came with the case is there, with the words that were written down."""
    del reference
    came = {person.id: person for person in snapshot.came_with}
    named: set[int] = set()
    words: dict[int, set[str]] = {}
    for _, facts in snapshot.entry_facts:
        for complainant_id, digest in came_with(facts).items():
            named.add(complainant_id)
            words.setdefault(complainant_id, set()).add(digest)
    corrected = {
        row_digest({"text": facts.after})
        for facts in (*(facts for _, facts in snapshot.entry_facts), *snapshot.corrected_elsewhere)
        if isinstance(facts, AmendFacts) and facts.field == "own_words"
    }
    if named != set(came):
        yield f"complainants {sorted(named ^ set(came))} are in the history or in the table alone"
    for complainant_id in sorted(named & set(came)):
        told = row_digest({"text": came[complainant_id].own_words})
        if told not in words[complainant_id] | corrected:
            yield f"the words of complainant {complainant_id} were changed"


def words_added(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[str]:
    """Everything that villagers added while waiting stands as it came, and nothing else does."""
    del reference
    recorded = Counter(
        (facts.complainant, facts.added)
        for _, facts in snapshot.entry_facts
        if isinstance(facts, AddedWordsFacts)
        for _, facts in snapshot.entry_facts
        if isinstance(facts, AddedWordsFacts)
    )
    kept = Counter((row.complainant_id, row_digest({"text": row.text})) for row in snapshot.added)
    for complainant_id, _ in sorted(((recorded - kept) + (kept - recorded)).elements(), key=repr):
        yield f"words that complainant {complainant_id} added are missing, changed or not in the history"


def answers_unchanged(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[str]:
    """Every answer stands as it was taken down, and none is missing or added."""
    del reference
    recorded: dict[str, str] = {}
    for _, facts in snapshot.entry_facts:
        if isinstance(facts, RegisterFacts):
            recorded.update(value_or(facts.answers, {}))
    kept = {row.key: answer_digest(row.key, row.value) for row in snapshot.answers}
    for key in sorted(recorded.keys() | kept.keys()):
        if recorded.get(key) != kept.get(key):
            yield f"the answer to {key!r}: history and table differ"


def files(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[str]:
    """Every attachment is the one that was handed in, and its file still has that content."""
    recorded: dict[str, str] = {}
    for _, facts in snapshot.entry_facts:
        recorded.update(attachments_of(facts))
    kept = {row.id: row.sha256 for row in snapshot.attachments}
    for attachment_id in sorted(recorded.keys() | kept.keys()):
        if recorded.get(attachment_id) != kept.get(attachment_id):
            yield f"attachment {attachment_id}: history and table differ"
    for attachment_id, sha256 in sorted(kept.items()):
        if not reference.rules.services.files.intact(sha256):
            yield f"attachment {attachment_id}: its file is missing or was changed"


def _content(entry: Entry) -> dict[str, Any]:
    return {column.key: getattr(entry, column.key) for column in Entry.__table__.columns}
