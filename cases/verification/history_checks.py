"""Say of one case where its history and the rows it speaks of contradict each other."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import UnsetType

from cases.history.amendment_facts import AmendFacts
from cases.history.contact_facts import AttemptFacts, UnreachableFacts
from cases.history.entries import Entry, case_digest, payload
from cases.history.facts import (
    AddedWordsFacts,
    ConfirmFacts,
    RegisterFacts,
    ReopenFacts,
)
from cases.history.facts_json import words_digest
from cases.history.read_facts import attachments_of, came_with, replies_of, value_or
from cases.intake.category_answers import answer_digest
from cases.verification.case_snapshots import CaseSnapshot, ReferenceData
from cases.vocabulary import FORGOTTEN, StandsFor
from config.marked_text import Bilingual, MarkedText, mark
from workflow.texts import bilingual_labels

SELF_RATED = "self_rated "
UNREACHABLE: Mapping[str, str] = {
    StandsFor.REPLY: mark("联系不上，代替答复"),
    StandsFor.VISIT: mark("联系不上，代替回访"),
}


def chain(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[MarkedText]:
    """Each entry is linked to the one before it by a key that is known here."""
    keys = reference.rules.services.chain
    previous = ""
    for entry in snapshot.entries:
        if entry.prev_hash != previous:
            yield MarkedText(mark("第 {seq} 条记录接不上前一条"), {"seq": entry.seq})
        if entry.key_id not in keys.keys:
            facts = {"seq": entry.seq, "key": entry.key_id}
            yield MarkedText(mark("第 {seq} 条记录用的密钥 {key} 这里没有"), facts)
        elif keys.link(entry.prev_hash, payload(_content(entry)), entry.key_id) != entry.hash:
            yield MarkedText(mark("第 {seq} 条记录被改过"), {"seq": entry.seq})
        previous = entry.hash


def case_row(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[MarkedText]:
    """The case row is as its last entry left it."""
    del reference
    if not snapshot.entries:
        yield MarkedText(mark("一条记录也没有"))
        return
    last = snapshot.entries[-1]
    if last.hash != snapshot.case.last_hash:
        yield MarkedText(mark("事项上写的最后一条记录不是这一条"))
    if last.case_digest != case_digest(snapshot.case):
        yield MarkedText(mark("事项在第 {seq} 条记录之后被改过"), {"seq": last.seq})


def facts_recorded(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[MarkedText]:
    """Every entry says what its action records, neither more nor less."""
    del reference
    actions = {entry.seq: entry.action for entry in snapshot.entries}
    for seq, fault in sorted(snapshot.unreadable.items()):
        name = bilingual_labels.action(snapshot.definition, actions[seq])
        facts = {"seq": seq, "action": name, "reason": fault}
        yield MarkedText(mark("第 {seq} 条记录（{action}）：{reason}"), facts)


def replies_unchanged(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[MarkedText]:
    """Every reply stands as it was told, and none is missing or added."""
    del reference
    recorded = Counter(
        (said.complainant, said.final, said.channel, said.words)
        for _, facts in snapshot.entry_facts
        for said in replies_of(facts)
    )
    kept = Counter(
        (said.complainant_id, said.final, said.channel, words_digest(said.text)) for said in snapshot.replies
    )
    for said in sorted((recorded - kept).elements(), key=repr):
        yield MarkedText(mark("给反映人 {complainant} 的一次答复少了或被改过"), {"complainant": said[0]})
    for said in sorted((kept - recorded).elements(), key=repr):
        yield MarkedText(mark("给反映人 {complainant} 的一次答复不在记录里"), {"complainant": said[0]})


def visits(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[MarkedText]:
    """Every return visit, rating by a code and record of being unreachable is in the history."""
    del reference
    recorded: Counter[tuple[Any, Any]] = Counter()
    for _, facts in snapshot.entry_facts:
        if isinstance(facts, ConfirmFacts) and facts.self_rated is True:
            recorded[facts.complainant, f"{SELF_RATED}{facts.rating}"] += 1
        elif isinstance(facts, ConfirmFacts | ReopenFacts) and not isinstance(facts.rating, UnsetType):
            recorded[value_or(facts.complainant, None), facts.rating] += 1
        elif isinstance(facts, UnreachableFacts):
            recorded[facts.complainant, facts.stands_for] += 1
    kept: Counter[tuple[Any, Any]] = Counter(
        (visit.complainant_id, visit.rating) for visit in snapshot.visits
    )
    kept += Counter((record.complainant_id, record.stands_for) for record in snapshot.unreachable)
    kept += Counter((said.complainant_id, f"{SELF_RATED}{said.rating}") for said in snapshot.self_ratings)
    for complainant_id, what in sorted(((recorded - kept) + (kept - recorded)).elements(), key=repr):
        differing = {"complainant": complainant_id, "what": _visit(what)}
        yield MarkedText(mark("反映人 {complainant}：「{what}」和记录不一样"), differing)


def _visit(what: str) -> MarkedText | Bilingual:
    """Return the words for a rating, one by a code, or a record of being unreachable."""
    if what in UNREACHABLE:
        return MarkedText(UNREACHABLE[what])
    rating = bilingual_labels.name("rating", what.removeprefix(SELF_RATED))
    return MarkedText(mark("凭回执码评的{rating}"), {"rating": rating}) if SELF_RATED in what else rating


def attempts(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[MarkedText]:
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
        differing = {"complainant": complainant_id}
        yield MarkedText(mark("反映人 {complainant}：没联系上的记录和经过不一样"), differing)


def words_heard(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[MarkedText]:
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
        words_digest(facts.after)
        for facts in (*(facts for _, facts in snapshot.entry_facts), *snapshot.corrected_elsewhere)
        if isinstance(facts, AmendFacts) and facts.field == "own_words"
    }
    if named != set(came):
        alone = {"complainants": sorted(named ^ set(came))}
        yield MarkedText(mark("反映人 {complainants} 只在记录里有，或只在表里有"), alone)
    for complainant_id in sorted(named & set(came)):
        told = words_digest(came[complainant_id].own_words)
        if told not in words[complainant_id] | corrected:
            yield MarkedText(mark("反映人 {complainant} 的原话被改过"), {"complainant": complainant_id})


def words_added(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[MarkedText]:
    """Everything that villagers added while waiting stands as it came, and nothing else does."""
    del reference
    recorded = Counter(
        (facts.complainant, facts.added)
        for _, facts in snapshot.entry_facts
        if isinstance(facts, AddedWordsFacts)
    )
    kept = Counter((row.complainant_id, words_digest(row.text)) for row in snapshot.added)
    for complainant_id, _ in sorted(((recorded - kept) + (kept - recorded)).elements(), key=repr):
        facts = {"complainant": complainant_id}
        yield MarkedText(mark("反映人 {complainant} 补充的话少了、被改过或不在记录里"), facts)


def answers_unchanged(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[MarkedText]:
    """Every answer stands as it was taken down, and none is missing or added."""
    del reference
    recorded: dict[str, str] = {}
    for _, facts in snapshot.entry_facts:
        if isinstance(facts, RegisterFacts):
            recorded.update(value_or(facts.answers, {}))
    kept = {
        row.key: FORGOTTEN if row.value == FORGOTTEN else answer_digest(row.key, row.value)
        for row in snapshot.answers
    }
    for key in sorted(recorded.keys() | kept.keys()):
        if recorded.get(key) != kept.get(key):
            yield MarkedText(mark("追问「{key}」的回答和记录不一样"), {"key": key})


def files(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[MarkedText]:
    """Every attachment is the one that was handed in, and its file, unless forgotten, has that content."""
    recorded: dict[str, str] = {}
    for _, facts in snapshot.entry_facts:
        recorded.update(attachments_of(facts))
    kept = {row.id: row.sha256 for row in snapshot.attachments}
    for attachment_id in sorted(recorded.keys() | kept.keys()):
        if recorded.get(attachment_id) != kept.get(attachment_id):
            yield MarkedText(mark("附件 {attachment} 和记录不一样"), {"attachment": attachment_id})
    present = {row.id: row.sha256 for row in snapshot.attachments if row.name != FORGOTTEN}
    for attachment_id, sha256 in sorted(present.items()):
        if not reference.rules.services.files.intact(sha256):
            yield MarkedText(mark("附件 {attachment} 的文件不见了或被改过"), {"attachment": attachment_id})


def _content(entry: Entry) -> dict[str, Any]:
    return {column.key: getattr(entry, column.key) for column in Entry.__table__.columns}
