"""Give out what is kept of one person, to be handed to that person (PIPL art. 45; docs/security.md).

Never anything of another complainant, and nothing that officials wrote among themselves: notes, reasons,
written reports, and whom a matter is about. That it was given out stands in the history of the registers.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from accounts import history
from accounts.access.actor import Actor
from accounts.models import Unit
from cases.access import identities
from cases.configuration.case_rules import CountyRules
from cases.history.entries import Entry
from cases.history.read_facts import load_facts
from cases.history.readable_facts import complainants_of
from cases.models.case import Case, Complainant
from cases.models.correspondence import (
    AddedWords,
    Attachment,
    CategoryAnswer,
    ContactAttempt,
    Reply,
    ReturnVisit,
    Unreachable,
)
from cases.models.receipt_codes import SelfRating
from cases.retention.find_person import find_people, same_person
from core.errors import Conflict, NotFound
from core.persistence.db import Base
from core.sealing.personal_keys import PersonalKeys
from roster.models import Household

SUBJECT, ACTION = "people", "export"
#: What was said to somebody and by them, each with the columns that are given out.
TOLD: Mapping[type[Base], tuple[str, tuple[str, ...]]] = {
    Reply: ("replies", ("round", "final", "channel", "text", "said_at", "received_at")),
    ReturnVisit: ("return_visits", ("round", "heard", "rating", "words", "received_at")),
    SelfRating: ("self_ratings", ("round", "rating", "words", "received_at")),
    AddedWords: ("added_words", ("text", "received_at")),
    ContactAttempt: ("attempts", ("round", "stands_for", "mode", "words", "received_at")),
    Unreachable: ("unreachable", ("round", "stands_for", "attempts", "received_at")),
}
MATTER = ("number", "village_name", "category", "kind", "channel", "state", "outcome", "received_at")
PERSON = (
    *("confidential", "anonymous", "own_words", "joined_at", "rating", "withdrawn"),
    *("unreachable", "reply_due_on"),
)
FILE = ("id", "name", "media_type", "size", "sha256", "received_at")


def export_person(
    session: Session,
    *,
    actor: Actor,
    rules: CountyRules,
    who: str,
    name: str | None = None,
    village: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Return what is kept of a person who is asked for by name, telephone or the number of a case.

    `name` tells several people of one telephone or case apart. Raises NotFound where nobody is found, what
    `find_people` raises, and Conflict `several_people` with the cases where it could be more than one: then a
    telephone, or a name, must say which.
    """
    keys = rules.services.personal_keys
    found = find_people(session, keys, who, name=name, village=village)
    if not found:
        raise NotFound(person=who)
    people = same_person(session, keys, found[0])
    ids = [person.id for person in people]
    if not {person.id for person in found} <= set(ids):
        raise Conflict("several_people", cases=_numbers(session, found))
    matters = {case.id: case for case in session.scalars(select(Case).where(Case.id.in_(_cases_of(people))))}
    shared = _shared(session, matters, ids)
    told = {kind: _rows(session, kind, ids) for kind in TOLD}
    households = _households(session, people)
    result = {
        "made_at": now,
        "people": [
            {
                "case": matters[person.case_id].number,
                "came_with": matters[person.origin_case_id].number,
                "household": households.get(person.household_id or 0),
                "name": identities.shown_name_of(person, keys),
                "phone": identities.phone_of(person, keys),
                **_columns(person, PERSON),
                **{key: told[kind][person.id] for kind, (key, _) in TOLD.items()},
            }
            for person in people
        ],
        "matters": [
            {
                **_columns(case, MATTER),
                "owner": _unit(session, case.owner_id),
                "shared_with_others": case.id in shared,
                "history": _history(session, case, ids, keys),
                **({} if case.id in shared else _alone(session, case)),
            }
            for case in matters.values()
        ],
    }
    history.record(
        session,
        chain=rules.services.chain,
        subject_kind=SUBJECT,
        subject_id=ACTION,
        action=ACTION,
        actor=actor,
        facts={"cases": sorted(case.number for case in matters.values()), "complainants": ids},
        now=now,
    )
    return result


def _cases_of(people: Iterable[Complainant]) -> set[int]:
    return {case for person in people for case in (person.case_id, person.origin_case_id)}


def _numbers(session: Session, people: Iterable[Complainant]) -> list[str]:
    numbers = select(Case.number).where(Case.id.in_({person.case_id for person in people}))
    return list(session.scalars(numbers.order_by(Case.number)))


def _shared(session: Session, cases: Collection[int], ids: Collection[int]) -> set[int]:
    """Return the cases that somebody else raised as well, now or before."""
    others = select(Complainant.case_id, Complainant.origin_case_id).where(
        or_(Complainant.case_id.in_(cases), Complainant.origin_case_id.in_(cases)), Complainant.id.not_in(ids)
    )
    return {case for row in session.execute(others) for case in row}


def _rows(session: Session, kind: Any, ids: Collection[int]) -> Mapping[int, list[dict[str, Any]]]:
    key: InstrumentedAttribute[int] = kind.complainant_id
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in session.scalars(select(kind).where(key.in_(ids)).order_by(kind.id)):
        found[row.complainant_id].append(_columns(row, TOLD[kind][1]))
    return found


def _households(session: Session, people: Iterable[Complainant]) -> dict[int, str]:
    ids = {person.household_id for person in people if person.household_id is not None}
    rows = session.execute(select(Household.id, Household.key).where(Household.id.in_(ids)))
    return {key: value for key, value in rows}


def _unit(session: Session, unit_id: int | None) -> str | None:
    return None if unit_id is None else session.scalars(select(Unit.name).where(Unit.id == unit_id)).one()


def _history(session: Session, case: Case, ids: Collection[int], keys: PersonalKeys) -> list[dict[str, Any]]:
    """Return what was done about these complainants: the action and its moment, without reasons and names."""
    entries = session.scalars(select(Entry).where(Entry.case_id == case.id).order_by(Entry.seq))
    named = [
        entry
        for entry in entries
        if (facts := load_facts(entry, keys)) is not None and not complainants_of(facts).isdisjoint(ids)
    ]
    return [{"action": entry.action, "received_at": entry.received_at} for entry in named]


def _alone(session: Session, case: Case) -> dict[str, Any]:
    """Return what hangs on a case and is this person's, for nobody else raised it: answers and files."""
    answers = session.scalars(select(CategoryAnswer).where(CategoryAnswer.case_id == case.id))
    files = session.scalars(select(Attachment).where(Attachment.case_id == case.id).order_by(Attachment.id))
    return {
        "answers": {row.key: row.value for row in answers},
        "files": [_columns(row, FILE) for row in files],
    }


def _columns(row: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
