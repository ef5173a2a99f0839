"""Hash and check passwords with Argon2id, and say which ones are too weak (threats.md 3.9)."""

import secrets
import string
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from accounts.sign_in.made_of_words import is_few_words
from config.profiles import MLPS, ORDINARY, SecurityProfile
from core.errors import Busy
from core.text import plain

LEAST = 12
MOST = 128
LEAST_DIFFERENT = 5
#: Words of this place that guessers try first, beside those of the lists.
LOCAL = frozenset(
    (
        *(
            "beijing",
            "changeme",
            "guanli",
            "guanliyuan",
            "huiyin",
            "mima",
            "qazwsx",
            "woaini",
            "woaizhongguo",
        ),
        *(
            "wodemima",
            "xiangzhen",
            "xinfang",
            "zhengfu",
            "zhongguo",
            "zoufang",
            "回音",
            "密码",
            "我爱中国",
            "走访",
        ),
    )
)
#: Where the lists lie; licences.txt says where they come from.
LISTS = Path(__file__).parent / "lists"
#: So few letters or characters beside a known word add nothing to it.
LEAST_BESIDE = 4
NEAR = str.maketrans("013457@$!", "oieastasi")
BEHIND = string.digits + string.punctuation + " "

#: A made password is read out and typed: small letters and digits without look-alikes, 79 bits.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, OF_LETTERS = 4, 4

_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
#: Each hash takes 19 MiB for some 30 ms: more at once would serve nobody faster, and hold up all others.
HASHES_AT_ONCE = 2
#: Whoever waits longer for a place is told to come again in so many seconds.
PATIENCE, BUSY_SECONDS = 5.0, 2
_TURNSTILE = BoundedSemaphore(HASHES_AT_ONCE)
#: What was worked out between the transactions of the present request, by what was asked.
_OUTSIDE: ContextVar[dict[tuple[str | None, ...], Any] | None] = ContextVar("outside", default=None)
#: A request asks for two things at most: whether the present password is right, and the hash of another one.
#: Beside them those that were used before, where they are remembered.
MOST_ASKED = 5 + MLPS.remembered
Result = TypeVar("Result")


def problem_of_password(
    password: str,
    username: str,
    own_words: Collection[str] = (),
    profile: SecurityProfile = ORDINARY,
) -> str | None:
    """Return the reason why a password is refused, or None.

    Long is what counts; about kinds of characters there is a rule where the profile has one. `own_words` are
    the names of the register, in characters and in pinyin, small: with digits and signs, and a syllable
    beside them, they are what a neighbour tries.
    """
    if len(password) < LEAST:
        return "too_short"
    if len(password) > MOST:
        return "too_long"
    lower = plain(password).lower()
    if username and username in lower:
        return "contains_username"
    if len(set(lower)) < LEAST_DIFFERENT:
        return "too_simple"
    if _kinds(password) < profile.least_kinds:
        return "too_few_kinds"
    if (
        lower in _lines("common_passwords.txt")
        or _is_common(_core(lower))
        or _is_common(_read_through(lower))
    ):
        return "too_common"
    return "too_common" if _is_local(_core(lower), own_words) else None


def _kinds(password: str) -> int:
    """Count the kinds of characters: small letters and characters, capitals, digits, signs."""
    tests = (
        lambda char: char.isalpha() and not char.isupper(),
        str.isupper,
        str.isdigit,
        lambda char: not char.isalnum(),
    )
    return sum(any(map(test, password)) for test in tests)


def _core(lower: str) -> str:
    """Return the letters and characters of a password: digits and signs are what everybody puts behind."""
    return "".join(char for char in lower if char.isalpha())


def _read_through(lower: str) -> str:
    """Return the core with digits and signs read as the letters that they stand for: `p@ssw0rd`."""
    return _core(lower.strip(BEHIND).translate(NEAR))


