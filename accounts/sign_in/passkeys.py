"""Let a device prove that it is there, beside the password: passkeys (WebAuthn level 2, docs/decisions/0048).

The device signs a question that is asked once, in one sign-in and for some minutes, together with the address
of the site, so that neither a look-alike nor a recording gets in.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import webauthn
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
)

from accounts.access.actor import Actor
from accounts.history import record_user
from accounts.models import User
from accounts.sign_in import sign_ins
from accounts.sign_in.sign_ins import SignIn
from core.chain import Chain
from core.errors import Invalid, NotFound
from core.persistence.db import Base, UTCDateTime
from core.text import is_longer, problem_of_name

SITE_NAME = "回音"
CHALLENGE_BYTES = 32
#: How long a question may be answered.
ANSWERED_WITHIN = timedelta(minutes=10)
MOST = 10
LONGEST_LABEL = 80
#: What a browser sends for a passkey is a few thousand characters.
LONGEST_ANSWER = 20_000
#: What the library raises for an answer that is wrong, or is none: of its JSON it believes whatever is sent.
UNREADABLE = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, RecursionError)


class Passkey(Base):
    """One device or key of a person: its public key, and how often it had signed when it was last heard."""

    __tablename__ = "passkeys"
    __table_args__ = (
        CheckConstraint("sign_count >= 0", name="sign_count_not_negative"),
        CheckConstraint("length(label) BETWEEN 1 AND 80", name="label_length"),
        Index("ix_passkeys_user", "user_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    label: Mapped[str]
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


@dataclass(frozen=True)
class Site:
    """The site as the browser knows it: its host, and scheme, host and port together."""

    host: str
    origin: str


def ask(session: Session, *, sign_in: SignIn, now: datetime) -> None:
    """Ask a new question in a sign-in; the one before counts no more."""
    sign_in.challenge, sign_in.challenge_until = secrets.token_bytes(CHALLENGE_BYTES), now + ANSWERED_WITHIN
    session.flush()


def question(sign_in: SignIn | None, now: datetime) -> bytes | None:
    """Return the question that waits in a sign-in, or None."""
    until = sign_in.challenge_until if sign_in is not None else None
    waits = until is not None and now < until <= now + ANSWERED_WITHIN
    return sign_in.challenge if sign_in is not None and waits else None


def creation_options(session: Session, *, user: User, challenge: bytes, site: Site) -> str:
    """Return, as JSON, what a browser needs to make a passkey."""
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=SITE_NAME,
        user_name=user.username,
        user_display_name=user.name,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED
        ),
        exclude_credentials=_descriptors(list_own(session, user_id=user.id)),
    )
    return webauthn.options_to_json(options)


def request_options(session: Session, *, user_id: int, challenge: bytes, site: Site) -> str:
    """Return, as JSON, what a browser needs to sign with a passkey that there is."""
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        challenge=challenge,
        allow_credentials=_descriptors(list_own(session, user_id=user_id)),
    )
    return webauthn.options_to_json(options)


def register(
    session: Session,
    *,
    actor: Actor,
    chain: Chain,
    sign_in: SignIn,
    label: str,
    answer: str,
    site: Site,
    now: datetime,
) -> None:
    """Take a passkey into use; every other sign-in of the person ends.

    Raises Invalid for an answer that is none to the question of this sign-in, for a name that is none, and
    for more passkeys than anybody has.
    """
    user_id, challenge = actor.user_id or 0, question(sign_in, now)
    if problem_of_name(label) is not None or is_longer(label, LONGEST_LABEL):
        raise Invalid({"label": ["not_a_name"]})
    has_most = len(list_own(session, user_id=user_id)) >= MOST
    if challenge is None or is_longer(answer, LONGEST_ANSWER) or has_most:
        raise Invalid({"passkey": ["wrong_passkey"]})
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
        )
    except UNREADABLE as error:
        raise Invalid({"passkey": ["wrong_passkey"]}) from error
    taken = select(Passkey.id).where(Passkey.credential_id == made.credential_id)
    if session.scalars(taken).first() is not None:
        raise Invalid({"passkey": ["wrong_passkey"]})
    sign_in.challenge = sign_in.challenge_until = None
    session.add(
        Passkey(
            user_id=user_id,
            label=label,
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            created_at=now,
            used_at=None,
        )
    )
    sign_ins.end_all(session, user_id=user_id, now=now, but=sign_in.id)
    record_user(session, chain, session.get_one(User, user_id), "passkey_added", actor, {"label": label}, now)


def accept(session: Session, *, sign_in: SignIn, answer: str, site: Site, now: datetime) -> bool:
    """Return whether a passkey of the person signed the question of this sign-in, which is used up by it.

    A key whose counter does not go up was copied, and opens nothing.
    """
    challenge = question(sign_in, now)
    sign_in.challenge = sign_in.challenge_until = None
    if challenge is None or is_longer(answer, LONGEST_ANSWER):
        return False
    try:
        named = webauthn.helpers.parse_authentication_credential_json(answer).raw_id
        row = session.scalars(
            select(Passkey)
            .where(Passkey.credential_id == named, Passkey.user_id == sign_in.user_id)
            .with_for_update()
        ).one_or_none()
        if row is None:
            return False
        proved = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
        )
    except UNREADABLE:
        return False
    row.sign_count, row.used_at = proved.new_sign_count, now
    return True


def list_own(session: Session, *, user_id: int) -> list[Passkey]:
    """Return the passkeys of a person, the oldest first."""
    return list(session.scalars(select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id)))


def rename(session: Session, *, user_id: int, passkey_id: int, label: str) -> None:
    """Call one of the person's own passkeys something else; raise NotFound for any other."""
    row = _own(session, user_id, passkey_id)
    if problem_of_name(label) is not None or is_longer(label, LONGEST_LABEL):
        raise Invalid({"label": ["not_a_name"]})
    row.label = label


def remove(
    session: Session, *, actor: Actor, chain: Chain, passkey_id: int, now: datetime, stays: int | None
) -> None:
    """Take one of the person's own passkeys away; every sign-in ends but `stays`."""
    user_id = actor.user_id or 0
    row = _own(session, user_id, passkey_id)
    session.delete(row)
    sign_ins.end_all(session, user_id=user_id, now=now, but=stays)
    user, facts = session.get_one(User, user_id), {"label": row.label}
    record_user(session, chain, user, "passkey_removed", actor, facts, now)


def remove_all(session: Session, *, actor: Actor, chain: Chain, user_id: int, now: datetime) -> None:
    """Take every passkey of a person away, as when the devices are lost; who may is for the caller to say."""
    labels = [row.label for row in list_own(session, user_id=user_id)]
    session.execute(delete(Passkey).where(Passkey.user_id == user_id))
    for label in labels:
        user = session.get_one(User, user_id)
        record_user(session, chain, user, "passkey_removed", actor, {"label": label}, now)


def _own(session: Session, user_id: int, passkey_id: int) -> Passkey:
    row = session.get(Passkey, passkey_id)
    if row is None or row.user_id != user_id:
        raise NotFound(passkey=passkey_id)
    return row


def _descriptors(rows: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=row.credential_id) for row in rows]
