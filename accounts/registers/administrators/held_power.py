"""Tell at whose account no administrator gets alone: who has a guarded role, or had one until lately."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.history import RegisterEntry
from accounts.models import Area, Unit, User

#: For so long after a guarded role was taken away a new password takes two, as before (docs/decisions/0055):
#: who took it away alone could otherwise come in, propose it again and have it.
STAYS = timedelta(days=30)
#: The entries that say which roles a user had before, and which after.
CHANGES_OF_ROLES = ("changed", "roles_confirmed")


def needs_second(
    session: Session, *, actor: Actor, user_id: int, roles: Collection[str], now: datetime
) -> bool:
    """Return whether a second administrator must agree to a new password of somebody with these roles."""
    if actor.user_id is None:
        return False
    unit = select(Unit.code).join(User, User.unit_id == Unit.id).where(User.id == user_id)
    held, place = list(roles), session.execute(unit).scalar_one()
    changes = session.scalars(
        select(RegisterEntry.facts)
        .where(
            RegisterEntry.subject_kind == "user",
            RegisterEntry.subject_id == str(user_id),
            RegisterEntry.action.in_(CHANGES_OF_ROLES),
            RegisterEntry.recorded_at > now - STAYS,
        )
        .order_by(RegisterEntry.seq.desc())
    ).all()
    was = [(held, place)]
    for facts in changes:  # back through what the user was, and where
        held, place = facts.get("roles", [held])[0], facts.get("unit", [place])[0]
        was.append((held, place))
    units = select(Unit.code, Area.level).join(Area, Area.id == Unit.area_id)
    levels = dict(session.execute(units.where(Unit.code.in_({place for _, place in was}))).all())
    return any(policy.needs_second(actor, held, levels.get(place, "")) for held, place in was)
