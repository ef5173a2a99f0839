"""Tell the history of a case in words: what happened, by whom, when, and what was said."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from msgspec import UNSET

from accounts.access.permissions import Role
from cases.history.amendment_facts import AmendFacts
from cases.history.contact_facts import UnreachableFacts
from cases.history.entries import OFFLINE_AFTER, Entry
from cases.history.facts import (
    AbsorbFacts,
    AddedWordsFacts,
    ConfirmFacts,
    EscalateFacts,
    Facts,
    JoinFacts,
    RegisterFacts,
    ReopenFacts,
    WithdrawFacts,
)
from cases.history.facts_json import words_digest
from cases.history.own_facts import OwnFacts
from cases.history.read_facts import attachments_of, replies_of, value_or
from cases.history.villager_actions import is_villager_action
from cases.queries.case_detail import CaseDetail
from cases.queries.case_file import FailedAttempt, ReportRecord
from cases.queries.case_history import HistoryEntry
from cases.queries.fact_names import load_names
from core.i18n import mark as _
from web.framework.request_context import PageRequest
from web.timeline.fact_sentences import AND, FactRenderer
from web.timeline.own_sentences import own_sentences
from workflow.definition.model import Definition
from workflow.texts import labels

RUNGS = frozenset({"remind", "urge", "supervise", "publish"})
ICONS: Mapping[str, str] = {
    "register": "ear",
    "answer": "reply",
    "reply": "reply",
    "resolve": "reply",
    "assign": "arrow",
    "reassign": "arrow",
    "accept": "check",
    "escalate": "up",
    "raise": "up",
    "confirm": "check",
    "note": "note",
    "add_words": "ear",
    "attach": "camera",
    "reveal": "eye",
    **dict.fromkeys(("recalculated", "forget", *RUNGS), "clock"),
}
#: What brings people to a case from another one.
BROUGHT = frozenset({"absorb", "unmerge"})
INTERNAL = frozenset({"note", "reveal", *RUNGS})
SAID_BY = _("{family}说的")
ON_CASE = _("记在 {number} 上")
SYSTEM = _("系统")
VILLAGER = _("{term.complainant}，凭回执码")


@dataclass
class EventText:
    """A sentence beside an event: a person's own words, with what stands below them, or the system's."""

    text: str
    said: bool = False
    below: str = ""


@dataclass
class TimelineEntry:
    """One entry as the page shows it; `moment` is when the server received it, `claimed` when it happened."""

    title: str
    icon: str
    who: str
    moment: datetime
    claimed: datetime | None
    internal: bool
    words: list[EventText] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)


def build_timeline(
    page_request: PageRequest,
    entries: Sequence[HistoryEntry],
    detail: CaseDetail,
    families: Mapping[int, str],
    definition: Definition,
) -> list[TimelineEntry]:
    """Return the events of a case, oldest first; one statement has named every unit, user and household.

    `definition` is that of the case, which alone knows what its actions, clocks and fields are called.
    """
    names = load_names(page_request.session, [read.facts for read in entries if read.facts is not None])
    renderer = FactRenderer(page_request, families, names, definition)
    timeline = _Timeline(renderer, _Correspondence(detail), _first_kind(entries, detail.view))
    return [timeline(read) for read in entries if not read.says_nothing]


def _first_kind(entries: Sequence[HistoryEntry], view: Mapping[str, Any]) -> str:
    """Return the kind that a matter was registered with, whatever it was corrected to since."""
    corrected = (
        read.facts.before
        for read in entries
        if isinstance(read.facts, AmendFacts) and read.facts.field == "kind"
    )
    return next(corrected, str(view["kind"]))


class _Correspondence:
    """What lies in the file of the case, found by what an entry says of it."""

    def __init__(self, detail: CaseDetail) -> None:
        view = detail.view
        self.channel: str = view["channel"]
        self.replies = {
            (reply["complainant"], words_digest(reply["text"])): reply
            for reply in view["replies"]
            if reply["case"] is None
        }
        self.visits: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
        for one in view["return_visits"]:
            if one["case"] is not None:
                continue
            self.visits[one["complainant"]].append(one)
        self.self_ratings: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
        for one in view["self_ratings"]:
            self.self_ratings[one["complainant"]].append(one)
        self.notes = list(view["notes"])
        self.added: dict[tuple[int, str], list[str]] = defaultdict(list)
        for one in detail.file.added:
            if one["case"] is None:
                self.added[one["complainant"], words_digest(one["text"])].append(one["text"])
        self.elsewhere = [one for one in detail.file.added if one["case"] is not None]
        self.brought = [one for one in (*view["replies"], *view["return_visits"]) if one["case"] is not None]
        self.files = {one["id"]: one for one in view["attachments"]}
        self.said = {person["id"]: person["own_words"] for person in view["complainants"]}
        self.unreachable = list(detail.file.unreachable)
        self.reports = list(detail.file.reports)

    def attempts(self, facts: UnreachableFacts) -> tuple[FailedAttempt, ...]:
        """Return the attempts of the next record about this complainant."""
        for record in self.unreachable:
            if (record.complainant, record.stands_for) == (facts.complainant, facts.stands_for):
                self.unreachable.remove(record)
                return record.attempts
        return ()

    def report(self, number: str) -> ReportRecord | None:
        """Return the next report of this number."""
        for report in self.reports:
            if report.number == number:
                self.reports.remove(report)
                return report
        return None


@dataclass
class _Timeline:
    """Tell one entry after the other; each takes its part out of the correspondence."""

    renderer: FactRenderer
    correspondence: _Correspondence
    kind: str

    def __call__(self, read: HistoryEntry) -> TimelineEntry:
        entry, page_request = read.entry, self.renderer.page_request
        late = abs(entry.received_at - entry.happened_at) > OFFLINE_AFTER
        event = TimelineEntry(
            title=labels.action(self.renderer.definition, entry.action, page_request.language),
            icon=ICONS.get(entry.action, "dot"),
            who=_who(page_request, read, self.renderer.definition),
            moment=entry.received_at,
            claimed=entry.happened_at if late else None,
            internal=entry.action in INTERNAL,
        )
        if read.facts is not None:
            event.files = [
                self.correspondence.files[one]
                for one in attachments_of(read.facts)
                if one in self.correspondence.files
            ]
            beside = self._beside(read.facts)
            sentences = [*self.renderer.render(read.facts, hidden=read.hidden, beside=beside)]
            if isinstance(read.facts, OwnFacts):
                sentences += own_sentences(self.renderer, entry.action, read.facts)
            event.words = [*map(EventText, sentences), *self._said(read.facts)]
        event.words += self._unbound(entry, read.facts)
        return event

    def _beside(self, facts: Facts) -> dict[str, str]:
        """Return what the records tell beyond the facts: how a matter came, reports, attempts that failed."""
        page_request = self.renderer.page_request
        if isinstance(facts, RegisterFacts):
            return {
                "channel": page_request.called("channel", self.correspondence.channel),
                "kind": page_request.called("kind", self.kind),
            }
        if isinstance(facts, UnreachableFacts):
            return {"tried": self._tried(self.correspondence.attempts(facts))}
        report = self.correspondence.report(facts.report) if isinstance(facts, EscalateFacts) else None
        if report is None:
            return {}
        answered_on = report.answered_on
        return {
            "addressee": report.addressee,
            "sent_on": page_request.day(report.sent_on),
            "answered_on": page_request.day(answered_on) if answered_on is not None else "",
        }

    def _tried(self, attempts: Iterable[FailedAttempt]) -> str:
        page_request = self.renderer.page_request
        return page_request.translate(AND).join(
            f"{page_request.day(one.at.astimezone(page_request.rules.zone).date())} "
            + page_request.called("mode", one.mode)
            for one in attempts
        )

    def _said(self, facts: Facts) -> Iterable[EventText]:
        """Yield the words that people said in an event, and what happened at each attempt to reach them."""
        if isinstance(facts, UnreachableFacts):
            for one in value_or(facts.recorded, ()):
                yield EventText(self._line(self.renderer.render(one)))
        for recorded in replies_of(facts):
            reply = self.correspondence.replies.get((recorded.complainant, recorded.words))
            if reply is not None:
                yield EventText(reply["text"], True, self._line(self.renderer.render(recorded)))
        if isinstance(facts, ConfirmFacts | ReopenFacts):
            person = value_or(facts.complainant, None)
            kept = self.correspondence.visits
            if isinstance(facts, ConfirmFacts) and facts.self_rated is True:
                kept = self.correspondence.self_ratings
            if facts.rating is not UNSET and person is not None and kept[person]:
                heard = kept[person].pop(0)
                if heard["words"]:
                    yield self._quoted(heard["words"], person)
        if isinstance(facts, WithdrawFacts) and value_or(facts.words, ""):
            yield EventText(facts.words, True)
        if isinstance(facts, JoinFacts) and facts.complainant in self.correspondence.said:
            yield self._quoted(self.correspondence.said[facts.complainant], facts.complainant, always=True)
        if isinstance(facts, AddedWordsFacts):
            said = self.correspondence.added[facts.complainant, facts.added]
            if said:
                yield self._quoted(said.pop(0), facts.complainant)

    def _unbound(self, entry: Entry, facts: Facts | None) -> Iterable[EventText]:
        """Yield words that no fact proves: notes, and what was added before a merge brought it here."""
        if entry.action in BROUGHT:
            absorbed = facts.complainants if isinstance(facts, AbsorbFacts) else ()
            brought = absorbed or self.renderer.families
            for one in [
                one for one in self.correspondence.elsewhere if one["received_at"] <= entry.received_at
            ]:
                if one["complainant"] in brought:
                    self.correspondence.elsewhere.remove(one)
                    yield self._quoted(one["text"], one["complainant"], always=True)
            yield from self._brought(entry, brought)
        if entry.action == "note" and self.correspondence.notes:
            yield EventText(self.correspondence.notes.pop(0)["text"])

    def _brought(self, entry: Entry, brought: Container[int]) -> Iterable[EventText]:
        """Yield replies and return visits that came with a complainant, under the number they were given."""
        for one in list(self.correspondence.brought):
            if one["complainant"] not in brought or one["received_at"] > entry.received_at:
                continue
            self.correspondence.brought.remove(one)
            page_request = self.renderer.page_request
            said = one["text"] if "text" in one else one["words"]
            below = page_request.say(ON_CASE, number=one["case"])
            if "rating" in one:
                rating = page_request.called("rating", one["rating"])
                below = self._line([rating, below])
            yield EventText(said, True, below)

    def _quoted(self, text: str, person: int, *, always: bool = False) -> EventText:
        """Quote a complainant, and say who it was where there are several."""
        named = always or self.renderer.several
        family = self.renderer.families.get(person, "")
        below = self.renderer.page_request.say(SAID_BY, family=family) if named and family else ""
        return EventText(text, True, below)

    def _line(self, sentences: Iterable[str]) -> str:
        return self.renderer.page_request.translate(_("，")).join(sentences)


def _who(page_request: PageRequest, read: HistoryEntry, definition: Definition) -> str:
    """Name who did something; whoever did it by the receipt code has no user name, and is not the system."""
    nameless = read.actor == Role.SYSTEM.value
    if nameless and is_villager_action(definition, read.entry.action):
        return page_request.translate(VILLAGER)
    return read.actor_name
