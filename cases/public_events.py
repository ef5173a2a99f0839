"""Say what a villager is told of the history of the matter: what happened, on which day, what it moved."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from msgspec import UNSET
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import Unit
from cases.history import facts as of
from cases.history.contact_facts import UnreachableFacts
from cases.history.entries import Entry
from cases.history.facts import Facts
from cases.history.own_facts import OwnFacts
from cases.history.read_facts import new_owner, value_or
from cases.lifecycle.context import CaseContext
from cases.lifecycle.own_actions.entered import KEPT_IN
from cases.models.case import Complainant
from cases.public_history import Told, moved_handling, received_on
from cases.vocabulary import StandsFor
from workflow.definition.field_limits import PUBLIC

#: Entries that a villager is told of; everything else is the office's own affair.
SHOWN_ACTIONS = (
    "register",
    "join",
    "add_words",
    "answer",
    "assign",
    "reassign",
    "return",
    "escalate",
    "raise",
    "send_down",
    "extend",
    "suspend",
    "resume",
    "recalculated",
    "amend",
    "absorb",
    "unmerge",
    "urge",
    "supervise",
    "publish",
    "resolve",
    "reopen",
    "confirm",
    "close_reviewed",
    "reject",
    "withdraw",
)
#: Entries of which a villager is told only where they moved a date of theirs.
ONLY_WHEN_MOVED = frozenset({"recalculated", "amend", "absorb"})
#: What is done about a matter that is late, and what moves its date (domain.md section 2).
DONE_ABOUT_IT = frozenset(
    {"reassign", "escalate", "raise", "extend", "suspend", "urge", "supervise", "publish"}
)


@dataclass(frozen=True)
class PublicEntry:
    """What was entered into a field that a definition lets villagers read.

    `label` is what the field is called and `words` what a choice is, by language; `type` is what the field
    holds.
    """

    name: str
    type: str
    value: Any
    label: Mapping[str, str]
    words: Mapping[str, str] | None


@dataclass(frozen=True)
class PublicEvent:
    """One thing that happened, by the name of the step, on a day; `unit` is who has the matter since.

    `due_on` is the day to which it moved the handling date, or that of this villager's reply; `days` by how
    many days, and `provisional` whether a notice may still move it; `promised_on` is the day that a reply
    promised; `clock` is the clock that ran out where the ladder did it, with its name by language in
    `clock_words` where it is the county's own; `words` are the villager's own. `action_words` is what the
    definition says to villagers of an action of the county's own, by language, and `entered` what villagers
    may read of what was entered there.
    `unreached` says that this villager was told nothing of it, for nobody could reach them.
    """

    action: str
    on: date
    unit: str | None
    due_on: date | None = None
    provisional: bool = False
    days: int | None = None
    promised_on: date | None = None
    clock: str | None = None
    words: str | None = None
    unreached: bool = False
    action_words: Mapping[str, str] | None = None
    clock_words: Mapping[str, str] | None = None
    entered: tuple[PublicEntry, ...] = ()

    @property
    def is_about_lateness(self) -> bool:
        """Return whether it was done because the matter is late, or moved its date."""
        return self.action in DONE_ABOUT_IT


def load_public_events(
    session: Session, context: CaseContext, person: Complainant, own: Sequence[Told]
) -> list[PublicEvent]:
    """Return what one complainant is told of what happened to them, oldest first."""
    told = [
        (entry, facts)
        for entry, facts in own
        if (entry.action in SHOWN_ACTIONS or _said_of(context, entry)) and _concerns(entry, facts, person)
    ]
    codes = {new_owner(facts) for _, facts in told}
    named = session.execute(select(Unit.code, Unit.name).where(Unit.code.in_(codes - {None})))
    names: Mapping[str, str] = {unit: name for unit, name in named}
    unreached = _unreached(own, person)
    return [
        replace(
            _event(context, entry, facts, person, names), unreached=(entry.case_id, entry.seq) in unreached
        )
        for entry, facts in told
    ]


def _unreached(own: Sequence[Told], person: Complainant) -> set[tuple[int, int]]:
    """Return, by case and sequence, the entries that tell everybody something and reached not this one."""
    found: set[tuple[int, int]] = set()
    given_up = False
    for entry, facts in own:
        replies = value_or(getattr(facts, "replies", UNSET), ())
        if isinstance(facts, of.ReopenFacts) or any(
            reply.final and reply.complainant == person.id for reply in replies
        ):
            given_up = False
        elif isinstance(facts, UnreachableFacts) and facts.complainant == person.id:
            given_up = given_up or facts.stands_for == StandsFor.REPLY
        elif (isinstance(facts, of.ConfirmFacts) and facts.rating is UNSET) or (
            isinstance(facts, of.OutcomeFacts | of.RejectFacts) and given_up
        ):
            found.add((entry.case_id, entry.seq))
    return found


def _event(
    context: CaseContext, entry: Entry, facts: Facts, person: Complainant, names: Mapping[str, str]
) -> PublicEvent:
    before, after = _moved(facts, person)
    return PublicEvent(
        action=entry.action,
        on=received_on(entry, context.rules.zone),
        unit=names.get(new_owner(facts) or ""),
        due_on=after,
        provisional=context.calendar.is_any_provisional(after),
        days=(after - before).days if before is not None and after is not None else None,
        promised_on=value_or(facts.promised_on, None) if isinstance(facts, of.OutcomeFacts) else None,
        clock=facts.clock if isinstance(facts, of.RungFacts) else None,
        words=_own_demand(facts, person),
        action_words=_said_of(context, entry),
        clock_words=_own_clock(context, facts),
        entered=tuple(_entered(context, entry, facts)),
    )


def _entered(context: CaseContext, entry: Entry, facts: Facts) -> Iterator[PublicEntry]:
    """Yield what was entered into the fields of an action that the definition makes public, in its order."""
    definition = context.definition
    if not isinstance(facts, OwnFacts) or not definition.has_action(entry.action):
        return
    for field in definition.action(entry.action).fields:
        kept = value_or(getattr(facts, KEPT_IN[field["type"]]), {}) if field.get(PUBLIC) else {}
        if field["name"] in kept:
            value, label = kept[field["name"]], {"zh": field["zh"], "en": field["en"]}
            words = field.get("words", {}).get(value) if field["type"] == "choice" else None
            yield PublicEntry(field["name"], field["type"], value, label, words)


def _said_of(context: CaseContext, entry: Entry) -> Mapping[str, str] | None:
    """Return what the definition says to villagers of an action of the county's own, if anything."""
    definition = context.definition
    said = definition.action(entry.action).public if definition.has_action(entry.action) else None
    return said._asdict() if said is not None else None


