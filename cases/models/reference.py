"""The tables of what a county decided: the definitions that cases run under, and the working days."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.persistence.db import Base, UTCDateTime


class WorkflowDefinition(Base):
    """A definition that cases run under, kept whole so that a case can keep its own."""

    __tablename__ = "workflow_definitions"

    hash: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    version: Mapped[int]
    body: Mapped[str]
    adopted_at: Mapped[datetime] = mapped_column(UTCDateTime)


class WorkflowState(Base):
    """A state of a definition, for the database's own checks."""

    __tablename__ = "workflow_states"
    __table_args__ = (UniqueConstraint("hash", "state", "final"),)

    hash: Mapped[str] = mapped_column(ForeignKey("workflow_definitions.hash"), primary_key=True)
    state: Mapped[str] = mapped_column(primary_key=True)
    final: Mapped[bool]
    answered: Mapped[bool]


class WorkflowStep(Base):
    """A pair of states that some step of a definition joins; an empty source is the beginning."""

    __tablename__ = "workflow_steps"

    hash: Mapped[str] = mapped_column(ForeignKey("workflow_definitions.hash"), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    target: Mapped[str] = mapped_column(primary_key=True)


class CalendarDay(Base):
    """A day that differs from the plain week: a holiday, or a weekend day at work (调休)."""

    __tablename__ = "calendar_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    name: Mapped[str]
    source: Mapped[str]


class CalendarYear(Base):
    """A year whose notice is entered; other years count weekends and the statutory days."""

    __tablename__ = "calendar_years"

    year: Mapped[int] = mapped_column(primary_key=True)
    notice: Mapped[str]
    revision: Mapped[int]
