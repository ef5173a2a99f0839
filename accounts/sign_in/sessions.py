"""Keep who is signed in, on which device and until when; each can be ended at any moment (threats.md 3.9).

A sign-in lasts 12 hours, or 2 hours without use, on a shared computer, and 7 days on one's own phone, unless
the profile is stricter; one by the provider (accounts/openid) is never longer than the first, for somebody
may have been let go there.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Boolean, CursorResult, and_, bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from accounts.access.actor import Actor
from accounts.models import Area, Unit, User
from accounts.security_log import shown
from accounts.sign_in.factor_kinds import has_factor
from accounts.sign_in.first_steps import EntryFacts, password_since
from accounts.sign_in.sign_ins import ProviderProof, SignIn
from config.profiles import ORDINARY, SecurityProfile
from core.errors import NotFound

RANDOM_BYTES = 32
FORM = re.compile(r"[A-Za-z0-9_-]{43}")
SHARED, OWN, IDLE = ORDINARY.lasts, timedelta(days=7), ORDINARY.idle
#: So much longer a device of one's own keeps the secret: by it the form is known that came too late.
RECOGNISED = timedelta(days=1)
#: How long somebody has for the code after the password was right.
HALF = timedelta(minutes=5)
#: That somebody is still there is noted this often, not at every request.
NOTED = timedelta(minutes=5)
RETENTION = timedelta(days=183)
LONGEST_DEVICE = 80


@dataclass(frozen=True)
class DraftKeeping:
    """By which mark a shared device knows the drafts of a sign-in, and when they end unless it goes on."""

    mark: str
    ends_at: datetime


@dataclass(frozen=True)
class Present:
    """Somebody who is signed in, as the pages need them."""

    sign_in_id: int
    actor: Actor
    name: str
    unit_name: str
    half: bool
    facts: EntryFacts
    seen_at: datetime
    #: When the person last signed in at the provider; None for whoever came by the password.
    proved_at: datetime | None
    #: None on a device of one's own, which keeps drafts longer than a sign-in.
    drafts: DraftKeeping | None


def create(
    session: Session,
    *,
    user_id: int,
    device: str,
    own_device: bool,
    half: bool,
    profile: SecurityProfile = ORDINARY,
    now: datetime,
    proof: ProviderProof | None = None,
) -> str:
    """Sign somebody in on a device and give the secret that the device keeps; the security log tells it.

    Whoever came by the provider has its `proof`, and is never asked to come again later than there.
    """
    shown.note_sign_in(user_id)
    secret = secrets.token_urlsafe(RANDOM_BYTES)
    own_device = own_device and profile.own_devices
    lasts = HALF if half else OWN if own_device else profile.lasts
    session.add(
        SignIn(
            user_id=user_id,
            secret_hash=digest(secret),
            device=device[:LONGEST_DEVICE] or "?",
            own_device=own_device,
            half=half,
            created_at=now,
            seen_at=now,
            ends_at=now + lasts,
            provider_proof=proof.sealed if proof else None,
            provider_strong=proof.strong if proof else None,
            proved_at=proof.proved_at if proof else None,
        )
    )
    return secret


def digest(secret: str) -> str:
    """Return what is kept of a secret: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


#: Made once, because it is asked at every request.
HOLDER = (
    select(
        SignIn,
        User.username,
        User.name,
        User.unit_id,
        Unit.code,
        Unit.name.label("unit_name"),
        Area.path,
        User.roles,
        Area.village_id,
        User.password_given,
        has_factor().label("second"),
        User.factor_postponed_until,
        User.password_set_at,
        User.created_at.label("user_created_at"),
        User.password_hash.is_not(None).label("has_password"),
    )
    .join(User, User.id == SignIn.user_id)
    .join(Unit, Unit.id == User.unit_id)
    .join(Area, Area.id == Unit.area_id)
    .where(
        SignIn.secret_hash == bindparam("digest"),
        SignIn.ended_at.is_(None),
        SignIn.ends_at > bindparam("now"),
        # A clock that was set back must not let anybody in for longer.
        SignIn.created_at <= bindparam("latest"),
        or_(
            and_(SignIn.own_device, bindparam("own_devices", type_=Boolean)),
            SignIn.seen_at > bindparam("idle"),
        ),
        User.active,
    )
)


def find_signed_in(
    session: Session, secret: str, now: datetime, profile: SecurityProfile = ORDINARY
) -> Present | None:
    """Return who is signed in with a secret, or None when it is unknown, over, ended or a disabled user's."""
    if not FORM.fullmatch(secret):
        return None
    given = {"digest": digest(secret), "now": now, "idle": now - profile.idle, "latest": now + SHARED}
    given["own_devices"] = profile.own_devices
    row = session.execute(HOLDER, given).one_or_none()
    if row is None:
        return None
    kept: SignIn = row.SignIn
    actor = Actor(
        kept.user_id,
        row.username,
        row.unit_id,
        row.code,
        row.path,
        frozenset(row.roles),
        row.village_id,
    )
    here = kept.proved_at is None  # a password that nobody asked for is neither given nor too old
    since = password_since(row.has_password, row.password_set_at, row.user_created_at)
    facts = EntryFacts(
        password_given=bool(row.password_given) and here,
        has_second_factor=row.second,
        postponed_until=row.factor_postponed_until,
        password_since=since if here else None,
        vouched=bool(kept.provider_strong),
    )
    drafts = None if kept.own_device else DraftKeeping(_mark(kept), min(kept.ends_at, now + profile.idle))
    return Present(
        kept.id, actor, row.name, row.unit_name, kept.half, facts, kept.seen_at, kept.proved_at, drafts
    )


