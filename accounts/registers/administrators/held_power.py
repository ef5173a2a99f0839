"""Tell at whose account no administrator gets alone: who has a guarded role, or had one until lately."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.history import RegisterEntry

#: For so long after a guarded role was taken away a new password takes two, as before (docs/decisions/0055):
#: who took it away alone could otherwise come in, propose it again and have it.
STAYS = timedelta(days=30)
#: The entries that say which roles a user had before, and which after.
CHANGES_OF_ROLES = ("changed", "roles_confirmed")


def needs_second(
    session: Session, *, actor: Actor, user_id: int, roles: Collection[str], now: datetime
) -> bool:
    """Return whether a second administrator must agree to a new password of somebody with these roles."""
    if actor.user_id is None or policy.needs_second(actor, roles):
        return actor.user_id is not None
    changes = session.scalars(
        select(RegisterEntry.facts).where(
            RegisterEntry.subject_kind == "user",
            RegisterEntry.subject_id == str(user_id),
            RegisterEntry.action.in_(CHANGES_OF_ROLES),
            RegisterEntry.recorded_at > now - STAYS,
        )
    )
    return any(policy.needs_second(actor, facts["roles"][0]) for facts in changes if "roles" in facts)
