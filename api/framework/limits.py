"""Refuse whoever guesses, or asks for too much of what is costly, with 429 and the time to wait.

A refusal that may be a guess is counted after the transaction of the request has ended: what is refused is
rolled back, and the count must stay. Once nothing is left, a refusal only reads.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import g
from werkzeug.exceptions import Unauthorized

from accounts.sign_in import rate_limits
from accounts.sign_in.rate_limits import Counted, Limit
from api.framework.request_context import ApiServices, RequestContext
from cases.access.receipt_codes import USED
from core.errors import DomainError, Invalid, KeyReused, NotFound
from wsgi.guessing import throttles
from wsgi.rate_limits import QUARTER

WRONG_TOKENS = Limit("wrong_tokens", 30, QUARTER)
USED_CODES = Limit("used_codes", 10, QUARTER)
REUSED_KEYS = Limit("reused_keys", 30, QUARTER)


class WrongToken(Unauthorized):
    """Say that a token was shown and that nobody holds it."""


@contextmanager
def count_wrong_guesses(services: ApiServices) -> Iterator[None]:
    """Count what is refused inside, where it may be a guess; stands around the transaction."""
    try:
        yield
    except (WrongToken, DomainError) as refusal:
        if counted := _counted(refusal):
            _count(services, counted)
        raise


def spend(call: RequestContext, limit: Limit) -> None:
    """Count one costly call of a person, in the transaction of its effect."""
    rate_limits.spend(call.session, limit=limit, subject=f"user:{call.actor.user_id}", now=call.now)


def _counted(refusal: Exception) -> Counted:
    """Say of whom a refusal is counted: of where it comes from while nobody is known, else of the person."""
    if isinstance(refusal, WrongToken):
        return throttles.of_address(WRONG_TOKENS)
    if isinstance(refusal, KeyReused):
        return [(REUSED_KEYS, f"user:{g.user_id}")]
    if isinstance(refusal, NotFound) and "receipt_code" in refusal.facts:
        return throttles.wrong_code_tries()
    if isinstance(refusal, Invalid) and any(USED in reasons for reasons in refusal.errors.values()):
        return [(USED_CODES, f"user:{g.user_id}")]
    return []


def _count(services: ApiServices, counted: Counted) -> None:
    now = services.now()
    with services.db.reading() as session:
        rate_limits.refuse_when_any_spent(session, counted, now=now)
    with services.db.transaction() as session:
        throttles.count(session, counted, now=now)
