"""A case as it stands for a person at a moment: what guards, effects, notices and pages read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import NAME_READERS, Role, Scope
from accounts.models import Unit
from accounts.register_values import KnownArea, KnownUnit
from accounts.registers.units import superior_chain
from cases.configuration.case_rules import CountyRules
from cases.models.case import Case, Clock, Complainant, Round
from cases.responsibility.able_people import has_able
from cases.responsibility.covering_units import CoveringUnits, UnitMember
from core.errors import Conflict, Invalid
from workflow.definition.model import Definition
from workflow.definition.vocabulary import UNRATED_CLOCKS
from workflow.working_days import WorkingCalendar


@dataclass(frozen=True)
class Moment:
    """When something is done: the server's time, what is claimed, and the day on which clocks count it."""

    now: datetime
    happened_at: datetime
    recorded_at: datetime
    received_at: datetime
    stored_at: datetime
    today: date
    imported: bool = False

    @classmethod
    def at(
        cls,
        now: datetime,
        zone: ZoneInfo,
        *,
        happened_at: datetime | None = None,
        recorded_at: datetime | None = None,
        stored_at: datetime | None = None,
        imported: bool = False,
    ) -> "Moment":
        """Make the moment at which the server received something, on the day of the county's zone.

        `happened_at` and `recorded_at` are claims; `stored_at` is later than `now` for imported history and
        earlier for a sweep before nine that is as at nine: what it writes is dated when it writes it, so that
        nothing that is done before nine comes before it.
        """
        stored_at, today = stored_at or now, now.astimezone(zone).date()
        is_as_at_nine = stored_at < now and stored_at.astimezone(zone).date() == today
        received_at = stored_at if is_as_at_nine else now
        return cls(
            now=now,
            happened_at=happened_at or received_at,
            recorded_at=recorded_at or received_at,
            received_at=received_at,
            stored_at=stored_at,
            today=today,
            imported=imported,
        )


