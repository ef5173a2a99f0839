"""Let what gives power over matters or accounts wait until a second administrator agrees.

One administrator proposes other roles or another password, another one who neither proposed it nor gets it
confirms, and both stand in the chained history (docs/decisions/0055). Whoever runs the server confirms by a
command, so that an installation with one administrator is never stuck.
"""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import ACTING_ROLES, Permission
from accounts.history import record_user
from accounts.models import Area, Unit, User, UserProposal
from accounts.registers.user_validation import CountMatters, load_managed_user, require_replaceable
from accounts.sign_in import sign_ins, tokens, used_passwords
from accounts.sign_in.passwords import generate_password
from accounts.vocabulary import ProposalOutcome, ProposedAct
from config.profiles import ORDINARY, SecurityProfile
from core.chain import Chain
from core.errors import Conflict, Forbidden

#: A proposal that nobody agreed to by then is over.
LASTS = timedelta(days=7)


@dataclass(frozen=True)
class OpenProposal:
    """A proposal that waits: of whom, what, by whom, since when and until when.

    `seen` stands for all of it, with the unit in which the user is: who agrees says what was shown.
    """

    id: int
    user_id: int
    username: str
    name: str
    act: ProposedAct
    before: tuple[str, ...]
    roles: tuple[str, ...]
    proposer_id: int
    proposer: str
    proposed_at: datetime
    expires_at: datetime
    seen: str


def propose_roles(
    session: Session, *, actor: Actor, chain: Chain, user: User, roles: Collection[str], now: datetime
) -> None:
    """Propose other roles for a user, in the place of what was proposed before; those of now stay so long."""
    _propose(session, actor, chain, user, ProposedAct.ROLES, sorted(set(roles)), now)


def propose_password(session: Session, *, actor: Actor, chain: Chain, username: str, now: datetime) -> None:
    """Propose that a user gets another password, which the program makes once somebody else agrees.

    Raises Forbidden for oneself, and NotFound for an unknown user.
    """
    policy.require(actor, Permission.USERS_MANAGE)
    user, _ = load_managed_user(session, actor, username)
    if user.id == actor.user_id:
        raise Forbidden(reasons=["oneself"])
    _propose(session, actor, chain, user, ProposedAct.PASSWORD, None, now)


def agree(
    session: Session,
    *,
    actor: Actor,
    chain: Chain,
    username: str,
    act: str,
    seen: str,
    count_matters: CountMatters,
    profile: SecurityProfile = ORDINARY,
    now: datetime,
) -> str | None:
    """Agree to what was proposed of a user, and do it; give the new password where that was it.

    Raises Forbidden for whoever proposed it and for the user, Conflict `proposal_over` where nothing is
    proposed any more, or by nobody who may still propose it, `proposal_changed` where it is another one than
    was `seen`, and `proposal_outdated` where the user has other roles by now than when it was proposed.
    """
    policy.require(actor, Permission.USERS_MANAGE)
    user, unit = load_managed_user(session, actor, username)
    proposal, proposer = _load_open(session, user, act, now)
    policy.require_other(actor, user_id=user.id, proposer_id=proposal.proposed_by_id)
    _require_seen(proposal, user, seen)
    _end(proposal, actor, ProposalOutcome.CONFIRMED, now)
    facts = {"proposed_by": proposer.username}
    if proposal.act == ProposedAct.PASSWORD:
        password = generate_password(user.username)
        used_passwords.give(session, user, password, own=False, profile=profile, now=now)
        sign_ins.end_all(session, user_id=user.id, now=now)
        tokens.revoke_all(session, user_id=user.id, now=now)
        record_user(session, chain, user, "password_confirmed", actor, facts, now)
        return password
    before, wanted = sorted(user.roles), list(proposal.roles or ())
    if before != proposal.before:
        raise Conflict("proposal_outdated", username=username)
    if user.active and not ACTING_ROLES.intersection(wanted):
        require_replaceable(user, unit, count_matters)
    user.roles = wanted
    record_user(session, chain, user, "roles_confirmed", actor, {"roles": [before, wanted], **facts}, now)
    return None


