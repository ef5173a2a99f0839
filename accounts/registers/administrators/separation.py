"""Hold an installation against the profile that separates its administrators."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import User
from config.profiles import SEPARATE, SecurityProfile
from core.errors import Conflict


def list_unfit(session: Session, profile: SecurityProfile) -> list[str]:
    """List the active users, by name, whose roles nobody may hold together in this profile."""
    rows = session.execute(select(User.username, User.roles).where(User.active).order_by(User.username))
    return [username for username, roles in rows if not profile.fits(frozenset(roles))]


def list_missing(session: Session, profile: SecurityProfile) -> list[str]:
    """List the separate administrators that nobody is."""
    if not profile.separates:
        return []
    held = {role for roles in session.scalars(select(User.roles).where(User.active)) for role in roles}
    return sorted(SEPARATE - held)


def require_separate(session: Session, profile: SecurityProfile) -> None:
    """Raise Conflict `administrators_not_separate` where somebody holds what the profile separates."""
    unfit = list_unfit(session, profile) if profile.separates else []
    if unfit:
        raise Conflict("administrators_not_separate", users=", ".join(unfit))
