"""Ask the facts of an entry for what several actions record: replies, files, people, the new owner."""

from collections.abc import Mapping
from typing import Any, TypeVar, get_type_hints

import msgspec
from msgspec import UnsetType
from sqlalchemy.sql.elements import ColumnElement

from cases.access.sealed_words import OpenedEntry, SealedEntry, open_words
from cases.history import facts as of
from cases.history.entries import Entry
from cases.history.fact_kinds import holds_personal
from cases.history.facts import Facts, ReplyFact
from cases.history.facts_json import BadFacts, from_entry, unopened, with_words, without_words
from cases.history.own_facts import OwnFacts
from config.marked_text import MarkedText
from config.marked_text import mark as _
from core.sealing.personal_keys import PersonalKeys

T = TypeVar("T")
#: What is wrong with words that were changed, or that stand beside another entry than their own.
NOT_OPENED = MarkedText(_("旁边的话打不开：被改过，或者是别处的"))


def load_facts(entry: SealedEntry, keys: PersonalKeys) -> Facts | None:
    """Read the facts of an entry for a page; None where they are not what the action records.

    Whatever stands there then is not shown, and `verify` names the entry.
    """
    try:
        return from_entry(_opened(entry, keys))
    except BadFacts:
        return None


def exact_facts(sealed: SealedEntry, keys: PersonalKeys, *, forgotten: bool = False) -> Facts:
    """Read the facts of an entry; raise BadFacts also where it says more than its action records.

    So it is where the words beside it are not those that it was chained with. Those of an entry that was
    `forgotten` must be gone; its facts are read without words then, also those that stand in them plainly.
    """
    entry = _opened(sealed, keys)
    facts = from_entry(entry)
    if msgspec.json.decode(msgspec.json.encode(facts)) != with_words(entry.facts, entry.personal):
        raise BadFacts(MarkedText(_("写了这个动作不记的内容")))
    if forgotten:
        if entry.personal:
            raise BadFacts(MarkedText(_("到期该删的话还在旁边")))
        return without_words(entry.action, facts)
    changed = [".".join(map(str, path)) for path in unopened(entry)]
    if changed:
        raise BadFacts(MarkedText(_("旁边的话少了或被改过：{parts}"), {"parts": changed}))
    return facts


def _opened(sealed: SealedEntry, keys: PersonalKeys) -> OpenedEntry:
    try:
        return open_words(sealed, keys)
    except ValueError as error:
        raise BadFacts(NOT_OPENED) from error


def value_or(value: T | UnsetType, default: T) -> T:
    """Return a fact, or the default where the entry does not have it."""
    return default if isinstance(value, UnsetType) else value


def fact_column(kind: type[Facts], name: str) -> ColumnElement[Any]:
    """Return a fact as a column of a statement over entries; raise LookupError for one that there is not.

    Nor is there a column for personal words, which stand beside the entry.
    """
    hint = get_type_hints(kind, include_extras=True).get(name)
    if hint is None or holds_personal(hint):
        raise LookupError(f"{kind.__name__} has no {name}")
    return Entry.facts[name]


def replies_of(facts: Facts) -> tuple[ReplyFact, ...]:
    """Return the replies that came with an entry."""
    if isinstance(facts, of.OutcomeFacts | of.ReplyFacts | of.RejectFacts):
        return value_or(facts.replies, ())
    return ()


def attachments_of(facts: Facts) -> Mapping[str, str]:
    """Return the files that came with an entry, each with the hash of its content."""
    if isinstance(facts, of.RegisterFacts | of.AttachFacts | OwnFacts):
        return value_or(facts.attachments, {})
    return {}


def came_with(facts: Facts) -> Mapping[int, str]:
    """Return the complainants that an entry brought onto the case, each with the digest of their words."""
    if isinstance(facts, of.RegisterFacts):
        return dict.fromkeys(facts.complainants, facts.words)
    return {facts.complainant: facts.words} if isinstance(facts, of.JoinFacts) else {}


def new_owner(facts: Facts) -> str | None:
    """Return the code of the unit that an entry made the owner."""
    if isinstance(facts, of.RungFacts | OwnFacts):
        return value_or(facts.unit, None)
    if isinstance(facts, of.AssignFacts | of.ReassignFacts | of.EscalateFacts):
        return facts.unit
    return None
