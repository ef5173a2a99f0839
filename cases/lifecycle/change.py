"""What an action changes of a case before it is committed, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import Integer, String, bindparam, cast, exists, insert, or_, select

from accounts.access.permissions import ACTING_ROLES
from accounts.models import User
from cases.history.facts import AbsorbFacts, Facts, ReleaseFacts, ReplyFact, TakeNamesFacts
from cases.lifecycle.context import CaseContext
from cases.lifecycle.duties import Duties
from cases.models.case import Case, CaseOwner, Clock, Complainant, Round
from core.persistence.db import Base, ReadAgain, UTCDateTime

#: Nobody reads such a row again here, so the session need not keep it.
OWNS = insert(Base.metadata.tables[CaseOwner.__tablename__]).inline()
_MAY_ACT = or_(*(cast(User.roles, String).contains(f'"{role}"') for role in sorted(ACTING_ROLES)))
#: The same as long as somebody in the unit may act; the register may have changed since it was read.
OWNS_WHILE_ABLE = OWNS.from_select(
    ["case_id", "unit_id", "since"],
    select(
        bindparam("case_id", type_=Integer),
        bindparam("unit_id", type_=Integer),
        bindparam("since", type_=UTCDateTime()),
    ).where(exists().where(User.unit_id == bindparam("unit_id", type_=Integer), User.active, _MAY_ACT)),
).execution_options(preserve_rowcount=True)


@dataclass
class RecordedFacts:
    """What the parts of an action record for its entry, whoever calls them; empty for what did not happen."""

    due_dates: dict[str, tuple[date, date]] = field(default_factory=dict)
    replies: list[ReplyFact] = field(default_factory=list)
    named_units: list[str] = field(default_factory=list)
    named_users: list[int] = field(default_factory=list)
    named_words: list[str] = field(default_factory=list)
    settled_words: list[str] = field(default_factory=list)
    attachments: dict[str, str] = field(default_factory=dict)
    reply_owner: str = ""

    @property
    def names_anybody(self) -> bool:
        """Whether somebody was named, or a name settled."""
        return bool(self.named_units or self.named_users or self.named_words or self.settled_words)

    def added_to(self, facts: Facts) -> Facts:
        """Put what was recorded into the facts of the action; a TypeError where they have no place for it."""
        recorded: Mapping[str, Any] = {
            "due_dates": self.due_dates,
            "replies": tuple(self.replies),
            "named_units": tuple(self.named_units),
            "named_users": tuple(self.named_users),
            "named_words": tuple(self.named_words),
            "settled_words": tuple(self.settled_words),
            "attachments": self.attachments,
            "reply_owner": self.reply_owner,
        }
        return replace(facts, **{name: value for name, value in recorded.items() if value})


@dataclass
class Change:
    """A case while one action changes it: effects write its rows and collect what is to be recorded and told.

    It begins as the context has it. `keeps_state` says that the step does not move the state yet, `linked`
    are the changes of other cases that this one brings with it. Nothing of it is in the database before
    `commit_change`, but for what an effect needs to stand. `duties` says who owed what before it.
    """

    before: CaseContext
    duties: Duties
    round: Round
    clocks: dict[str, Clock]
    complainants: list[Complainant]
    named_units: frozenset[int]
    named_users: frozenset[int]
    former_users: frozenset[int]
    open_names: int
    has_records: bool
    answers: Mapping[str, Any] = field(default_factory=dict)
    recorded: RecordedFacts = field(default_factory=RecordedFacts)
    notices: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    keeps_state: bool = False
    linked_changes: list["LinkedChange"] = field(default_factory=list)
    codes: dict[int, str] = field(default_factory=dict)
    revealed: dict[int, str] = field(default_factory=dict)
    #: Rows that the session does not know: new clocks, and all of a case that is being registered.
    new_rows: list[Base] = field(default_factory=list)

    @classmethod
    def of(cls, context: CaseContext) -> "Change":
        """Begin a change of a case."""
        return cls(
            before=context,
            duties=Duties.of(context),
            round=context.round,
            clocks=dict(context.clocks),
            complainants=list(context.complainants),
            named_units=context.named_units,
            named_users=context.named_users,
            former_users=context.former_users,
            open_names=context.open_names,
            has_records=context.has_records,
            answers=context.answers,
        )

    @property
    def case(self) -> Case:
        """The case that is changed."""
        return self.before.case

    @property
    def context(self) -> CaseContext:
        """The case as the change has left it so far."""
        return replace(
            self.before,
            round=self.round,
            clocks=self.clocks,
            complainants=self.complainants,
            named_units=self.named_units,
            named_users=self.named_users,
            former_users=self.former_users,
            open_names=self.open_names,
            has_records=self.has_records,
            answers=self.answers,
        )

    def add_record(self, record: Base) -> None:
        """Put a record into the case's file."""
        self.before.session.add(record)
        self.has_records = True

    def set_owner(self, unit_id: int) -> None:
        """Make a unit the owner of the case and remember that it has been."""
        if self.case.owner_id == unit_id:
            return
        self.case.owner_id = unit_id
        self.round.extension_request = self.round.suspend_request = None
        self.record_owner(unit_id)

    def record_owner(self, unit_id: int) -> None:
        """Remember that a unit has owned the case, which it may see from then on."""
        self.before.session.connection().execute(OWNS, self._ownership(unit_id))

    def record_receiver(self) -> None:
        """Remember the unit that receives a new case; a unit in which somebody may act has somebody still.

        Raises ReadAgain where its last person was let go while the case was being written: who changes the
        register holds the cases meanwhile, so what this statement sees is what has come of it.
        """
        unit_id, moment = self.case.reply_owner_id, self.before.moment
        if moment.imported or not self.context.has_able(unit_id):
            self.record_owner(unit_id)
            return
        done = self.before.session.connection().execute(OWNS_WHILE_ABLE, self._ownership(unit_id))
        if done.rowcount == 0:
            raise ReadAgain

    def _ownership(self, unit_id: int) -> dict[str, Any]:
        return {"case_id": self.case.id, "unit_id": unit_id, "since": self.before.moment.now}


@dataclass(frozen=True)
class LinkedChange:
    """What an action on one case does to another, which gets an entry of its own."""

    change: Change
    action: str
    facts: AbsorbFacts | ReleaseFacts | TakeNamesFacts


@dataclass(frozen=True)
class ActionResult:
    """What came of an action: the case as it is now, and what is shown this one time, by complainant id."""

    context: CaseContext
    codes: Mapping[int, str] = field(default_factory=dict)
    revealed: Mapping[int, str] = field(default_factory=dict)

    @property
    def case(self) -> Case:
        """The changed case."""
        return self.context.case
