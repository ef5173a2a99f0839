"""Check what a user may be like, find one within somebody's authority, and record what became of them."""

import re
from collections.abc import Callable, Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import GRANTABLE
from accounts.models import Area, Unit, User
from accounts.sign_in.passwords import problem_of_password
from config.profiles import ORDINARY, SecurityProfile
from core.errors import Conflict, NotFound
from core.normalization.visibility import is_blank
from core.text import problem_of, problem_of_name

#: Counts the open matters of a unit on which one user alone may act, by both ids; accounts cannot know cases.
#: None where there are some of which no number may be told.
CountMatters = Callable[[int, int], int | None]
LONGEST_USERNAME = 32
USERNAME = re.compile(rf"[a-z0-9][a-z0-9._-]{{0,{LONGEST_USERNAME - 1}}}")
LONGEST_LOCAL, LONGEST_HOST = 64, 190
LONGEST_ADDRESS = LONGEST_LOCAL + len("@") + LONGEST_HOST
ADDRESS = re.compile(rf"[^@\s,;<>\"\\]{{1,{LONGEST_LOCAL}}}@[A-Za-z0-9.-]{{1,{LONGEST_HOST}}}")


def list_problems(
    username: str,
    name: str,
    roles: Collection[str],
    password: str | None,
    email: str | None,
    own_words: Collection[str] = (),
    profile: SecurityProfile = ORDINARY,
) -> dict[str, list[str]]:
    """Return the reasons, by field, why a user cannot be like that; `own_words` are those of the register."""
    checks = {
        "username": None if USERNAME.fullmatch(username) else "not_a_username",
        "name": problem_of_name(name),
        "roles": _problem_of_roles(frozenset(roles), profile),
        "password": problem_of_password(password, username, own_words, profile)
        if password is not None
        else None,
        "email": None if email is None or _is_address(email) else "not_an_address",
    }
    return {field: [problem] for field, problem in checks.items() if problem is not None}


def _problem_of_roles(roles: frozenset[str], profile: SecurityProfile) -> str | None:
    if not roles or not roles <= GRANTABLE:
        return "unknown_role"
    return None if profile.fits(roles) else "roles_not_together"


def _is_address(email: str) -> bool:
    local, _, host = email.rpartition("@")
    written = not is_blank(local) and any(char.isalnum() for char in host)
    return problem_of(email) is None and ADDRESS.fullmatch(email) is not None and written


def open_unit(session: Session, actor: Actor, code: str) -> Unit | None:
    """Return the active unit with this code within the person's area."""
    if problem_of(code):
        return None
    row = session.execute(
        select(Unit, Area.path).join(Area, Area.id == Unit.area_id).where(Unit.code == code, Unit.active)
    ).one_or_none()
    return row[0] if row is not None and policy.covers(actor, row[1]) else None


def level_of(session: Session, unit: Unit) -> str:
    """Return the level of a unit's area."""
    return session.get_one(Area, unit.area_id).level


def load_managed_user(session: Session, actor: Actor, username: str) -> tuple[User, Unit]:
    """Return a user within the person's area and the unit, which stays locked until the end.

    Oneself one finds always, also without any role yet. Raises NotFound for anybody else who is out of reach.
    The lock keeps two people from letting the last two users of a unit go at the same moment.
    """
    if problem_of(username):
        raise NotFound(username=username)
    found = select(User, Unit)
    own = actor.user_id is not None and actor.username == username
    row = session.execute(
        (found if own else policy.within_areas(found, actor, Area.path))
        .join(Unit, Unit.id == User.unit_id)
        .join(Area, Area.id == Unit.area_id)
        .where(User.username == username)
        .with_for_update(of=Unit, key_share=True)  # rows that only refer to the unit do not wait
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound(username=username)
    return row[0], row[1]


def require_replaceable(user: User, unit: Unit, count_matters: CountMatters) -> None:
    """Raise Conflict `unit_owes_replies` when open matters of the unit would be left with nobody.

    It is `unit_needs_user`, without a number, where whoever asks may know of none of them.
    Sentence 2 of domain.md: every matter has an owner, and not one on paper.
    """
    matters = count_matters(unit.id, user.id)
    facts = {"unit": unit.code, "unit_name": unit.name, "name": user.name}
    if matters is None:
        raise Conflict("unit_needs_user", **facts)
    if matters:
        raise Conflict("unit_owes_replies", **facts, matters=matters)
