"""Change what a user is: name, unit, roles; and let somebody back in who was let go."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import ACTING_ROLES, Permission
from accounts.history import record_user
from accounts.models import FormerMember
from accounts.registers.administrators import proposals
from accounts.registers.user_validation import (
    CountMatters,
    level_of,
    list_problems,
    load_managed_user,
    open_unit,
    require_replaceable,
)
from accounts.sign_in import tokens
from config.profiles import ORDINARY, SecurityProfile
from core.chain import Chain
from core.errors import Conflict, Forbidden, Invalid
from core.text import problem_of_name

#: For so many days at most may a second factor wait, each time that it is postponed.
MOST_DAYS_POSTPONED = 30


def change_user(
    session: Session,
    *,
    actor: Actor,
    chain: Chain,
    username: str,
    name: str,
    unit: str,
    roles: Collection[str],
    email: str | None,
    head: bool,
    count_matters: CountMatters,
    profile: SecurityProfile = ORDINARY,
    now: datetime,
) -> None:
    """Change a user's name, unit, roles and address; what is the same already leaves no entry.

    Nobody changes their own unit or roles: another administrator does. Roles among which is one that one
    administrator alone cannot give are proposed as a whole; until another agrees those of now stay. Whoever
    has such a role is not moved to another unit, where it would reach further: Forbidden `guarded_unit`.
    What names the unit until now stays hidden from who leaves it (domain.md section 1, Named).
    Raises Invalid with every field that is wrong, and Conflict `unit_owes_replies` when the last user who may
    act on a unit's open matters would leave it or may no longer act.
    """
    policy.require(actor, Permission.USERS_MANAGE)
    user, present = load_managed_user(session, actor, username)
    home = present if unit == present.code else open_unit(session, actor, unit)
    errors = list_problems(username, name, roles, None, email, profile=profile)
    if home is None:
        errors["unit"] = ["unknown_unit"]
    if errors or home is None:
        raise Invalid(errors)
    wanted = sorted(set(roles))
    if user.id == actor.user_id and (wanted != sorted(user.roles) or home.id != present.id):
        raise Forbidden(reasons=["oneself"])
    level = level_of(session, home)
    if home.id != present.id and policy.needs_second(actor, user.roles, level):
        raise Forbidden(reasons=["guarded_unit"])
    if policy.needs_second(actor, policy.added_roles(user.roles, wanted), level):
        proposals.propose_roles(session, actor=actor, chain=chain, user=user, roles=wanted, now=now)
        wanted = sorted(user.roles)
    after = {"name": name, "unit": home.code, "roles": wanted, "head": head}
    before = {"name": user.name, "unit": present.code, "roles": sorted(user.roles), "head": user.head}
    changed: dict[str, Any] = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
    if user.active and (home.id != present.id or not ACTING_ROLES.intersection(wanted)):
        require_replaceable(user, present, count_matters)
    if user.email != email:
        changed["email"] = "changed"  # that it changed is said, not what it is: an address is private
    if not changed:
        return
    if home.id != present.id:
        session.add(FormerMember(user_id=user.id, unit_id=present.id, left_at=now))
    user.name, user.unit_id, user.email, user.head, user.roles = name, home.id, email, head, wanted
    record_user(session, chain, user, "changed", actor, changed, now)


def enable(session: Session, *, actor: Actor, chain: Chain, username: str, now: datetime) -> None:
    """Let a user back in who was let go; doing so again changes nothing.

    The old password and old tokens stay dead: somebody sets a new password. Raises Conflict `unit_closed` for
    a user of a unit that is no more.
    """
    policy.require(actor, Permission.USERS_MANAGE)
    user, unit = load_managed_user(session, actor, username)
    if user.active:
        return
    if not unit.active:
        raise Conflict("unit_closed", unit=unit.code, unit_name=unit.name)
    user.active, user.password_hash = True, None
    revoked = tokens.revoke_all(session, user_id=user.id, now=now)
    record_user(session, chain, user, "enabled", actor, {"tokens_revoked": revoked}, now)


def postpone_factor(
    session: Session,
    *,
    actor: Actor,
    chain: Chain,
    username: str,
    days: int,
    reason: str,
    today: date,
    now: datetime,
) -> date:
    """Let a user go without a second factor that the roles require, for some days with today; give the last.

    Nobody does it for themselves. Raises Invalid for more days than are allowed and for a blank reason, and
    NotFound for an unknown user.
    """
    policy.require(actor, Permission.USERS_MANAGE)
    user, _ = load_managed_user(session, actor, username)
    if user.id == actor.user_id:
        raise Forbidden(reasons=["oneself"])
    problems = {
        "days": None if 1 <= days <= MOST_DAYS_POSTPONED else "out_of_range",
        "reason": problem_of_name(reason),
    }
    errors = {field: [problem] for field, problem in problems.items() if problem is not None}
    if errors:
        raise Invalid(errors)
    user.factor_postponed_until = today + timedelta(days=days - 1)
    facts = {"until": user.factor_postponed_until.isoformat(), "reason": reason}
    record_user(session, chain, user, "second_factor_postponed", actor, facts, now)
    return user.factor_postponed_until