def _own_clock(context: CaseContext, facts: Facts) -> Mapping[str, str] | None:
    clock = context.definition.clocks.get(facts.clock) if isinstance(facts, of.RungFacts) else None
    return {"zh": clock.zh, "en": clock.en} if clock is not None and clock.length is not None else None


def _moved(facts: Facts, person: Complainant) -> tuple[date | None, date | None]:
    """Return the handling date before and after, or that of the reply where only this one moved."""
    handling = moved_handling(facts)
    if handling == (None, None) and isinstance(facts, of.RecalculatedFacts):
        return value_or(facts.reply_dates, {}).get(str(person.id), (None, None))
    return handling


def _own_demand(facts: Facts, person: Complainant) -> str | None:
    """Return why this villager had an ended matter taken up again; a rating's words stand with the rating."""
    if not isinstance(facts, of.ReopenFacts) or value_or(facts.rating, None) is not None:
        return None
    return facts.reason if value_or(facts.complainant, None) == person.id else None


def _concerns(entry: Entry, facts: Facts, person: Complainant) -> bool:
    """Return whether an entry is about the whole matter or this villager, and not another one's own affair.

    A rung that only notes that nobody above could take the matter over is the office's affair, and so is a
    notice of the calendar, a correction or somebody else's matter that moved nothing of this villager's.
    """
    if isinstance(facts, of.RegisterFacts):
        return person.id in facts.complainants
    if isinstance(facts, of.JoinFacts | of.AddedWordsFacts | of.ConfirmFacts):
        return facts.complainant == person.id
    if isinstance(facts, of.AbsorbFacts) and person.id in facts.complainants:
        return True
    if entry.action in ONLY_WHEN_MOVED:
        return _moved(facts, person) != (None, None)
    return not (isinstance(facts, of.RungFacts) and facts.skipped)
