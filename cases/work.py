"""Hold one case while somebody acts on it: its rows, the person, the moment, and what they add up to."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Label, Row, Select, String, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from accounts.actor import Actor
from accounts.models import Area, Unit
from accounts.units import superior_chain
from cases.calendar import REVISION
from cases.models import Case, CaseOwner, Clock, Complainant, Named, Round
from cases.records import ReturnVisit
from cases.rules import Rules
from cases.scope import visible
from core.errors import Invalid, NotFound
from workflow.definition import Definition
from workflow.situation import Situation
from workflow.working_days import WorkingCalendar


def _named(column: InstrumentedAttribute[int | None], label: str) -> Label[str]:
    """Give the ids of those a matter is about as one column, with commas between."""
    ids = func.aggregate_strings(cast(column, String), ",")
    of_case = select(ids).where(Named.case_id == Case.id, column.is_not(None)).correlate(Case)
    return of_case.scalar_subquery().label(label)


NAMED_UNITS = _named(Named.unit_id, "named_units")
NAMED_USERS = _named(Named.user_id, "named_users")
#: The last entry as a statement saw it when it began: another one when it had to wait for the row.
_begun = aliased(Case)
SEEN = select(_begun.last_seq).where(_begun.id == Case.id).correlate(Case).scalar_subquery().label("seen")


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
    rules: Rules
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

    @property
    def today(self) -> date:
        """Give the local day on which this counts."""
        return self.moment.today

    @cached_property
    def superiors(self) -> list[Unit]:
        """Give the units above the present owner, nearest first."""
        return superior_chain(self.session, self.case.owner_id) if self.case.owner_id else []

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
        self.session.add(CaseOwner(case_id=self.case.id, unit_id=unit_id, since=self.moment.now))

    def complainant(self, complainant_id: int, field_name: str = "complainant") -> Complainant:
        """Give the complainant with this id; raise Invalid for one who is not on this case."""
        for person in self.complainants:
            if person.id == complainant_id:
                return person
        raise Invalid({field_name: ["unknown_complainant"]})


def open_work(session: Session, *, actor: Actor, rules: Rules, number: str, moment: Moment) -> Work:
    """Load a case for writing, within what the person may see; the row stays locked until the end.

    Raises NotFound for an unknown number and for one outside the person's scope alike.
    """
    found = case_with(actor, number, SEEN)
    locked = found.with_for_update(of=Case).execution_options(populate_existing=True)
    row = session.execute(locked).one_or_none()
    if row is None or row.seen != row.Case.last_seq:
        # On PostgreSQL whoever waited for the lock gets the case as it is now, but its round and the parties
        # named as they were before the other's change, or nothing when that began a round.
        row = session.execute(locked).one_or_none()
    if row is None:
        raise NotFound(number=number)
    return hold(session, actor=actor, rules=rules, moment=moment, row=row)


def case_with(actor: Actor, number: str, *columns: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """Find a case that this person may see, with its round, its village and whatever decides about it."""
    statement = select(Case, Round, Area, REVISION, NAMED_UNITS, NAMED_USERS, *columns)
    return (
        visible(statement, actor)
        .join(Round, (Round.case_id == Case.id) & (Round.round == Case.round))
        .join(Area, Area.id == Case.village_id)
        .where(Case.number == number)
    )


def hold(session: Session, *, actor: Actor, rules: Rules, moment: Moment, row: Row[Any]) -> Work:
    """Take a case that `case_with` found in hand, with its definition, calendar, clocks and complainants."""
    case, present, village = row.Case, row.Round, row.Area
    clocks = session.scalars(select(Clock).where(Clock.case_id == case.id))
    people = select(Complainant).where(Complainant.case_id == case.id).order_by(Complainant.id)
    return Work(
        session=session,
        rules=rules,
        actor=actor,
        moment=moment,
        definition=rules.definitions.get(session, case.workflow_hash),
        calendar=rules.calendars.at(session, row.calendar_revision),
        case=case,
        round=present,
        clocks={clock.clock: clock for clock in clocks},
        complainants=list(session.scalars(people)),
        village=village,
        named_units=_ids(row.named_units),
        named_users=_ids(row.named_users),
    )


def _ids(joined: str | None) -> frozenset[int]:
    return frozenset(int(one) for one in joined.split(",")) if joined else frozenset()


def relations(work: Work) -> frozenset[str]:
    """Give every relation in which the person stands to the case.

    It is in scope, or it were not loaded, unless it is just being registered and names the one who does it.
    """
    case, actor = work.case, work.actor
    with_the_team = case.final or case.owner_id == case.reply_owner_id
    handling_unit = case.handled_by_id if with_the_team else case.owner_id
    named = actor.unit_id in work.named_units or actor.user_id in work.named_users
    found = set() if named else {"in_scope"}
    if "system" in actor.roles:
        found.add("system")
    if actor.unit_id is not None and actor.unit_id == case.owner_id:
        found.add("owner")
    if any(unit.id == actor.unit_id for unit in work.superiors):
        found.add("superior")
    if actor.unit_id == case.reply_owner_id:
        found.add("reply_owner")
    if not is_handler(work):
        found.add("not_handler")
    if actor.unit_id != handling_unit:
        found.add("not_owner")
    if actor.user_id is not None and actor.user_id == case.recorded_by_id:
        found.add("recorder")
    return frozenset(found)


def is_handler(work: Work) -> bool:
    """Tell whether the person is a handler of any complainant's answer; such a one pays no return visit."""
    actor = work.actor
    return any(
        (actor.unit_id is not None and actor.unit_id == person.handled_by_id)
        or (actor.user_id is not None and actor.user_id == person.handler_id)
        for person in work.complainants
    )


