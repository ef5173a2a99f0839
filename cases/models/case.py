"""The tables of a case: the matter itself, its rounds and clocks, and who raised it.

What was said and sent about it stands in `cases.models.correspondence`, evidence in `cases.history.entries`.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from cases.vocabulary import HANDLED_STATES
from config.vocabulary import Urgency
from core.chain import LATER
from core.persistence.db import Base, UTCDateTime, quoted
from core.sealing.sealed_columns import SealedString, SealedText
from workflow.definition.vocabulary import RUNGS, CaseState, Rating, stage_of


def _where(condition: str) -> dict[str, Any]:
    """Keep an index to the rows that meet a condition, on both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Case(Base):
    """One matter (事项).

    The checks say domain.md section 5, invariant 1: an open case has an owner, a reply owner and a date; a
    final one has no date running. `final` is what the definition says of the state. The deferred key to the
    history makes a change without an entry impossible to commit (see `cases.history.entries.OwedEntry`).
    """

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint(
            "final OR (owner_id IS NOT NULL AND reply_owner_id IS NOT NULL AND due_on IS NOT NULL)",
            name="open_is_owned_and_dated",
        ),
        CheckConstraint(
            "NOT final OR (due_on IS NULL AND handling_due_on IS NULL AND reply_due_on IS NULL)",
            name="final_has_no_date",
        ),
        CheckConstraint(
            f"state NOT IN ({quoted(HANDLED_STATES)}) OR owner_id IS NOT NULL",
            name="handler_is_not_reply_owner",
        ),
        CheckConstraint("version >= 1 AND round >= 1 AND last_seq >= 1", name="counters_start_at_one"),
        CheckConstraint("merged_into_id IS NULL OR merged_into_id <> id", name="not_merged_into_itself"),
        CheckConstraint(
            f"(state = '{CaseState.MERGED}') = (merged_into_id IS NOT NULL)", name="merged_has_target"
        ),
        CheckConstraint(f"urgency IN ({quoted(Urgency)})", name="urgency"),
        CheckConstraint("length(own_words) > 0", name="own_words_present"),
        CheckConstraint("length(client_ref) > 0", name="client_ref_present"),
        ForeignKeyConstraint(
            ["workflow_hash", "state", "final"],
            ["workflow_states.hash", "workflow_states.state", "workflow_states.final"],
            name="fk_cases_state_of_definition",
        ),
        ForeignKeyConstraint(
            ["id", "last_seq"],
            ["history.case_id", "history.seq"],
            name="fk_cases_last_entry",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        Index("ix_cases_received", "received_at", "id"),
        Index("ix_cases_village_received", "village_id", "received_at", "id"),
        Index("ix_cases_village_category", "village_id", "category", "received_at", "id"),
        Index("ix_cases_due", "due_on", "id"),
        Index("ix_cases_owner", "owner_id", "due_on"),
        Index("ix_cases_owner_received", "owner_id", "received_at", "id", **_where("owner_id IS NOT NULL")),
        Index("ix_cases_reply_owner", "reply_owner_id", "reply_due_on"),
        Index("ix_cases_received_on", "received_on"),
    )

    # Said explicitly, because the key to the last entry makes SQLAlchemy take this for a foreign key alone.
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    number: Mapped[str] = mapped_column(unique=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("areas.id"))
    village_name: Mapped[str]
    category: Mapped[str]
    kind: Mapped[str]
    urgency: Mapped[str]
    channel: Mapped[str]
    own_words: Mapped[str]
    client_ref: Mapped[str] = mapped_column(unique=True)
    body_digest: Mapped[str]
    workflow_hash: Mapped[str] = mapped_column(ForeignKey("workflow_definitions.hash"))
    state: Mapped[str]
    final: Mapped[bool]
    round: Mapped[int]
    version: Mapped[int]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    accepted: Mapped[bool]
    reply_owner_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    reply_person_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    due_on: Mapped[date | None]
    handling_due_on: Mapped[date | None]
    reply_due_on: Mapped[date | None]
    overdue: Mapped[bool]
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    outcome: Mapped[str | None]
    rating: Mapped[str | None]
    profile: Mapped[str]
    imported: Mapped[bool]
    offline: Mapped[bool]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    happened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    received_on: Mapped[date]
    entered_on: Mapped[date]
    last_seq: Mapped[int]
    last_hash: Mapped[str]
    #: With it the digest of the row holds a digest of the own words; empty in rows of earlier versions.
    words_salt: Mapped[str | None] = mapped_column(info={LATER: True})

    @property
    def stage(self) -> str:
        """The state of the program within which the case stands, where its state is a county's own."""
        return stage_of(self.state)


