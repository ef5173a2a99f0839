"""Who may know the identity of a complainant: one rule, for a row in hand and for a query."""

from sqlalchemy import ColumnElement, or_, true

from accounts.access.actor import Actor
from cases.models.case import Complainant

CONFIDENTIAL_READERS = frozenset({"team_leader", "auditor"})


def may_know(actor: Actor, person: Complainant) -> bool:
    """Tell whether a person may see a complainant's identity (domain.md section 1, confidential)."""
    if not person.confidential:
        return True
    return bool(actor.roles & CONFIDENTIAL_READERS) or (
        actor.user_id is not None and actor.user_id == person.recorded_by_id
    )


def known_to(actor: Actor) -> ColumnElement[bool]:
    """Keep the complainants whose identity this person may know (domain.md section 1, confidential)."""
    if actor.roles & (CONFIDENTIAL_READERS | {"system"}):
        return true()
    if actor.user_id is None:
        return ~Complainant.confidential
    return or_(~Complainant.confidential, Complainant.recorded_by_id == actor.user_id)
