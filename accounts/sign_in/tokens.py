"""Give programs keys of their own, find who holds one, and take them back."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, bindparam, or_, select, update
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import TOKEN_SCOPES, Permission
from accounts.history import record_user
from accounts.models import ApiToken, Area, Unit, User
from accounts.sign_in.factor_kinds import has_factor
from accounts.sign_in.first_steps import EntryFacts, password_since
from accounts.sign_in.sessions import RANDOM_BYTES
from core.chain import Chain
from core.errors import Invalid, NotFound
from core.text import problem_of_name

PREFIX = "hy_"
FORM = re.compile(r"hy_[A-Za-z0-9_-]{43}")
#: How many days a token lasts unless it is said, and at most.
USUAL_DAYS, MOST_DAYS = 90, 366
EVERYTHING = tuple(TOKEN_SCOPES)


@dataclass(frozen=True)
class TokenLine:
    """A token as the list of tokens shows one; the token itself is nowhere kept."""

    id: int
    username: str
    label: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    may: tuple[str, ...]


@dataclass(frozen=True)
class Holder:
    """Who holds a token, and what is known of whoever comes in with it."""

    actor: Actor
    facts: EntryFacts


def issue(
    session: Session,
    *,
    actor: Actor,
    chain: Chain,
    user: User,
    label: str,
    now: datetime,
    days: int = USUAL_DAYS,
    may: Sequence[str] = EVERYTHING,
) -> str:
    """Make a token for a user and give its text, which nobody can ever show again.

    It ends after `days`, and carries what `may` names (`TOKEN_SCOPES`) of the rights of the user. Raises
    Invalid for a label that is no name, an end in the past or too far away, for what no token is for, and for
    a user who is disabled.
    """
    if actor.user_id != user.id:  # everybody may have tokens of their own
        policy.require(actor, Permission.USERS_MANAGE)
    problems = {
        "label": problem_of_name(label),
        "user": None if user.active else "disabled_user",
        "days": None if 1 <= days <= MOST_DAYS else "out_of_range",
        "may": None if may and set(may) <= TOKEN_SCOPES.keys() else "not_a_choice",
    }
    errors = {field: [problem] for field, problem in problems.items() if problem is not None}
    if errors:
        raise Invalid(errors)
    text = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
    token = ApiToken(
        user_id=user.id,
        label=label,
        token_hash=digest(text),
        created_at=now,
        expires_at=now + timedelta(days=days),
        may=sorted(set(may)),
    )
    session.add(token)
    session.flush()  # the entry names the token by id
    facts = {"token": token.id, "label": label, "days": days, "may": token.may}
    record_user(session, chain, user, "token_issued", actor, facts, now)
    return text


def digest(text: str) -> str:
    """Return the SHA-256 of a token in hex, which is all that is kept: 256 random bits cannot be guessed."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


#: Made once, because it is asked at every request.
HOLDER = (
    select(
        User.id,
        User.username,
        User.unit_id,
        Unit.code,
        Area.path,
        User.roles,
        Area.village_id,
        ApiToken.may,
        User.password_given,
        has_factor(),
        User.factor_postponed_until,
        User.password_hash.is_not(None),
        User.password_set_at,
        User.created_at,
    )
    .join(ApiToken, ApiToken.user_id == User.id)
    .join(Unit, Unit.id == User.unit_id)
    .join(Area, Area.id == Unit.area_id)
    .where(
        ApiToken.token_hash == bindparam("digest"),
        ApiToken.revoked_at.is_(None),
        or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > bindparam("now")),
        User.active,
    )
)


def find_holder(session: Session, token: str, now: datetime) -> Holder | None:
    """Return who holds a token, or None for one that is unknown, expired, revoked or of a disabled user.

    One statement by a unique index and no slow hash: this runs at every request.
    """
    if not FORM.fullmatch(token):
        return None
    # Past the session, which has nothing to keep of it.
    row = session.connection().execute(HOLDER, {"digest": digest(token), "now": now}).one_or_none()
    if row is None:
        return None
    user_id, username, unit_id, unit_code, path, roles, village_id, may, given, second, until, *password = row
    limit = frozenset().union(*(TOKEN_SCOPES.get(scope, ()) for scope in may or EVERYTHING))
    actor = Actor(user_id, username, unit_id, unit_code, path, frozenset(roles), village_id, limit)
    return Holder(actor, EntryFacts(bool(given), second, until, password_since(*password)))


def revoke(session: Session, *, actor: Actor, chain: Chain, token_id: int, now: datetime) -> None:
    """Take a token back; it stops at the next request. Doing so again changes nothing.

    Everybody may revoke their own. Raises NotFound for an unknown token.
    """
    row = session.execute(
        policy.within_areas(select(ApiToken), actor, Area.path)
        .join(User, User.id == ApiToken.user_id)
        .join(Unit, Unit.id == User.unit_id)
        .join(Area, Area.id == Unit.area_id)
        .where(ApiToken.id == token_id)
    ).one_or_none()
    if row is None:
        raise NotFound(token=token_id)
    token = row[0]
    if actor.user_id is None or token.user_id != actor.user_id:
        policy.require(actor, Permission.USERS_MANAGE)
    if token.revoked_at is None:
        token.revoked_at = now
        user = session.get_one(User, token.user_id)
        record_user(session, chain, user, "token_revoked", actor, {"token": token.id}, now)


def revoke_own(session: Session, *, actor: Actor, chain: Chain, token_id: int, now: datetime) -> None:
    """Take one of the person's own tokens back; raise NotFound for any other."""
    token = session.get(ApiToken, token_id)
    if token is None or actor.user_id is None or token.user_id != actor.user_id:
        raise NotFound(token=token_id)
    revoke(session, actor=actor, chain=chain, token_id=token_id, now=now)


def revoke_all(session: Session, *, user_id: int, now: datetime) -> int:
    """Take every token of a user back and give how many; that it is recorded is for the caller."""
    result: CursorResult[Any] = session.execute(  # type: ignore[assignment]  # an UPDATE gives a cursor
        update(ApiToken)
        .where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return result.rowcount


def list_tokens(session: Session, *, actor: Actor, username: str | None = None) -> list[TokenLine]:
    """Return the tokens of the users within the person's area, or of one of them, newest last."""
    policy.require(actor, Permission.USERS_MANAGE)
    statement = (
        policy.within_areas(select(ApiToken, User.username), actor, Area.path)
        .join(User, User.id == ApiToken.user_id)
        .join(Unit, Unit.id == User.unit_id)
        .join(Area, Area.id == Unit.area_id)
        .order_by(ApiToken.id)
    )
    if username is not None:
        statement = statement.where(User.username == username)
    return [_line(token, name) for token, name in session.execute(statement)]


def list_own(session: Session, *, user_id: int, now: datetime) -> list[TokenLine]:
    """Return the tokens of one user that still open something, newest last."""
    alive = or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now)
    statement = (
        select(ApiToken, User.username)
        .join(User, User.id == ApiToken.user_id)
        .where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None), alive)
        .order_by(ApiToken.id)
    )
    return [_line(token, name) for token, name in session.execute(statement)]


def count_endless(session: Session) -> int:
    """Return how many tokens open something and have no end, as a version before this one issued them."""
    endless = select(ApiToken.id).where(ApiToken.expires_at.is_(None), ApiToken.revoked_at.is_(None))
    return len(session.scalars(endless).all())


def _line(token: ApiToken, username: str) -> TokenLine:
    return TokenLine(
        token.id,
        username,
        token.label,
        token.created_at,
        token.expires_at,
        token.revoked_at,
        tuple(token.may or EVERYTHING),
    )
