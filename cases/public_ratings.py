"""Find what stands beside a matter for the holder of its code: who answered, and how they rated it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import Unit
from cases.configuration.case_rules import CountyRules
from cases.models.case import Case, Complainant
from cases.models.correspondence import Reply, ReturnVisit
from cases.models.receipt_codes import SelfRating
from cases.public_status import find_complainant


@dataclass(frozen=True)
class ComplainantRating:
    """What the holder of a code said of a reply, and on which day.

    `earlier` says that it was in an earlier round or on the case that the holder came from.
    """

    rating: str
    words: str
    earlier: bool
    on: date


@dataclass(frozen=True)
class PublicSurroundings:
    """The units that gave the replies, in the order of the replies, and the holder's own ratings."""

    units: Sequence[str]
    rated: Sequence[ComplainantRating]


def load_surroundings(session: Session, *, rules: CountyRules, code: str) -> PublicSurroundings:
    """Return what belongs to the holder of a code alone; raise NotFound for nobody's."""
    holder = find_complainant(session, rules=rules, code=code)
    units = session.scalars(
        select(Unit.name)
        .select_from(Reply)
        .outerjoin(Unit, Unit.id == Reply.by_unit_id)
        .where(Reply.complainant_id == holder)
        .order_by(Reply.id.desc())
    ).all()
    # What an officer took down may be the officer's own grounds; by the code nobody writes but the holder.
    visits = session.scalars(
        select(ReturnVisit)
        .where(ReturnVisit.complainant_id == holder, ReturnVisit.by_id.is_(None))
        .order_by(ReturnVisit.id)
    ).all()
    own = session.scalars(select(SelfRating).where(SelfRating.complainant_id == holder)).all()
    said: list[ReturnVisit | SelfRating] = [*visits, *own]
    present = session.execute(
        select(Case.id, Case.round)
        .join(Complainant, Complainant.case_id == Case.id)
        .where(Complainant.id == holder)
    ).one()
    said.sort(key=lambda one: one.received_at)
    return PublicSurroundings(
        units=[name or "" for name in units],
        rated=[
            ComplainantRating(
                rating=one.rating,
                words=one.words,
                earlier=(one.case_id, one.round) != tuple(present),
                on=one.received_at.astimezone(rules.zone).date(),
            )
            for one in said
        ],
    )
