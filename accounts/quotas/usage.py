"""Note what a transaction creates, takes in or gives out, in the one place where it is done.

A door charges what was noted to whoever asked (`wsgi.quotas.charging`). What nobody charges, such as a
command or a job, binds nobody; what is taken back with its transaction was never noted.
"""

from collections import Counter
from collections.abc import Mapping

from sqlalchemy.orm import Session

from config.quotas import Quota, Waiting

#: Where a session keeps it: a change that is made anew has a new session.
NOTED = "quota_usage"


def note(session: Session, what: Quota | Waiting, amount: int = 1) -> None:
    """Say that so much more of something is done in this transaction."""
    session.info.setdefault(NOTED, Counter())[what] += amount


def noted(session: Session) -> Mapping[str, int]:
    """Return what was noted so far."""
    found: Mapping[str, int] = session.info.get(NOTED, {})
    return found
