"""Add people, set their passwords, let them go, and check who signs in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import Permission
from accounts.history import record_user
from accounts.models import Area, Unit, User
from accounts.openid import identities
from accounts.registers.administrators import held_power, proposals
from accounts.registers.user_validation import (
    USERNAME,
    CountMatters,
    level_of,
    list_problems,
    load_managed_user,
    open_unit,
    require_replaceable,
)
from accounts.sign_in import passkeys, second_factors, sign_ins, tokens, used_passwords
from accounts.sign_in.own_words import own_words
from accounts.sign_in.passwords import problem_of_password, verify_password
from config.profiles import ORDINARY, SecurityProfile
from core.chain import Chain
from core.errors import Conflict, Forbidden, Invalid


@dataclass(frozen=True)
class UserLine:
    """A user as the list of users shows one."""

    username: str
    name: str
    unit: str
    unit_name: str
    roles: tuple[str, ...]
    head: bool
    active: bool
    email: str | None


def add_user(
    session: Session,
    *,
    actor: Actor,
    chain: Chain,
    username: str,
    name: str,
    unit: str,
    roles: Collection[str],
    password: str | None,
    email: str | None = None,
    head: bool = False,
    own_password: bool = False,
    profile: SecurityProfile = ORDINARY,
    now: datetime,
) -> User:
    """Add a person to a unit, by the unit's code; without a password nobody can sign in yet.

    The password must be changed at the first sign-in unless it is the person's own. Roles that one
    administrator alone cannot give are proposed, and until another one agrees the person has none.

    Raises Invalid with every field that is wrong, and Conflict `username_taken`.
    """
    policy.require(actor, Permission.USERS_MANAGE)
    home = open_unit(session, actor, unit)
    words = own_words(session, [name]) if password is not None else frozenset()
    errors = list_problems(username, name, roles, password, email, words, profile)
    if home is None:
        errors["unit"] = ["unknown_unit"]
    if errors or home is None:
        raise Invalid(errors)
    if session.scalars(select(User.id).where(User.username == username)).first() is not None:
        raise Conflict("username_taken", username=username)
    waits = policy.needs_second(actor, roles, level_of(session, home))
    user = User(
        username=username,
        name=name,
        email=email,
        unit_id=home.id,
        roles=[] if waits else sorted(set(roles)),
        head=head,
        active=True,
        created_at=now,
    )
    session.add(user)
    if password is not None:
        used_passwords.give(session, user, password, own=own_password, profile=profile, now=now)
    session.flush()  # the entry names the user by id
    facts = {"username": username, "unit": home.code, "roles": user.roles, "head": head}
    record_user(session, chain, user, "added", actor, facts, now)
    if waits:
        proposals.propose_roles(session, actor=actor, chain=chain, user=user, roles=roles, now=now)
    return user


def set_password(
    session: Session,
    *,
    actor: Actor,
    chain: Chain,
    username: str,
    password: str,
    now: datetime,
    stays: int | None = None,
    tokens_stay: bool = False,
    profile: SecurityProfile = ORDINARY,
) -> None:
    """Give a user another password; everybody may change their own.

    Every sign-in of the user ends, except the one with the id `stays`, and so do all tokens unless they are
    said to stay: whoever knew the old password may have had one issued. What somebody else chose must be
    changed at the next sign-in.

    Raises Invalid with the reason when it is too weak, NotFound for an unknown user, and Forbidden
    `second_needed` for somebody at whose account no administrator gets alone.
    """
    if actor.username != username or actor.user_id is None:
        policy.require(actor, Permission.USERS_MANAGE)
    user, _ = load_managed_user(session, actor, username)
    if user.id != actor.user_id and held_power.needs_second(
        session, actor=actor, user_id=user.id, roles=user.roles, now=now
    ):
        raise Forbidden(reasons=["second_needed"])
    problem = problem_of_password(password, username, own_words(session), profile)
    if problem is None and used_passwords.is_used(session, user, password, profile):
        problem = "used_before"
    if problem is not None:
        raise Invalid({"password": [problem]})
    own = user.id == actor.user_id
    used_passwords.give(session, user, password, own=own, profile=profile, now=now)
    sign_ins.end_all(session, user_id=user.id, now=now, but=stays)
    revoked = 0 if tokens_stay else tokens.revoke_all(session, user_id=user.id, now=now)
    facts = {"tokens_revoked": revoked} if revoked else {}
    record_user(session, chain, user, "password_set", actor, facts, now)


def disable(
    session: Session, *, actor: Actor, chain: Chain, username: str, count_matters: CountMatters, now: datetime
) -> None:
    """Let a user go: sign-in and all tokens stop at the next request; doing so again changes nothing.

    Raises Conflict `unit_owes_replies` for the last user who may act on an open matter of the unit.
    """
    policy.require(actor, Permission.USERS_MANAGE)
    user, unit = load_managed_user(session, actor, username)
    if not user.active:
        return
    if user.id == actor.user_id:
        raise Forbidden(reasons=["oneself"])
    require_replaceable(user, unit, count_matters)
    user.active = False
    sign_ins.end_all(session, user_id=user.id, now=now)
    record_user(session, chain, user, "disabled", actor, {}, now)


def forget_code(session: Session, *, actor: Actor, chain: Chain, username: str, now: datetime) -> None:
    """Take a user's second factors away, as when the telephone is lost; every sign-in of the user ends.

    Raises NotFound for an unknown user; without a second factor nothing but the sign-ins changes.
    """
    policy.require(actor, Permission.USERS_MANAGE)
    user, _ = load_managed_user(session, actor, username)
    second_factors.remove(session, actor=actor, chain=chain, user_id=user.id, now=now)
    passkeys.remove_all(session, actor=actor, chain=chain, user_id=user.id, now=now)


def release_openid(session: Session, *, actor: Actor, chain: Chain, username: str, now: datetime) -> None:
    """Let a user be bound anew at the provider, as when an account there is another's or was made anew.

    Every sign-in of the user ends. Raises NotFound for an unknown user.
    """
    policy.require(actor, Permission.USERS_MANAGE)
    user, _ = load_managed_user(session, actor, username)
    identities.release(session, actor=actor, chain=chain, user_id=user.id, now=now)


def load_user(session: Session, user_id: int) -> User:
    """Return the user with this id; whoever is signed in has one."""
    return session.get_one(User, user_id)


def by_username(session: Session, username: str) -> User | None:
    """Return the user with this name, active or not."""
    return session.scalars(select(User).where(User.username == username)).first()


def list_users(session: Session, *, actor: Actor) -> list[UserLine]:
    """Return the users within the person's area, by name."""
    policy.require(actor, Permission.USERS_MANAGE)
    rows = session.execute(
        policy.within_areas(select(User, Unit.code, Unit.name), actor, Area.path)
        .join(Unit, Unit.id == User.unit_id)
        .join(Area, Area.id == Unit.area_id)
        .order_by(User.username)
    )
    return [
        UserLine(
            username=user.username,
            name=user.name,
            unit=code,
            unit_name=unit_name,
            roles=tuple(user.roles),
            head=user.head,
            active=user.active,
            email=user.email,
        )
        for user, code, unit_name in rows
    ]


def authenticate(session: Session, *, username: str, password: str) -> Actor | None:
    """Return who signs in with this name and password, or None; the answer takes equally long for all."""
    name = username.strip().lower()
    found = _active(session, name) if USERNAME.fullmatch(name) else None
    stored = found[0] if found is not None else None
    return found[1] if verify_password(password, stored) and found is not None else None


def actor_of(session: Session, username: str) -> Actor | None:
    """Return an active user as an actor, as a command run in somebody's name needs it."""
    found = _active(session, username)
    return found[1] if found is not None else None


def _active(session: Session, username: str) -> tuple[str | None, Actor] | None:
    """Return the password hash of an active user, and the user as an actor."""
    row = session.execute(
        select(User, Unit.code, Area.path, Area.village_id)
        .join(Unit, Unit.id == User.unit_id)
        .join(Area, Area.id == Unit.area_id)
        .where(User.username == username, User.active)
    ).one_or_none()
    if row is None:
        return None
    user, code, path, village_id = row
    actor = Actor(user.id, user.username, user.unit_id, code, path, frozenset(user.roles), village_id)
    return user.password_hash, actor
