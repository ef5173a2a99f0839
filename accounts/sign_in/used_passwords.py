"""Remember the last passwords of somebody, where the profile asks that none of them comes again so soon."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from accounts.models import UsedPassword, User
from accounts.sign_in.passwords import hash_password, verify_password
from config.profiles import SecurityProfile


def is_used(session: Session, user: User, password: str, profile: SecurityProfile) -> bool:
    """Return whether a password is one of the last ones of a user, the present one among them."""
    if not profile.remembered:
        return False
    known = session.scalars(
        select(UsedPassword.password_hash)
        .where(UsedPassword.user_id == user.id)
        .order_by(UsedPassword.id.desc())
        .limit(profile.remembered)
    ).all()
    kept = dict.fromkeys([*([user.password_hash] if user.password_hash else []), *known])
    return any(verify_password(password, one) for one in list(kept)[: profile.remembered])


def give(
    session: Session, user: User, password: str, *, own: bool, profile: SecurityProfile, now: datetime
) -> None:
    """Give a user a password, which must be changed at the first sign-in unless it is the user's own."""
    user.password_hash = hash_password(password)
    user.password_given = None if own else True
    user.password_set_at = now
    if not profile.remembered:
        return
    session.flush()  # a new user has an id from here on
    kept = (
        select(UsedPassword.id)
        .where(UsedPassword.user_id == user.id)
        .order_by(UsedPassword.id.desc())
        .limit(profile.remembered - 1)
    )
    gone = delete(UsedPassword).where(UsedPassword.user_id == user.id, UsedPassword.id.not_in(kept))
    session.execute(gone)
    session.add(UsedPassword(user_id=user.id, password_hash=user.password_hash, set_at=now))