def disagree(
    session: Session, *, actor: Actor, chain: Chain, username: str, act: str, seen: str, now: datetime
) -> None:
    """Do not agree to what was proposed of a user, or take it back where it was one's own.

    Raises Conflict `proposal_over` where nothing is proposed any more, and `proposal_changed` where it is
    another proposal than was `seen`.
    """
    policy.require(actor, Permission.USERS_MANAGE)
    user, _ = load_managed_user(session, actor, username)
    proposal, _ = _load_open(session, user, act, now)
    _require_seen(proposal, user, seen)
    own = actor.user_id == proposal.proposed_by_id
    _end(proposal, actor, ProposalOutcome.WITHDRAWN if own else ProposalOutcome.REFUSED, now)
    action = "proposal_withdrawn" if own else "proposal_refused"
    record_user(session, chain, user, action, actor, {"act": proposal.act}, now)


def list_open(
    session: Session, *, actor: Actor, now: datetime, username: str | None = None
) -> list[OpenProposal]:
    """List what waits for a second administrator within the person's area, or of one user there."""
    policy.require(actor, Permission.USERS_MANAGE)
    proposer = aliased(User)
    statement = (
        policy.within_areas(select(UserProposal, User, proposer.name), actor, Area.path)
        .join(User, User.id == UserProposal.user_id)
        .join(Unit, Unit.id == User.unit_id)
        .join(Area, Area.id == Unit.area_id)
        .join(proposer, proposer.id == UserProposal.proposed_by_id)
        .where(UserProposal.ended_at.is_(None), UserProposal.expires_at > now)
        .order_by(UserProposal.proposed_at, UserProposal.id)
    )
    if username is not None:
        statement = statement.where(User.username == username)
    return [
        OpenProposal(
            id=one.id,
            user_id=user.id,
            username=user.username,
            name=user.name,
            act=ProposedAct(one.act),
            before=tuple(one.before or ()),
            roles=tuple(one.roles or ()),
            proposer_id=one.proposed_by_id,
            proposer=name,
            proposed_at=one.proposed_at,
            expires_at=one.expires_at,
            seen=_digest(one, user),
        )
        for one, user, name in session.execute(statement)
    ]


def _propose(
    session: Session,
    actor: Actor,
    chain: Chain,
    user: User,
    act: ProposedAct,
    roles: list[str] | None,
    now: datetime,
) -> None:
    if actor.user_id is None:
        raise Forbidden(permission=Permission.USERS_MANAGE.value)
    known = select(UserProposal).where(
        UserProposal.user_id == user.id, UserProposal.act == act, UserProposal.ended_at.is_(None)
    )
    for earlier in session.scalars(known):
        _end(earlier, actor, ProposalOutcome.REPLACED, now)
    session.flush()  # one alone may be open
    before = sorted(user.roles) if roles is not None else None
    session.add(
        UserProposal(
            user_id=user.id,
            act=act.value,
            roles=roles,
            before=before,
            proposed_by_id=actor.user_id,
            proposed_at=now,
            expires_at=now + LASTS,
        )
    )
    facts = {"act": act.value, **({} if roles is None else {"roles": [before, roles]})}
    record_user(session, chain, user, f"{act.value}_proposed", actor, facts, now)


def _load_open(session: Session, user: User, act: str, now: datetime) -> tuple[UserProposal, User]:
    """Return what is proposed of a user, and by whom, who must still be there and may still propose it.

    Whoever changes the user or proposes something else waits for the lock on the unit; what they changed
    while this one waited is read here.
    """
    session.refresh(user)
    row = session.execute(
        select(UserProposal, User)
        .join(User, User.id == UserProposal.proposed_by_id)
        .where(
            UserProposal.user_id == user.id,
            UserProposal.act == act,
            UserProposal.ended_at.is_(None),
            UserProposal.expires_at > now,
            User.active,
        )
    ).one_or_none()
    if row is None or not policy.may_manage_users(row[1].roles):
        raise Conflict("proposal_over", username=user.username)
    return row[0], row[1]


def _require_seen(proposal: UserProposal, user: User, seen: str) -> None:
    if seen != _digest(proposal, user):
        raise Conflict("proposal_changed", username=user.username)


def _digest(proposal: UserProposal, user: User) -> str:
    """Return what stands for a proposal and the place of the user, another one for whatever differs."""
    told = [
        user.id,
        user.unit_id,
        proposal.act,
        proposal.before,
        proposal.roles,
        proposal.proposed_by_id,
        proposal.proposed_at.isoformat(),
        proposal.id,
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _end(proposal: UserProposal, actor: Actor, outcome: ProposalOutcome, now: datetime) -> None:
    proposal.ended_at, proposal.ended_by_id, proposal.outcome = now, actor.user_id, outcome.value
