"""The tables of areas, units, users and their tokens."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, and_, case, exists, text
from sqlalchemy.orm import Mapped, column_property, mapped_column

from accounts.vocabulary import AreaLevel, ProposalOutcome, ProposedAct
from config.vocabulary import UnitKind
from core.chain import LATER
from core.persistence.db import Base, UTCDateTime, quoted


class Area(Base):
    """A county, township, village or villager group (组): first of all the extent of a person's authority.

    `path` holds the codes from the top down, as in `/SX/MA/SL/`, so that a subtree is a prefix. An area that
    was merged or renamed keeps its row, with the day it ended and the area that followed it, and lies below
    that one from then on: whoever is in charge of the new one is in charge of what is old. The declared
    totals stand beside what the register counts; they are never mixed.
    """

    __tablename__ = "areas"
    __table_args__ = (
        CheckConstraint(f"level IN ({quoted(AreaLevel)})", name="level"),
        CheckConstraint("length(code) > 0 AND code = upper(code)", name="code_upper_case"),
        CheckConstraint("length(name) > 0", name="name_present"),
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="parent_is_another"),
        CheckConstraint("path LIKE '/%/' AND path LIKE '%/' || code || '/'", name="path_ends_in_code"),
        CheckConstraint("successor_id IS NULL OR successor_id <> id", name="successor_is_another"),
        CheckConstraint("successor_id IS NULL OR valid_until IS NOT NULL", name="succeeded_has_ended"),
        CheckConstraint(
            "valid_from IS NULL OR valid_until IS NULL OR valid_from <= valid_until", name="ends_after_start"
        ),
        CheckConstraint(
            "coalesce(land_mu, 0) >= 0 AND coalesce(groups_declared, 0) >= 0"
            " AND coalesce(households_declared, 0) >= 0 AND coalesce(population_declared, 0) >= 0",
            name="totals_not_negative",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    level: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"), index=True)
    path: Mapped[str] = mapped_column(unique=True)
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    land_mu: Mapped[int | None]
    groups_declared: Mapped[int | None]
    households_declared: Mapped[int | None]
    population_declared: Mapped[int | None]

    if TYPE_CHECKING:
        #: The area's own id when it is a single village; None for any other, also for one with a merged one.
        village_id: Mapped[int | None]


_merged = Area.__table__.alias("merged")
_is_single = and_(
    Area.level == AreaLevel.VILLAGE,
    ~exists().where(_merged.c.parent_id == Area.id, _merged.c.level == AreaLevel.VILLAGE),
)
Area.village_id = column_property(case((_is_single, Area.id)))


class Unit(Base):
    """An organisation that can own a case; it has one area and one superior, the top one has none.

    `phone` is the telephone that villagers may call; it stands on the slips of the matters it receives.
    """

    __tablename__ = "units"
    __table_args__ = (
        CheckConstraint(f"kind IN ({quoted(UnitKind)})", name="kind"),
        CheckConstraint("length(code) > 0 AND length(name) > 0", name="code_and_name_present"),
        CheckConstraint("superior_id IS NULL OR superior_id <> id", name="superior_is_another"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    area_id: Mapped[int] = mapped_column(ForeignKey("areas.id"), index=True)
    superior_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    active: Mapped[bool] = mapped_column(default=True)
    phone: Mapped[str | None] = mapped_column(info={LATER: True})


class User(Base):
    """A person in one unit with one or more roles; without a password hash nobody signs in as that person.

    `password_given` says that somebody else chose the password, so that it must be changed at the first
    sign-in, and `password_set_at` when it was chosen, which earlier versions did not note; until the day
    `factor_postponed_until` nobody asks for a second factor that the roles require.
    """

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("length(username) > 0 AND username = lower(username)", name="username_lower_case"),
        CheckConstraint("length(name) > 0", name="name_present"),
        CheckConstraint("email IS NULL OR email LIKE '%_@_%'", name="email_has_an_at"),
        CheckConstraint(
            "password_hash IS NULL OR password_hash LIKE '$argon2id$%'", name="password_hash_is_argon2id"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    email: Mapped[str | None]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    roles: Mapped[list[str]] = mapped_column(JSON(none_as_null=True))
    head: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    password_hash: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    password_given: Mapped[bool | None] = mapped_column(info={LATER: True})
    factor_postponed_until: Mapped[date | None] = mapped_column(info={LATER: True})
    password_set_at: Mapped[datetime | None] = mapped_column(UTCDateTime, info={LATER: True})


class FormerMember(Base):
    """A unit that somebody was in, until they were moved: what named it meanwhile stays hidden from them."""

    __tablename__ = "former_members"
    __table_args__ = (
        Index("ix_former_members_user", "user_id", "unit_id"),
        Index("ix_former_members_unit", "unit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    left_at: Mapped[datetime] = mapped_column(UTCDateTime)


class UsedPassword(Base):
    """The hash of a password that somebody had or has, kept where one may not come again so soon."""

    __tablename__ = "used_passwords"
    __table_args__ = (
        CheckConstraint("password_hash LIKE '$argon2id$%'", name="password_hash_is_argon2id"),
        Index("ix_used_passwords_user", "user_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    password_hash: Mapped[str]
    set_at: Mapped[datetime] = mapped_column(UTCDateTime)


class UserProposal(Base):
    """What one administrator proposes of a user's account and another one has to agree to.

    Either other `roles`, in the place of those it had `before`, or another password. It is open until it has
    ended, and no longer than it says.
    """

    __tablename__ = "user_proposals"
    __table_args__ = (
        CheckConstraint(f"act IN ({quoted(ProposedAct)})", name="act"),
        CheckConstraint(
            "(act = 'roles') = (roles IS NOT NULL AND before IS NOT NULL)", name="roles_of_roles"
        ),
        CheckConstraint("expires_at > proposed_at", name="expires_after_proposal"),
        CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="ended_with_outcome"),
        CheckConstraint(f"outcome IS NULL OR outcome IN ({quoted(ProposalOutcome)})", name="outcome"),
        CheckConstraint(
            "outcome IS NULL OR outcome <> 'confirmed' OR ended_by_id IS NULL"
            " OR (ended_by_id <> proposed_by_id AND ended_by_id <> user_id)",
            name="confirmed_by_another",
        ),
        Index(
            "uq_user_proposals_open",
            "user_id",
            "act",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    act: Mapped[str]
    roles: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    before: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: Nobody where whoever runs the server confirmed it by a command.
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    outcome: Mapped[str | None]


class ApiToken(Base):
    """A key for programs; only the SHA-256 of it is kept, for 256 random bits need no slow hash.

    `may` are the names of what it is for; a token of an earlier version has none and may do everything that
    the user may. Without an end are only those that such a version issued while this one was running already.
    """

    __tablename__ = "api_tokens"
    __table_args__ = (
        CheckConstraint("length(token_hash) = 64", name="token_hash_whole"),
        CheckConstraint("expires_at IS NULL OR expires_at > created_at", name="expires_after_creation"),
        Index("ix_api_tokens_user", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    label: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    may: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
