"""Hash and check passwords with Argon2id, and say which ones are too weak (threats.md 3.9)."""

import secrets
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

LEAST = 12
MOST = 128
LEAST_DIFFERENT = 5
#: Beginnings that guessers try first, general and local; digits and signs added behind them do not help.
COMMON = (
    "123456",
    "abcdef",
    "admin",
    "administrator",
    "beijing",
    "changeme",
    "guanli",
    "huiyin",
    "iloveyou",
    "letmein",
    "mima",
    "passw0rd",
    "password",
    "qazwsx",
    "qwerty",
    "qwertyuiop",
    "welcome",
    "woaini",
    "woaizhongguo",
    "xiangzhen",
    "zhongguo",
)

#: A made password is read out and typed: small letters and digits without look-alikes, 79 bits.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, OF_LETTERS = 4, 4

_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
#: Each hash takes 19 MiB for some 30 ms: more at once would serve nobody faster.
_TURNSTILE = BoundedSemaphore(4)


def problem_of_password(password: str, username: str) -> str | None:
    """Return the reason why a password is refused, or None.

    Long is what counts; there is no rule about kinds of characters.
    """
    lower = password.lower()
    if len(password) < LEAST:
        return "too_short"
    if len(password) > MOST:
        return "too_long"
    if username and username in lower:
        return "contains_username"
    if len(set(lower)) < LEAST_DIFFERENT:
        return "too_simple"
    core = lower.strip("0123456789!@#$%^&*()_+-=.,? ")
    return "too_common" if core in COMMON or not core else None


def generate_password(username: str) -> str:
    """Make a password that nobody guesses and everybody can type from a slip of paper."""
    # Another one where a short name happens to stand in it, for such a password is refused.
    groups = ("".join(secrets.choice(LETTERS) for _ in range(OF_LETTERS)) for _ in range(GROUPS))
    made = "-".join(groups)
    return made if problem_of_password(made, username) is None else generate_password(username)


def hash_password(password: str) -> str:
    """Return the Argon2id hash that is stored."""
    with _TURNSTILE:
        return _HASHER.hash(password)


def verify_password(password: str, stored: str | None) -> bool:
    """Return whether a password is the stored one; without a stored one it takes as long to say no."""
    with _TURNSTILE:
        try:
            return _HASHER.verify(stored or _nobody(), password) and bool(stored)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False


@cache
def _nobody() -> str:
    """Return a hash that stands in for unknown users, so that the time of an answer tells nothing."""
    return _HASHER.hash("nobody has this password")
