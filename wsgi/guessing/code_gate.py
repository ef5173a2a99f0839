"""Let a receipt code be looked up, slowly, or not at all: by how many wrong ones came from the same place.

Up to ten wrong ones of an address in a quarter of an hour nothing is in the way. From then on wrong ones are
refused, and a right one is answered after two seconds, one at a time, so that whoever lives behind an address
at which somebody guesses still learns how the matter stands. After 200, or 2,000 an hour of all addresses
together, nothing is looked up but for devices on which this very code was right before
(docs/decisions/0044).

It stands before the transaction: nobody else waits while it does.
"""

from datetime import datetime
from time import sleep

from sqlalchemy.orm import Session

from accounts.sign_in import known_devices, rate_limits
from cases import public_status
from cases.access import receipt_codes
from cases.configuration.case_rules import CountyRules
from core.errors import NotFound, TooMany
from core.persistence.db import Database
from wsgi.addresses import client_address
from wsgi.concurrency_limit import ConcurrencyLimit
from wsgi.guessing import throttles
from wsgi.rate_limits import FREE_WRONG_CODES, PAUSE, RIGHT_CODES, WIDER, WRONG_CODES

#: So many requests of a process may wait at once: those of other addresses have the other places.
WAITING = ConcurrencyLimit(slots=2, patience=0)
#: What a try in the slow part is told, be it wrong or right and not alone: it must not tell the two apart.
COME_AGAIN = int(PAUSE.total_seconds())


def enter(db: Database, *, rules: CountyRules, code: str, kept: str, now: datetime) -> None:
    """Return when a code may be looked up; raise TooMany when it may not.

    `kept` is what the device is known by. A wrong code is counted here only where it is refused here;
    elsewhere by whoever looks it up (`throttles.wrong_code_tries`).
    """
    counted = throttles.wrong_code_tries()
    with db.reading() as session:
        spent = rate_limits.list_spent(session, counted, now=now)
        over = [
            one.seconds_left
            for (limit, _), one in zip(counted, spent, strict=True)
            if one.count >= limit.most
        ]
        # The wide network has more free ones as well; all together have none before the last.
        free = [FREE_WRONG_CODES, FREE_WRONG_CODES * WIDER][: len(counted) - 1]
        if not over and all(one.count < most for one, most in zip(spent, free, strict=False)):
            return
        if is_known(rules, code=code, kept=kept, now=now):
            return
        if over:
            raise TooMany(retry_after=max(over), limit=WRONG_CODES.name)
        right = _is_right(session, rules, code)
    if not right:
        with db.transaction() as session:
            throttles.count(session, counted, now=now)
        raise TooMany(retry_after=COME_AGAIN, limit=WRONG_CODES.name)
    _wait_alone(db, now)


def is_known(rules: CountyRules, *, code: str, kept: str, now: datetime) -> bool:
    """Return whether this very code was right on the device before."""
    keys, holder = rules.services.receipt_keys, holder_of_code(code)
    return holder is not None and known_devices.find(keys, kept, holder=holder, now=now) is not None


def holder_of_code(code: str) -> str | None:
    """Return what a device is tied to on which a code was right; None for what cannot be a code."""
    plain = receipt_codes.read_code(code)
    return f"code {plain}" if plain is not None else None


def _is_right(session: Session, rules: CountyRules, code: str) -> bool:
    try:
        public_status.find_complainant(session, rules=rules, code=code)
    except NotFound:
        return False
    return True


def _wait_alone(db: Database, now: datetime) -> None:
    """Wait, one of an address at a time whatever process it reaches; raise TooMany for the one beside it."""
    not_alone = TooMany(retry_after=COME_AGAIN, limit=WRONG_CODES.name)
    try:
        with db.transaction() as session:
            rate_limits.spend(session, limit=RIGHT_CODES, subject=client_address(), now=now)
    except TooMany:
        raise not_alone from None
    if not WAITING.enter():
        raise not_alone
    try:
        sleep(PAUSE.total_seconds())
    finally:
        WAITING.leave()
