"""Say in SQL whether somebody has a second factor, of whatever kind."""

from sqlalchemy import ColumnElement, exists, or_

from accounts.models import User
from accounts.sign_in.passkeys import Passkey
from accounts.sign_in.second_factors import SecondFactor


def has_factor() -> ColumnElement[bool]:
    """Return the condition, of a statement over users, that there is a code in use or a passkey."""
    return or_(
        exists().where(SecondFactor.user_id == User.id, SecondFactor.since.is_not(None)),
        exists().where(Passkey.user_id == User.id),
    )