def situation(work: Work) -> Situation:
    """Sum the case and the person up as the one value the engine decides on."""
    case, present = work.case, work.round
    handling, accept = work.clocks.get("handling"), work.clocks.get("accept")
    profile = work.rules.profiles[case.profile]
    return Situation(
        state=case.state,
        round=case.round,
        today=work.today,
        roles=work.actor.roles,
        relations=relations(work),
        complainants=len(work.complainants),
        unanswered=len(work.unanswered()),
        unvisited=len(work.unvisited()),
        merged_in=sum(person.origin_case_id != case.id for person in work.complainants),
        accepted=case.accepted,
        pending_accept=accept is not None and accept.running,
        returns=present.returns,
        return_until=present.return_until,
        binding=present.binding,
        has_superior=bool(work.higher_units()) if case.owner_id else False,
        suspended=handling is not None and handling.suspended_on is not None,
        suspensions=present.suspensions,
        extension_requested=present.extension_request is not None,
        extensions=present.extensions,
        extensions_allowed=profile.extensions,
        handling_due_on=handling.due_on if handling is not None and handling.running else None,
        reject_requested=present.reject_request is not None,
        sent_down_here=case.owner_id in present.sent_down_by,
        explained_rounds=_explained_rounds(work),
        dissatisfied=_dissatisfied(work),
        entered_on=case.entered_on,
        target_open=_target_open(work),
        recorded_on=case.received_on,
    )


def _explained_rounds(work: Work) -> int:
    """Count the rounds that ended in an explanation; only a resolved case of a later round asks for it."""
    if work.case.round < 2:
        return 0
    return len(
        work.session.scalars(
            select(Round.round).where(Round.case_id == work.case.id, Round.outcome == "explained")
        ).all()
    )


def _dissatisfied(work: Work) -> bool:
    if work.case.round < 2:
        return False
    return (
        work.session.scalars(
            select(ReturnVisit.id)
            .where(ReturnVisit.case_id == work.case.id, ReturnVisit.rating == "dissatisfied")
            .limit(1)
        ).first()
        is not None
    )


def _target_open(work: Work) -> bool | None:
    if work.case.merged_into_id is None:
        return None
    target = work.session.get(Case, work.case.merged_into_id)
    return target is not None and not target.final
