"""Say what a unit still owes, so that nobody closes it or lets its last person go (domain.md section 3)."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.models import Area, Unit
from accounts.registers.units import superior_chain
from cases.access.visibility import counted_for
from cases.models.case import Case
from cases.responsibility.held_cases import hold_cases


def owes_replies(session: Session, unit_id: int) -> bool:
    """Return whether a unit owes a reply, or the return visit after it, on an open case."""
    owed = select(Case.id).where(Case.reply_owner_id == unit_id, ~Case.final)
    return session.scalars(owed.limit(1)).first() is not None


def in_use(session: Session, unit_id: int) -> bool:
    """Return whether a unit owes a reply, owns an open case or is the last superior of one that handles one.

    Such a one cannot be closed; until the end of the transaction nobody acts on a case.
    """
    hold_cases(session)
    return (
        owes_replies(session, unit_id) or _owns_cases(session, unit_id) or _is_last_superior(session, unit_id)
    )


def open_in(session: Session, path: str, *, actor: Actor) -> int:
    """Count the open cases of an area and of all below it, as far as the actor may count them.

    Until the end of the transaction nobody acts on a case.
    """
    hold_cases(session)
    statement = select(func.count()).select_from(Case).join(Area, Area.id == Case.village_id)
    statement = statement.where(~Case.final, policy.below(Area.path, path))
    return session.scalars(counted_for(statement, actor)).one()


def _owns_cases(session: Session, unit_id: int) -> bool:
    return (
        session.scalars(select(Case.id).where(Case.owner_id == unit_id, ~Case.final).limit(1)).first()
        is not None
    )


def _is_last_superior(session: Session, unit_id: int) -> bool:
    """Return whether open cases of the units below could go to nobody above any more."""
    if any(unit.active for unit in superior_chain(session, unit_id)):
        return False
    handled = (
        select(Case.id)
        .join(Unit, Unit.id == Case.owner_id)
        .where(~Case.final, Unit.superior_id == unit_id, Case.owner_id != Case.reply_owner_id)
    )
    return session.scalars(handled.limit(1)).first() is not None