def _mark(kept: SignIn) -> str:
    """Name a sign-in on the device without its id or its secret."""
    return hashlib.sha256(f"drafts of {kept.secret_hash}".encode()).hexdigest()[:16]


def find_last_holder(session: Session, secret: str) -> int | None:
    """Return the id of the user whose sign-in a secret was, be it over or ended; None for an unknown one.

    Nobody is let in by it: it says whose the form is that came with it. A sign-in that never got beyond the
    password was nobody's yet.
    """
    if not FORM.fullmatch(secret):
        return None
    return session.scalars(
        select(SignIn.user_id).where(SignIn.secret_hash == digest(secret), ~SignIn.half)
    ).one_or_none()


def half_of(session: Session, secret: str, now: datetime) -> SignIn | None:
    """Return the sign-in that waits for its code, or None."""
    if not FORM.fullmatch(secret):
        return None
    return session.scalars(
        select(SignIn).where(
            SignIn.secret_hash == digest(secret), SignIn.half, SignIn.ended_at.is_(None), SignIn.ends_at > now
        )
    ).one_or_none()


def load(session: Session, sign_in_id: int) -> SignIn:
    """Return the sign-in with this id; whoever is signed in has one."""
    return session.get_one(SignIn, sign_in_id)


def complete(session: Session, half: SignIn, now: datetime, profile: SecurityProfile = ORDINARY) -> str:
    """Sign somebody in whose code was right, with a new secret: what was known before opens nothing."""
    proof = proof_of(half)
    half.ended_at, half.provider_proof = now, None
    return create(
        session,
        user_id=half.user_id,
        device=half.device,
        own_device=half.own_device,
        half=False,
        profile=profile,
        now=now,
        proof=proof,
    )


def proof_of(row: SignIn) -> ProviderProof | None:
    """Return what is kept of the sign-in at the provider; None for whoever gave a password."""
    if row.provider_proof is None or row.proved_at is None:
        return None
    return ProviderProof(row.provider_proof, bool(row.provider_strong), row.proved_at)


def prove_again(session: Session, sign_in_id: int, proof: ProviderProof) -> None:
    """Note that whoever is signed in signed in anew at the provider."""
    row = load(session, sign_in_id)
    row.provider_proof, row.proved_at = proof.sealed, proof.proved_at
    row.provider_strong = bool(row.provider_strong) or proof.strong


def is_seen_outdated(who: Present, now: datetime) -> bool:
    """Return whether it should be noted that somebody is still there."""
    return abs(now - who.seen_at) >= NOTED


def update_seen(session: Session, sign_in_id: int, now: datetime) -> None:
    """Note that somebody is still there."""
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=now))


def end(session: Session, *, user_id: int, sign_in_id: int, now: datetime) -> None:
    """End one of a person's own sign-ins; raise NotFound for any other."""
    row = session.scalars(
        select(SignIn).where(SignIn.id == sign_in_id, SignIn.user_id == user_id)
    ).one_or_none()
    if row is None:
        raise NotFound(sign_in=sign_in_id)
    row.ended_at, row.provider_proof = row.ended_at or now, None


def end_held(session: Session, secret: str, now: datetime) -> ProviderProof | None:
    """End the sign-in that a device holds the secret of, however far it has come; nothing without one.

    Returns the proof of whoever came by the provider, who may want to sign out there too.
    """
    held = select(SignIn).where(SignIn.secret_hash == digest(secret), SignIn.ended_at.is_(None))
    row = session.scalars(held).one_or_none()
    if row is None:
        return None
    proof = proof_of(row)
    row.ended_at, row.provider_proof = now, None
    return proof


def end_all_of_everybody(session: Session, *, now: datetime) -> None:
    """End every sign-in there is, as after a restore: what was ended since the copy would live again."""
    session.execute(update(SignIn).where(SignIn.ended_at.is_(None)).values(ended_at=now, provider_proof=None))


def list_devices(session: Session, *, user_id: int, now: datetime) -> list[SignIn]:
    """Return where a person is signed in now, the one used last first."""
    statement = select(SignIn).where(
        SignIn.user_id == user_id,
        SignIn.ended_at.is_(None),
        ~SignIn.half,
        SignIn.ends_at > now,
        or_(SignIn.own_device, SignIn.seen_at > now - IDLE),
    )
    return list(session.scalars(statement.order_by(SignIn.seen_at.desc(), SignIn.id.desc())))


def delete_expired(session: Session, *, now: datetime) -> int:
    """Drop the sign-ins that have been over for half a year; give how many."""
    gone: CursorResult[tuple[int]] = session.execute(  # type: ignore[assignment]  # a DELETE gives a cursor
        delete(SignIn).where(SignIn.ends_at < now - RETENTION)
    )
    return gone.rowcount
