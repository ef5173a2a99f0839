"""Keep what is searched of a case by words as its texts stand after an entry, in the same transaction."""

from collections.abc import Collection

from sqlalchemy import Connection

from cases.history.amendment_facts import AmendFacts
from cases.history.facts import (
    AbsorbFacts,
    AddedWordsFacts,
    Facts,
    JoinFacts,
    MergeFacts,
    RegisterFacts,
    ReleaseFacts,
    UnmergeFacts,
)
from cases.history.read_facts import replies_of
from cases.models.case import Case
from cases.persistence import search_index
from cases.vocabulary import SearchedKind

#: What an entry brings, takes away or changes; replies are found in the facts of whatever told them.
CHANGED_BY: dict[type[Facts], Collection[SearchedKind]] = {
    JoinFacts: (SearchedKind.OWN_WORDS,),
    AddedWordsFacts: (SearchedKind.ADDED_WORDS,),
    # Texts go where their complainants go.
    **dict.fromkeys((MergeFacts, AbsorbFacts, UnmergeFacts, ReleaseFacts), tuple(SearchedKind)),
}
OWN_WORDS = "own_words"


def update_searched_texts(connection: Connection, case: Case, facts: Facts) -> None:
    """Write what is searched of a case after a change that is in the database already."""
    if isinstance(facts, RegisterFacts):
        search_index.enter(connection, {case.id: {SearchedKind.OWN_WORDS: [case.own_words]}})
        return
    kinds = changed_kinds(facts)
    if kinds:
        texts = search_index.load_texts(connection, [case.id])[case.id]
        search_index.replace(connection, case.id, {kind: texts[kind] for kind in kinds})


def changed_kinds(facts: Facts) -> Collection[SearchedKind]:
    """Return the kinds of text that an entry with these facts may have changed."""
    if replies_of(facts):
        return (SearchedKind.REPLY,)
    if isinstance(facts, AmendFacts) and facts.field == OWN_WORDS:
        return (SearchedKind.OWN_WORDS,)
    return CHANGED_BY.get(type(facts), ())
