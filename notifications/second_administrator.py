"""Tell administrators what waits for a second one of them, and those whom it concerns that it was done."""

from datetime import datetime

from sqlalchemy.orm import Session

from accounts.access.actor import SYSTEM, Actor
from accounts.registers.administrators import proposals
from accounts.registers.user_list import list_administrators, list_overseers
from accounts.registers.users import by_username
from notifications import outbox
from notifications.outbox import Recipient

WAITS, DONE = "second_wanted", "second_agreed"


def tell_waiting(session: Session, *, username: str, now: datetime) -> bool:
    """Tell those who may agree to what is proposed of a user; return whether anything is.

    Whose account it is stands on the page of people alone, for those of the area.
    """
    session.flush()
    waiting = proposals.list_open(session, actor=SYSTEM, now=now, username=username)
    for one in waiting:
        others = [
            Recipient(user_id, email)
            for user_id, email in list_administrators(session)
            if user_id not in (one.proposer_id, one.user_id)
        ]
        outbox.enqueue(
            session, kind=WAITS, recipients=others, subject=WAITS, facts={}, key=f"{WAITS}:{one.id}", now=now
        )
    return bool(waiting)


def tell_agreed(session: Session, *, actor: Actor, username: str, now: datetime) -> None:
    """Tell the user, the other administrators and the auditors that two administrators have agreed."""
    user = by_username(session, username)
    told = dict(list_overseers(session)) | ({user.id: user.email} if user is not None else {})
    outbox.enqueue(
        session,
        kind=DONE,
        recipients=[Recipient(user_id, told[user_id]) for user_id in told if user_id != actor.user_id],
        subject=DONE,
        facts={},
        key=f"{DONE}:{username}:{now.isoformat()}",
        now=now,
    )