class Round(Base):
    """One time through the life cycle; reopening begins the next. What the rates of a round need stands here.

    `late` is for ever: a deadline that passed without a final reply stays passed (domain.md section 3).
    """

    __tablename__ = "rounds"
    __table_args__ = (Index("ix_rounds_returned", "case_id", **_where("returns >= 2")),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    opened_on: Mapped[date]
    handling_due_on: Mapped[date | None]
    late: Mapped[bool] = mapped_column(default=False)
    extended: Mapped[bool] = mapped_column(default=False)
    answered_on: Mapped[date | None]
    outcome: Mapped[str | None]
    promised_on: Mapped[date | None]
    returns: Mapped[int] = mapped_column(default=0)
    return_until: Mapped[date | None]
    binding: Mapped[bool] = mapped_column(default=False)
    suspensions: Mapped[int] = mapped_column(default=0)
    extensions: Mapped[int] = mapped_column(default=0)
    escalated_to: Mapped[list[int]] = mapped_column(JSON, default=list)
    sent_down_by: Mapped[list[int]] = mapped_column(JSON, default=list)
    extension_request: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    reject_request: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    suspend_request: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class Clock(Base):
    """One of the clocks of a case, with what explains its date.

    Which clocks there are says the definition of the case: a county may have its own.
    `cycle` is the serial number of the period: it grows when the clock starts or its date moves later.
    `next_check_on` is the first day on which the sweep has something to do; NULL costs nothing.
    """

    __tablename__ = "clocks"
    __table_args__ = (
        CheckConstraint("length(clock) > 0", name="clock"),
        CheckConstraint("cycle >= 1", name="cycle_starts_at_one"),
        CheckConstraint("running OR NOT overdue", name="stopped_is_not_overdue"),
        CheckConstraint("(suspended_on IS NULL) = (resume_on IS NULL)", name="suspended_until_a_day"),
        Index("ix_clocks_look", "next_check_on", "case_id", **_where("next_look_on IS NOT NULL")),
        Index(
            # Said to SQLite in the very words that SQLAlchemy asks in, or it would not see that it fits.
            "ix_clocks_running_due",
            "due_on",
            sqlite_where=text("running = 1"),
            postgresql_where=text("running"),
        ),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    clock: Mapped[str] = mapped_column(primary_key=True)
    cycle: Mapped[int] = mapped_column(default=1)
    running: Mapped[bool] = mapped_column(default=True)
    started_on: Mapped[date]
    cycle_on: Mapped[date]
    due_on: Mapped[date]
    basis: Mapped[dict[str, Any]] = mapped_column(JSON)
    moves: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    suspended_on: Mapped[date | None]
    resume_on: Mapped[date | None]
    overdue: Mapped[bool] = mapped_column(default=False)
    next_check_on: Mapped[date | None] = mapped_column("next_look_on", key="next_check_on")


class Complainant(Base):
    """One complainant on a case, with a receipt code, words, replies and a return visit of its own.

    `answered_round` is the last round in which a final reply or a record of being unreachable stands;
    `visited_round` the last in which a return visit, or such a record, does. `handled_by_id` and `handler_id`
    say who may not pay the return visit: the unit that owned the case at the final reply, or the user who
    answered at the door (domain.md section 2, Handlers). Who it is is sealed, a telephone found by keyed
    digests of all of it and of its end (`cases.access.identities`).
    """

    __tablename__ = "complainants"
    __table_args__ = (
        CheckConstraint("answered_round IS NULL OR answered_at IS NOT NULL", name="answered_has_a_time"),
        CheckConstraint(f"rating IS NULL OR rating IN ({quoted(Rating)})", name="rating"),
        Index("ix_complainants_phone_digest", "phone_digest", **_where("phone_digest IS NOT NULL")),
        Index("ix_complainants_phone_end_digest", "phone_end_digest", **_where("phone_digest IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    origin_case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("households.id"), index=True)
    name: Mapped[SealedText | None] = mapped_column(SealedString)
    phone: Mapped[SealedText | None] = mapped_column(SealedString)
    confidential: Mapped[bool] = mapped_column(default=False)
    anonymous: Mapped[bool] = mapped_column(default=False)
    own_words: Mapped[str]
    receipt_digest: Mapped[str] = mapped_column(unique=True)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    joined_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reply_due_on: Mapped[date | None]
    reply_basis: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    answered_round: Mapped[int | None]
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    unreachable: Mapped[bool] = mapped_column(default=False)
    visited_round: Mapped[int | None]
    rating: Mapped[str | None]
    withdrawn: Mapped[bool] = mapped_column(default=False)
    phone_digest: Mapped[str | None]
    phone_end_digest: Mapped[str | None]


class CaseOwner(Base):
    """Each unit that owned a case and since when; a department sees what it owns or has owned."""

    __tablename__ = "case_owners"
    __table_args__ = (Index("ix_case_owners_unit", "unit_id", "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    since: Mapped[datetime] = mapped_column(UTCDateTime)


class Named(Base):
    """A unit or user that a matter is about; it neither sees nor owns the case."""

    __tablename__ = "case_named"
    __table_args__ = (
        CheckConstraint("(unit_id IS NULL) <> (user_id IS NULL)", name="either_unit_or_user"),
        # Two indexes, because to a plain unique constraint two NULLs are never the same.
        Index("uq_case_named_unit", "case_id", "unit_id", unique=True, **_where("unit_id IS NOT NULL")),
        Index("uq_case_named_user", "case_id", "user_id", unique=True, **_where("user_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)


class Related(Base):
    """Two cases that have to do with each other; kept once, the lower id first."""

    __tablename__ = "case_relations"
    __table_args__ = (CheckConstraint("case_id < other_id", name="lower_id_first"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, index=True)
    reason: Mapped[str]


class Reminder(Base):
    """One rung of the ladder, fired, skipped or not applicable; the key keeps it from firing twice."""

    __tablename__ = "reminders"
    __table_args__ = (
        CheckConstraint("result IN ('fired', 'skipped', 'not_applicable')", name="result"),
        CheckConstraint(f"rung IN ({quoted(RUNGS)})", name="rung"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    clock: Mapped[str] = mapped_column(primary_key=True)
    cycle: Mapped[int] = mapped_column(primary_key=True)
    rung: Mapped[str] = mapped_column(primary_key=True)
    result: Mapped[str]
    due_on: Mapped[date]
    fired_on: Mapped[date]
