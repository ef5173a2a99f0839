"""Refuse whoever guesses, or asks for too much of what is costly, with 429 and the time to wait.

A refusal that may be a guess is counted after the transaction of the request has ended: what is refused is
rolled back, and the count must stay. Once nothing is left, a refusal only reads.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import g
from werkzeug.exceptions import Unauthorized

from accounts.sign_in import rate_limits
from accounts.sign_in.rate_limits import Limit
from api.framework.request_context import ApiServices, RequestContext
from cases.access.receipt_codes import USED
from core.errors import DomainError, Invalid, KeyReused, NotFound
from wsgi.addresses import client_address
from wsgi.rate_limits import QUARTER, WRONG_CODES

WRONG_TOKENS = Limit("wrong_tokens", 30, QUARTER)
USED_CODES = Limit("used_codes", 10, QUARTER)
REUSED_KEYS = Limit("reused_keys", 30, QUARTER)

#: Counted by the address of the sender, because nobody is known yet; the others by person.
OF_ADDRESSES = frozenset({WRONG_TOKENS.name, WRONG_CODES.name})


class WrongToken(Unauthorized):
    """Say that a token was shown and that nobody holds it."""


@contextmanager
def count_wrong_guesses(services: ApiServices) -> Iterator[None]:
    """Count what is refused inside, where it may be a guess; stands around the transaction."""
    try:
        yield
    except (WrongToken, DomainError) as refusal:
        limit = _limit_of(refusal)
        if limit is not None:
            subject = client_address() if limit.name in OF_ADDRESSES else f"user:{g.user_id}"
            _count(services, limit, subject)
        raise


def spend(call: RequestContext, limit: Limit) -> None:
    """Count one costly call of a person, in the transaction of its effect."""
    rate_limits.spend(call.session, limit=limit, subject=f"user:{call.actor.user_id}", now=call.now)


def _limit_of(refusal: Exception) -> Limit | None:
    if isinstance(refusal, WrongToken):
        return WRONG_TOKENS
    if isinstance(refusal, KeyReused):
        return REUSED_KEYS
    if isinstance(refusal, NotFound) and "receipt_code" in refusal.facts:
        return WRONG_CODES
    if isinstance(refusal, Invalid) and any(USED in reasons for reasons in refusal.errors.values()):
        return USED_CODES
    return None


def _count(services: ApiServices, limit: Limit, subject: str) -> None:
    now = services.now()
    with services.db.reading() as session:
        rate_limits.refuse_when_spent(session, limit=limit, subject=subject, now=now)
    with services.db.transaction() as session:
        rate_limits.spend(session, limit=limit, subject=subject, now=now)
