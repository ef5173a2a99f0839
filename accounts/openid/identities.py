"""Keep as whom a user is known at the provider: bound by the first sign-in, and nobody else from then on.

A claim such as a user name may be changed there, or given to another; issuer and subject are not. So the
claim finds a user once, and from then on the subject does (docs/decisions/0053).
"""

import hashlib
from datetime import datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, UniqueConstraint, exists, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.access.actor import Actor
from accounts.history import record_user
from accounts.models import ApiToken, User
from accounts.openid.client import ProviderIdentity
from accounts.openid.refusals import AnswerRefused, Wrong
from accounts.sign_in import sign_ins
from core.chain import Chain
from core.persistence.db import Base, UTCDateTime
from core.text import problem_of


class OpenIdBinding(Base):
    """A user as one provider knows them."""

    __tablename__ = "openid_bindings"
    __table_args__ = (
        UniqueConstraint("issuer", "subject", name="uq_openid_bindings_issuer_subject"),
        CheckConstraint("length(subject) BETWEEN 1 AND 255", name="subject_length"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    issuer: Mapped[str]
    subject: Mapped[str]
    bound_at: Mapped[datetime] = mapped_column(UTCDateTime)


def find_user(session: Session, identity: ProviderIdentity) -> User:
    """Return the user whom somebody at the provider is, or may become; `bind` makes it so.

    The user name has to be the one of the register, sign for sign: in another case or width it may be
    somebody else's there. A user without a password who has a token is a program, and nobody becomes it.
    Raises AnswerRefused `nobody` for one who is not in the register or was let go, and `another` where the
    user is bound to somebody else.
    """
    here = OpenIdBinding.issuer == identity.issuer, OpenIdBinding.subject == identity.subject
    bound = session.scalars(select(User).join(OpenIdBinding).where(*here)).one_or_none()
    if bound is not None:
        return _active(bound)
    username = identity.username or ""
    known = username if problem_of(username) is None else ""
    named = session.scalars(select(User).where(User.username == known)).one_or_none()
    user = _active(named)
    if session.get(OpenIdBinding, user.id) is not None:
        raise AnswerRefused(Wrong.ANOTHER)
    if user.password_hash is None and _has_token(session, user.id):
        raise AnswerRefused(Wrong.NOBODY)
    return user


def bind(session: Session, *, chain: Chain, user_id: int, identity: ProviderIdentity, now: datetime) -> None:
    """Bind a user to somebody at the provider, once they are in; nothing changes where it is so already.

    Raises AnswerRefused `another` where the user was bound to somebody else meanwhile.
    """
    if is_bound_to(session, user_id=user_id, identity=identity):
        return
    user = session.get_one(User, user_id)
    if session.get(OpenIdBinding, user_id) is not None:
        raise AnswerRefused(Wrong.ANOTHER)
    fresh = {"issuer": identity.issuer, "subject": identity.subject}
    session.add(OpenIdBinding(user_id=user_id, bound_at=now, **fresh))
    facts = {"issuer": identity.issuer, "subject_digest": digest_of(identity.subject)}
    oneself = Actor(user.id, user.username, user.unit_id, None, "", frozenset())
    record_user(session, chain, user, "openid_bound", oneself, facts, now)


def is_bound() -> ColumnElement[bool]:
    """Return the condition, of a statement over users, that somebody at the provider is the user."""
    return exists().where(OpenIdBinding.user_id == User.id)


def is_bound_to(session: Session, *, user_id: int, identity: ProviderIdentity) -> bool:
    """Return whether somebody at the provider is the user."""
    row = session.get(OpenIdBinding, user_id)
    return row is not None and (row.issuer, row.subject) == (identity.issuer, identity.subject)


def release(session: Session, *, actor: Actor, chain: Chain, user_id: int, now: datetime) -> None:
    """Let a user be bound anew by the next sign-in from the provider; every sign-in of theirs ends.

    Without a binding nothing but the sign-ins changes. Who may is for the caller to say.
    """
    sign_ins.end_all(session, user_id=user_id, now=now)
    row = session.get(OpenIdBinding, user_id)
    if row is not None:
        session.delete(row)
        user, facts = session.get_one(User, user_id), {"issuer": row.issuer}
        record_user(session, chain, user, "openid_released", actor, facts, now)


def digest_of(subject: str) -> str:
    """Return what the history keeps of a subject, which may be a name."""
    return hashlib.sha256(subject.encode()).hexdigest()


def _has_token(session: Session, user_id: int) -> bool:
    live = select(ApiToken.id).where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
    return session.scalars(live).first() is not None


def _active(user: User | None) -> User:
    if user is None or not user.active:
        raise AnswerRefused(Wrong.NOBODY)
    return user
