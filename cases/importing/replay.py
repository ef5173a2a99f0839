"""Let one imported row live through the life cycle: registered, assigned on the same day, answered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.access.actor import Actor
from accounts.access.permissions import Role
from accounts.models import Area, Unit
from accounts.register_values import KnownArea, KnownUnit
from accounts.vocabulary import AreaLevel
from cases.configuration.case_rules import CountyRules
from cases.importing.row_reader import Record
from cases.intake import registration, submission
from cases.lifecycle import take_step
from cases.lifecycle.action_values import AssignValues, ComplainantEntry, OutcomeValues, ReplyEntry
from cases.models.case import Case
from cases.models.correspondence import Reply
from cases.responsibility.able_people import load_able_people
from cases.responsibility.covering_units import load_covering_units
from cases.responsibility.receiving_unit import find_receiver
from config.vocabulary import UnitKind
from core.errors import Invalid

#: In which role a unit acts on a case it owns, by the kind of the unit.
ROLE_OF_UNIT: Mapping[str, Role] = {
    UnitKind.TEAM: Role.TEAM_LEADER,
    UnitKind.COMMITTEE: Role.COMMITTEE,
    UnitKind.TOWNSHIP: Role.COORDINATOR,
    UnitKind.DEPARTMENT: Role.DEPARTMENT,
    UnitKind.LEADING_GROUP: Role.LEADER,
}


@dataclass(frozen=True)
class Known:
    """What a row became that went in before: the case's number, its digest, and the final replies it has."""

    number: str
    digest: str
    replies: frozenset[tuple[str, datetime]]

    def says(self, record: Record, digests: Sequence[str]) -> bool:
        """Return whether a row still says what it said when it went in; of a forgotten one nobody knows."""
        if not self.digest:
            return True
        if self.digest not in digests:
            return False
        return record.reply is None or (record.reply, record.replied) in self.replies


@dataclass(frozen=True)
class ImportPlaces:
    """The units of an import, looked up once for each transaction, and who acts for them."""

    session: Session
    actor: Actor
    found: dict[tuple[str, str], tuple[Actor, Actor]]

    def stand_ins(self, village: str, unit: str) -> tuple[Actor, Actor]:
        """Return who receives and assigns a village's rows, and who answers them for a unit.

        Both are the person who imports, in the place and role of the unit that did it in its day. Raises
        Invalid for a code that does not exist.
        """
        key = (village, unit)
        if key not in self.found:
            self.found[key] = self._find_actors(village, unit)
        return self.found[key]

    def require_able(self, unit_id: int) -> None:
        """Raise Invalid for a unit in which nobody may act on an open matter."""
        if not load_able_people(self.session, unit_id):
            raise Invalid({"unit": ["unit_without_people"]})

    def _find_actors(self, village: str, unit: str) -> tuple[Actor, Actor]:
        place = self.session.scalars(
            select(Area).where(Area.code == village, Area.level == AreaLevel.VILLAGE)
        ).first()
        if place is None:
            raise Invalid({"village": ["unknown_village"]})
        handler = self.session.scalars(select(Unit).where(Unit.code == unit, Unit.active)).first()
        if handler is None:
            raise Invalid({"unit": ["unknown_unit"]})
        receiver = find_receiver(
            load_covering_units(self.session, place.path),
            unit_id=self.actor.unit_id,
            village=KnownArea.of(place),
            besides=frozenset({handler.id}),
        )
        return self._acting(receiver, Role.TEAM_LEADER), self._acting(
            KnownUnit.of(handler), ROLE_OF_UNIT[handler.kind]
        )

    def _acting(self, unit: KnownUnit, role: Role) -> Actor:
        area = self.session.get_one(Area, unit.area_id)
        return replace(
            self.actor,
            unit_id=unit.id,
            unit_code=unit.code,
            area_path=area.path,
            village_id=area.village_id,
            roles=frozenset({role.value}),
        )


def intake_of(record: Record, *, confidential: bool) -> submission.Intake:
    """Return the submission that a row amounts to; its digest tells whether the row has changed."""
    choices = record.choices
    person = ComplainantEntry(
        household=record.household, name=record.name, phone=record.phone, confidential=confidential
    )
    return submission.Intake(
        village=choices["village"],
        category=choices["category"],
        kind=choices["kind"],
        own_words=record.words,
        client_ref=record.ref,
        complainants=(person,),
        urgency=choices["urgency"],
        channel=choices["channel"],
        happened_at=record.received,
        recorded_at=record.received,
    )


def known_cases(session: Session, refs: Iterable[str]) -> dict[str, Known]:
    """Return the cases that rows became in earlier imports, by reference, in one statement."""
    rows = session.execute(
        select(Case.client_ref, Case.number, Case.body_digest, Reply.text, Reply.said_at)
        .outerjoin(Reply, (Reply.case_id == Case.id) & Reply.final)
        .where(Case.client_ref.in_(list(refs)))
    )
    found: dict[str, Known] = {}
    for ref, number, digest, text, said_at in rows:
        before = found[ref].replies if ref in found else frozenset()
        said = frozenset({(text, said_at)}) if text is not None else frozenset()
        found[ref] = Known(number, digest, before | said)
    return found


def replay_row(
    session: Session,
    *,
    rules: CountyRules,
    places: ImportPlaces,
    record: Record,
    entry: submission.Intake,
    now: datetime,
) -> None:
    """Register a row's case at the time it was received, assign it that day, and answer it when it was.

    Without a reply the case stays assigned. Whatever the verbs raise goes through; a unit that has nobody for
    an open case is Invalid too.
    """
    receiver, handler = places.stand_ins(record.choices["village"], record.choices["unit"])
    if record.reply is None and handler.unit_id is not None:
        places.require_able(handler.unit_id)
    made = registration.register(
        session, actor=receiver, rules=rules, intake=entry, now=record.received, stored_at=now, imported=True
    )
    number = made.case.number
    take_step.take_step(
        session,
        actor=receiver,
        rules=rules,
        number=number,
        action="assign",
        values=AssignValues(unit=record.choices["unit"]),
        now=record.received,
        stored_at=now,
        imported=True,
    )
    if record.reply is None or record.replied is None:
        return
    channel = record.choices["reply_channel"]
    said = tuple(ReplyEntry(person, channel, record.reply) for person in made.codes)
    take_step.take_step(
        session,
        actor=handler,
        rules=rules,
        number=number,
        action="resolve",
        values=OutcomeValues(outcome=record.choices["outcome"], replies=said),
        now=record.replied,
        stored_at=now,
        imported=True,
    )
