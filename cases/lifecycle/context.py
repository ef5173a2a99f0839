"""Hold one case while somebody acts on it: its rows, the person, the moment, and what they add up to."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.models import Area, Unit
from accounts.registers.units import superior_chain
from cases.configuration.case_rules import CaseRules
from cases.models.case import Case, CaseOwner, Clock, Complainant, Round
from cases.models.correspondence import CategoryAnswer
from cases.persistence import search_index
from cases.persistence.bulk_rows import insert_rows, update_rows
from cases.responsibility.covering_units import CoveringUnits, UnitMember, load_covering_units
from core.errors import Invalid
from core.persistence.db import Base
from workflow.definition.model import Definition
from workflow.working_days import WorkingCalendar

#: Nobody reads such a row again here, so the session need not keep it.
OWNS = insert(Base.metadata.tables[CaseOwner.__tablename__]).inline()
#: The tables of a new case in the order in which their rows can stand.
WRITTEN: list[type[Base]] = [Case, Round, Complainant, Clock, CategoryAnswer]


@dataclass(frozen=True)
class Moment:
    """When something is done: the server's time, what is claimed, and the day on which clocks count it."""

    now: datetime
    happened_at: datetime
    recorded_at: datetime
    stored_at: datetime
    today: date
    imported: bool = False


@dataclass
class Work:
    """A case in somebody's hands: effects change its rows and collect facts and notices until `finish`."""

    session: Session
    rules: CaseRules
    actor: Actor
    moment: Moment
    definition: Definition
    calendar: WorkingCalendar
    case: Case
    round: Round
    clocks: dict[str, Clock]
    complainants: list[Complainant]
    village: Area
    named_units: frozenset[int] = frozenset()
    named_users: frozenset[int] = frozenset()
    facts: dict[str, Any] = field(default_factory=dict)
    notices: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    stays: bool = False
    also: list[tuple["Work", str]] = field(default_factory=list)
    codes: dict[int, str] = field(default_factory=dict)
    revealed: dict[int, str] = field(default_factory=dict)
    units: dict[int, Unit] = field(default_factory=dict)
    found: bool = False
    #: Whether anything may lie in the case's file: words told and heard, notes, attachments, relations.
    any_papers: bool = True
    #: What was answered when the case that is in hand was registered just now.
    answers: dict[str, Any] = field(default_factory=dict)
    #: Rows that `write` brings into the database: new clocks, and all of a case that is being registered.
    fresh: list[Base] = field(default_factory=list)

    def file(self, paper: Base) -> None:
        """Lay something into the case's file."""
        self.session.add(paper)
        self.any_papers = True

    def write(self) -> None:
        """Bring everything of this change into the database, but for its entry in the history."""
        registering = self.case in self.fresh
        insert_rows(self.session, sorted(self.fresh, key=lambda row: WRITTEN.index(type(row))))
        said = {row.id: row.own_words for row in self.fresh if isinstance(row, Complainant)}
        search_index.enter(self.session.connection(), said)
        self.fresh = []
        if registering:
            self._note_owner(self.case.reply_owner_id)
        else:
            update_rows(self.session, [self.case, self.round, *self.clocks.values(), *self.complainants])
        self.session.flush()

    @property
    def today(self) -> date:
        """Give the local day on which this counts."""
        return self.moment.today

    @cached_property
    def over(self) -> CoveringUnits:
        """Give the units over the village and their people, also those the matter is about."""
        return load_covering_units(self.session, self.village.path)

    @property
    def staff(self) -> list[UnitMember]:
        """Give the people over the village, less those the matter is about."""
        return [
            person
            for person in self.over.staff
            if person.user_id not in self.named_users and person.unit_id not in self.named_units
        ]

    def unit(self, unit_id: int) -> Unit:
        """Give a unit, from those in hand when it is one of them."""
        if unit_id not in self.units:
            over = self.over.units if "over" in self.__dict__ else {}
            self.units[unit_id] = over.get(unit_id) or self.session.get_one(Unit, unit_id)
        return self.units[unit_id]

    @property
    def names_actor(self) -> bool:
        """Tell whether the matter is about the person or the person's unit."""
        return self.actor.unit_id in self.named_units or self.actor.user_id in self.named_users

    def in_sight(self) -> bool:
        """Tell whether the person may see the case as it is now in hand.

        One that was found within the person's scope stays there, for neither its place nor the fact that a
        unit has owned it ever changes, unless it has come to name the person.
        """
        owned = self.found or self.actor.unit_id == self.case.owner_id
        return policy.sees(self.actor, path=self.village.path, owned=owned, named=self.names_actor)

    def past_date(self) -> bool:
        """Tell of the case in hand what `filters.past_date` tells of those in the database."""
        late = any(clock.running and clock.due_on < self.today for clock in self.clocks.values())
        return not self.case.final and (self.case.overdue or late)

    @cached_property
    def superiors(self) -> list[Unit]:
        """Give the units above the present owner, nearest first."""
        if self.case.owner_id is None:
            return []
        known = "over" in self.__dict__  # whoever only reads the case has no use for the people over it
        chain = self.over.superiors(self.unit(self.case.owner_id)) if known else None
        return superior_chain(self.session, self.case.owner_id) if chain is None else chain

    def unanswered(self) -> list[Complainant]:
        """Give the complainants who have no final reply, and no record instead of it, in this round."""
        return [person for person in self.complainants if person.answered_round != self.case.round]

    def unvisited(self) -> list[Complainant]:
        """Give the complainants who have had no return visit, and no record instead of it, in this round."""
        return [person for person in self.complainants if person.visited_round != self.case.round]

    def higher_units(self) -> list[Unit]:
        """Give the superiors who may take the case over: active, not named, not owing the reply."""
        return [
            unit
            for unit in self.superiors
            if unit.active and unit.id not in self.named_units and unit.id != self.case.reply_owner_id
        ]

    def own(self, unit_id: int) -> None:
        """Make a unit the owner of the case and remember that it has been."""
        if self.case.owner_id == unit_id:
            return
        self.case.owner_id = unit_id
        self.round.extension_request = None
        self.__dict__.pop("superiors", None)
        self._note_owner(unit_id)

    def _note_owner(self, unit_id: int) -> None:
        since = self.moment.now
        self.session.connection().execute(OWNS, {"case_id": self.case.id, "unit_id": unit_id, "since": since})

    def complainant(self, complainant_id: int, field_name: str = "complainant") -> Complainant:
        """Give the complainant with this id; raise Invalid for one who is not on this case."""
        for person in self.complainants:
            if person.id == complainant_id:
                return person
        raise Invalid({field_name: ["unknown_complainant"]})
