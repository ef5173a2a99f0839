"""Who may know the identity of a complainant: one rule, for a row in hand and for a query."""

from sqlalchemy import ColumnElement, or_, true

from accounts.access.actor import Actor
from accounts.access.permissions import Role
from cases.models.case import Complainant

CONFIDENTIAL_READERS = frozenset({Role.TEAM_LEADER, Role.AUDITOR, Role.SYSTEM})


def knows_everybody(actor: Actor) -> bool:
    """Return whether a person's roles let them see every complainant (domain.md section 1, confidential)."""
    return bool(actor.roles & CONFIDENTIAL_READERS)


def may_know(actor: Actor, person: Complainant) -> bool:
    """Return whether a person may see a complainant's identity; `known_to` says the same to the database."""
    recorded = actor.user_id is not None and person.recorded_by_id == actor.user_id
    return knows_everybody(actor) or not person.confidential or recorded


def known_to(actor: Actor) -> ColumnElement[bool]:
    """Keep the complainants whose identity this person may know; `may_know` says the same of one in hand."""
    if knows_everybody(actor):
        return true()
    if actor.user_id is None:
        return ~Complainant.confidential
    return or_(~Complainant.confidential, Complainant.recorded_by_id == actor.user_id)
