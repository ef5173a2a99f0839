"""Let villagers speak for themselves: a few of their own words for each category."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import desc, select, union_all
from sqlalchemy.orm import Session

from accounts.access.actor import Actor
from accounts.security_log import shown
from accounts.security_log.shown import Event
from cases.access.visibility import visible
from cases.models.case import Case
from cases.queries.filters import counted
from cases.vocabulary import FORGOTTEN

EACH = 2


@dataclass(frozen=True)
class Quotation:
    """What somebody said, and the matter it began."""

    number: str
    words: str


def list_quotations(
    session: Session, *, actor: Actor, village_id: int, categories: Iterable[str]
) -> Mapping[str, list[Quotation]]:
    """Return the newest words, of those not forgotten, of each category of a village that one may see.

    Each category is looked up by itself, for to rank a village's cases one would have to read them all.
    """
    newest = [
        select(
            visible(select(Case.category, Case.number, Case.own_words, Case.received_at, Case.id), actor)
            .where(Case.village_id == village_id, Case.category == category, counted())
            .where(Case.own_words != FORGOTTEN)
            .order_by(Case.received_at.desc(), Case.id.desc())
            .limit(EACH)
            .subquery()
        )
        for category in categories
    ]
    found: dict[str, list[Quotation]] = defaultdict(list)
    if newest:
        rows = union_all(*newest).order_by("category", desc("received_at"), desc("id"))
        for category, number, words, _, _ in session.execute(rows):
            found[category].append(Quotation(number, words))
    if found:
        shown.note(Event.LIST, [one.number for said in found.values() for one in said])
    return dict(found)
