"""Show the history of one case, of each entry what its reader may know."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.access.actor import Actor
from accounts.access.permissions import Role
from accounts.models import User
from accounts.security_log import shown
from accounts.security_log.shown import Event
from cases.access.confidentiality import may_know
from cases.history import facts_json
from cases.history.entries import Entry
from cases.history.facts import Facts
from cases.history.known_references import load_known_references
from cases.history.read_facts import load_facts
from cases.history.readable_facts import KnownReferences, readable_facts
from cases.history.villager_actions import is_villager_action
from cases.lifecycle.context import CaseContext
from cases.models.case import Case
from cases.queries.case_list import get_case
from cases.queries.external_ids import ExternalId, with_external_ids
from core.sealing.personal_keys import PersonalKeys
from workflow.definition.model import Definition

#: What an entry of these actions says is that another case has to do with this one, or names somebody.
SAY_NO_MORE = frozenset({"relate", "take_names"})


@dataclass(frozen=True)
class HistoryEntry:
    """One entry of a history as a person may read it.

    `facts` is what it says without what this person may not read, or None where the database holds something
    else; `hidden` names the fields that lost something.
    """

    entry: Entry
    actor: str
    actor_name: str
    facts: Facts | None
    hidden: frozenset[str] = frozenset()

    @property
    def says_nothing(self) -> bool:
        """Whether the entry says no more than what this person may not know, and nothing else happened."""
        return self.entry.action in SAY_NO_MORE and bool(self.hidden)


def load_history(
    session: Session,
    *,
    actor: Actor,
    keys: PersonalKeys,
    number: str,
    system: str = "",
    case: Case | None = None,
    context: CaseContext | None = None,
) -> list[HistoryEntry]:
    """Return the entries of a case in order, each with what of its facts this person may read.

    `keys` open the words beside them, `system` is what the program itself is called, which has no name of its
    own; `case` is the row when the caller has found it in the person's scope already, `context` all of it,
    which spares a statement.
    """
    case = case or get_case(session, actor=actor, number=number)
    shown.note(Event.CASE, [case.number])
    rows = session.execute(
        select(Entry, User.username, User.name)
        .outerjoin(User, User.id == Entry.actor_id)
        .where(Entry.case_id == case.id)
        .order_by(Entry.seq)
    )
    read = [(entry, load_facts(entry, keys), username, name) for entry, username, name in rows]
    known = load_known_references(
        session,
        actor=actor,
        told=[facts for _, facts, _, _ in read if facts is not None],
        case=case,
        known=_in_hand(context),
    )
    found = []
    for entry, facts, username, name in read:
        shown_name = system if entry.actor_id is None else name or ""
        told = readable_facts(facts, _own(known, entry, actor)) if facts is not None else None
        found.append(
            HistoryEntry(
                entry,
                username or "system",
                shown_name,
                told.facts if told is not None else None,
                told.hidden if told is not None else frozenset(),
            )
        )
    return found


def _in_hand(context: CaseContext | None) -> KnownReferences:
    """Return what the reader of a case may know: the units over its village, and who is on the case."""
    if context is None:
        return KnownReferences()
    return KnownReferences(
        units=frozenset(unit.code for unit in context.covering.units.values()),
        users=frozenset(person.user_id for person in context.covering.staff),
        complainants=frozenset(person.id for person in context.complainants),
        identities=frozenset(person.id for person in context.complainants if may_know(context.actor, person)),
    )


def _own(known: KnownReferences, entry: Entry, actor: Actor) -> KnownReferences:
    """Let whoever corrected who a complainant is read what they wrote."""
    return replace(known, households=True) if entry.actor_id == actor.user_id else known


def history_view(
    session: Session,
    *,
    actor: Actor,
    keys: PersonalKeys,
    number: str,
    system: str = "",
    villager: str = "",
    case: Case | None = None,
    definition: Definition | None = None,
    external: ExternalId | None = None,
) -> list[dict[str, Any]]:
    """Return the entries of a case in order, as they were chained, in the form of the interface.

    With a definition, what a villager did by the receipt code is told as a villager's, whose name is the word
    in `villager`. `external` gives the form that ids have outside; without it they are those of the rows.
    """
    return [
        {
            "seq": read.entry.seq,
            "action": read.entry.action,
            **_actor_of(read, definition, villager),
            "from": read.entry.from_state,
            "to": read.entry.to_state,
            "facts": _facts(read, external),
            "happened_at": read.entry.happened_at,
            "recorded_at": read.entry.recorded_at,
            "received_at": read.entry.received_at,
            "prev_hash": read.entry.prev_hash,
            "hash": read.entry.hash,
        }
        for read in load_history(session, actor=actor, keys=keys, number=number, system=system, case=case)
    ]


def _actor_of(read: HistoryEntry, definition: Definition | None, villager: str) -> dict[str, str]:
    """Name who did something; who did it by the receipt code has no user name, and is not the system."""
    nameless = definition is not None and read.entry.actor_id is None
    if nameless and definition is not None and is_villager_action(definition, read.entry.action):
        return {"actor": Role.VILLAGER.value, "actor_name": villager}
    return {"actor": read.actor, "actor_name": read.actor_name}


def _facts(read: HistoryEntry, external: ExternalId | None) -> dict[str, Any]:
    """Return the facts under the keys of the database, without what is hidden, and nothing of bad ones."""
    if read.facts is None:
        return {}
    told = facts_json.to_json(read.facts)
    if external is not None:
        told = with_external_ids(type(read.facts), told, external)
    return {name: value for name, value in told.items() if value or name not in read.hidden}
