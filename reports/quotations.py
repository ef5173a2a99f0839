"""Let villagers speak for themselves: a few of their own words for each category."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from accounts.actor import Actor
from cases.filters import counted
from cases.models import Case
from cases.scope import visible

EACH = 2


@dataclass(frozen=True)
class Quotation:
    """What somebody said, and the matter it began."""

    number: str
    words: str


def quotations(session: Session, *, actor: Actor, village_id: int) -> Mapping[str, list[Quotation]]:
    """Give the newest words of each category of a village that this person may see; one statement."""
    place = func.row_number().over(
        partition_by=Case.category, order_by=(Case.received_at.desc(), Case.id.desc())
    )
    ranked = (
        visible(select(Case, place.label("place")), actor)
        .where(Case.village_id == village_id, counted())
        .subquery()
    )
    newest = aliased(Case, ranked)
    rows = session.execute(
        select(newest.category, newest.number, newest.own_words)
        .where(ranked.c.place <= EACH)
        .order_by(newest.category, ranked.c.place)
    )
    found: dict[str, list[Quotation]] = defaultdict(list)
    for category, number, words in rows:
        found[category].append(Quotation(number, words))
    return dict(found)