def _is_common(core: str) -> bool:
    """Return whether a core is one or two common words, or the same again and again."""
    halves = (core[:size] for size in range(1, len(core) // 2 + 1) if len(core) % size == 0)
    repeated = (part for part in halves if part * (len(core) // len(part)) == core)
    return any(is_few_words(part, _words()) for part in (core, *repeated))


def _is_local(core: str, own_words: Collection[str]) -> bool:
    """Return whether too little is left of a core without the words of this place; nothing is too little."""
    rest = core
    for word in sorted({*own_words, *LOCAL}, key=len, reverse=True):
        rest = rest.replace(word, "") if len(word) > 1 else rest
    return not rest or (rest != core and len(rest) < LEAST_BESIDE)


@cache
def _words() -> frozenset[str]:
    return _lines("common_words.txt") | LOCAL


@cache
def _lines(name: str) -> frozenset[str]:
    """Return the lines of one of the lists; each process reads it once, when somebody chooses a password."""
    return frozenset((LISTS / name).read_text(encoding="ascii").split())


def generate_password(username: str) -> str:
    """Make a password that nobody guesses and everybody can type from a slip of paper.

    A change that is made anew within one request finds the same.
    """
    done = _OUTSIDE.get()
    if done is None:
        return _generate(username)
    made: str = done.setdefault(("generate", username), _generate(username))
    return made


def _generate(username: str) -> str:
    # Another one where a short name happens to stand in it or no digit does: in one profile such a password
    # is refused.
    groups = ("".join(secrets.choice(LETTERS) for _ in range(OF_LETTERS)) for _ in range(GROUPS))
    made = "-".join(groups)
    return made if problem_of_password(made, username, profile=MLPS) is None else _generate(username)


class _HashFirst(Exception):
    """Say that a transaction must end before something is worked out that it needs, and begin anew then."""

    def __init__(self, asked: tuple[str | None, ...], work: Callable[[], Any]) -> None:
        super().__init__()
        self.asked, self.work = asked, work


def hash_outside(change: Callable[[], Result]) -> Result:
    """Make a change of the database that hashes passwords, and hash them while no transaction is open.

    Where the change asks for a hash, it is taken back, the hash is made, and the change is made anew and
    finds it. What is compared is what stands in the database the second time, so that nothing is decided by
    what was read before. Raises Busy when others' hashes take too long.
    """
    done: dict[tuple[str | None, ...], Any] = {}
    before = _OUTSIDE.set(done)
    try:
        for _ in range(MOST_ASKED):
            try:
                return change()
            except _HashFirst as first:
                done[first.asked] = first.work()
        raise Busy(retry_after=BUSY_SECONDS)
    finally:
        _OUTSIDE.reset(before)


def hash_password(password: str) -> str:
    """Return the Argon2id hash that is stored."""
    return _outside(("hash", password), lambda: _hash(password))


def verify_password(password: str, stored: str | None) -> bool:
    """Return whether a password is the stored one; without a stored one it takes as long to say no."""
    return _outside(("verify", password, stored), lambda: _verify(password, stored))


def _outside(asked: tuple[str | None, ...], work: Callable[[], Result]) -> Result:
    done = _OUTSIDE.get()
    if done is None:  # a command, which holds up nobody
        return work()
    if asked not in done:
        raise _HashFirst(asked, work)
    found: Result = done[asked]
    return found


def _hash(password: str) -> str:
    with _place():
        return _HASHER.hash(password)


def _verify(password: str, stored: str | None) -> bool:
    with _place():
        try:
            return _HASHER.verify(stored or _nobody(), password) and bool(stored)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False


@contextmanager
def _place() -> Iterator[None]:
    if not _TURNSTILE.acquire(timeout=PATIENCE):
        raise Busy(retry_after=BUSY_SECONDS)
    try:
        yield
    finally:
        _TURNSTILE.release()


@cache
def _nobody() -> str:
    """Return a hash that stands in for unknown users, so that the time of an answer tells nothing."""
    return _HASHER.hash("nobody has this password")