@dataclass(frozen=True)
class CaseContext:
    """A case, the person and the moment, to be read: nothing is changed through it.

    The rows are those of the session; an action writes them through its `Change` alone, and what it leaves is
    another context. `open_names` counts the names of which it is not settled whom they mean. `found` tells
    that the case was found within the person's scope, `has_records` that anything may lie in its file: words
    told and heard, notes, attachments, relations. `answers` are those to the questions of its category where
    the case was registered just now.
    """

    session: Session
    rules: CountyRules
    actor: Actor
    moment: Moment
    definition: Definition
    calendar: WorkingCalendar
    village: KnownArea
    covering: CoveringUnits
    case: Case
    round: Round
    clocks: Mapping[str, Clock]
    complainants: Sequence[Complainant]
    named_units: frozenset[int] = frozenset()
    named_users: frozenset[int] = frozenset()
    former_users: frozenset[int] = frozenset()
    open_names: int = 0
    found: bool = False
    has_records: bool = True
    answers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The local day on which this counts."""
        return self.moment.today

    @property
    def staff(self) -> list[UnitMember]:
        """The people over the village who may know of the matter: not those it is, or may be, about."""
        return [
            person
            for person in self._unnamed
            if not (self.open_names and self._hides_names(person.roles, person.unit_id))
        ]

    @property
    def _unnamed(self) -> list[UnitMember]:
        """The people over the village whom the matter does not name."""
        return [
            person
            for person in self.covering.staff
            if person.user_id not in self.hidden_users and person.unit_id not in self.named_units
        ]

    def _hides_names(self, roles: frozenset[str], unit_id: int | None) -> bool:
        """Return whether a matter with an open name is hidden from somebody of this unit with these roles."""
        scopes = {NAME_READERS[role] for role in Role if role.value in roles and role in NAME_READERS}
        received = Scope.OPEN_NAMES_RECEIVED in scopes and unit_id == self.case.reply_owner_id
        return not received and Scope.OPEN_NAMES not in scopes

    @property
    def is_about_actor(self) -> bool:
        """Whether the matter is about the person or the unit, or may be while a name is not settled."""
        actor = self.actor
        if Role.SYSTEM.value in actor.roles:
            return False
        return self.names_actor or bool(self.open_names and self._hides_names(actor.roles, actor.unit_id))

    @property
    def closed_units(self) -> frozenset[int]:
        """The units that cannot own the matter: named ones, and those all of whose people are named."""
        return self.covering.closed_by(self.named_units, self.hidden_users)

    @property
    def hidden_users(self) -> frozenset[int]:
        """The users whom the matter names, and those who were moved out of a unit that it names."""
        return self.named_users | self.former_users

    @property
    def roles(self) -> frozenset[str]:
        """The roles of the person on this case.

        A leader of a unit that received a matter has there the rights of a team leader (domain.md section 1).
        """
        roles = self.actor.roles
        received = Role.LEADER.value in roles and self.actor.unit_id == self.case.reply_owner_id
        return roles | {Role.TEAM_LEADER.value} if received else roles

    def unit(self, unit_id: int) -> KnownUnit:
        """Find a unit by its id, over the village or elsewhere."""
        return self.covering.units.get(unit_id) or KnownUnit.of(self.session.get_one(Unit, unit_id))

    @property
    def names_actor(self) -> bool:
        """Whether the matter is about the person or the person's unit."""
        return self.actor.unit_id in self.named_units or self.actor.user_id in self.hidden_users

    def is_visible(self) -> bool:
        """Return whether the person may see the case as it is.

        One that was found within the person's scope stays there, for neither its place nor the fact that a
        unit has owned it ever changes, unless it has come to name the person.
        """
        owned = self.found or self.actor.unit_id == self.case.owner_id
        return policy.sees(self.actor, path=self.village.path, owned=owned, named=self.is_about_actor)

    def past_date(self) -> bool:
        """Tell of this case what `filters.past_date` tells of those in the database."""
        late = any(
            clock.running and clock.due_on < self.today
            for clock in self.clocks.values()
            if clock.clock not in UNRATED_CLOCKS
        )
        return not self.case.final and (self.case.overdue or late) and self.is_taken_up()

    def is_taken_up(self) -> bool:
        """Tell of this case what `filters.taken_up` tells of those in the database."""
        swept = any(clock.running and clock.next_check_on is not None for clock in self.clocks.values())
        return not self.case.imported or self.case.overdue or swept

    @property
    def superiors(self) -> list[KnownUnit]:
        """The units above the present owner, nearest first."""
        return [] if self.case.owner_id is None else self.above(self.case.owner_id)

    def above(self, unit_id: int) -> list[KnownUnit]:
        """List the units above a unit, nearest first."""
        chain = self.covering.superiors(self.unit(unit_id))
        return superior_chain(self.session, unit_id) if chain is None else chain

    def has_able(self, unit_id: int) -> bool:
        """Return whether somebody in a unit may act on the case, and is not named in it."""
        return has_able(self._unnamed, unit_id)

    def higher_units(self) -> list[KnownUnit]:
        """List the superiors who may take the case over: active, not empty, not named, of a kind that may.

        By the first rules the unit that owes the reply is none of them, and nobody is where a definition has
        no such state.
        """
        later = self.definition.rules.team_may_handle
        kinds = self.definition.higher_kinds
        return [
            unit
            for unit in self.superiors
            if unit.active
            and unit.kind in kinds
            and unit.id not in self.closed_units
            and (later or unit.id != self.case.reply_owner_id)
            and self.has_able(unit.id)
        ]

    def unanswered(self) -> list[Complainant]:
        """List the complainants without a final reply, or a record instead of it, in this round."""
        return [person for person in self.complainants if person.answered_round != self.case.round]

    def unvisited(self) -> list[Complainant]:
        """List the complainants without a return visit, or a record instead of it, in this round."""
        return [person for person in self.complainants if person.visited_round != self.case.round]

    def complainant(self, complainant_id: int, field_name: str = "complainant") -> Complainant:
        """Find the complainant with this id; raise Invalid for one who is not on this case."""
        for person in self.complainants:
            if person.id == complainant_id:
                return person
        raise Invalid({field_name: ["unknown_complainant"]})

    def not_open(self, action: str, *reasons: str, **facts: Any) -> Conflict:
        """Make the refusal of an action that is not open on the case as it is."""
        case = self.case
        return Conflict(
            "action_not_open",
            action=action,
            reasons=list(reasons),
            **facts,
            state=case.state,
            version=case.version,
        )
