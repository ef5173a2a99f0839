"""Make, read and hash the receipt codes that villagers hold.

A code has nine random characters and a check character, in two groups of five, from an alphabet without
look-alikes. The alphabet has 31 characters, a prime number, so that the weighted check finds every single
wrong character and every swap of two neighbours.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable

from core.normalization.folding import fold_code

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
RANDOM_LENGTH = 9
LENGTH = RANDOM_LENGTH + 1
#: More than this nobody types for ten characters, whatever they put between them.
LONGEST_TYPED = 40
#: The reason for refusing a code that somebody holds already.
USED = "receipt_code_used"


def new_code() -> str:
    """Make a code; nine characters of 31 are about 2.6 x 10^13 possibilities."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    return grouped(body + check_character(body))


def check_character(body: str) -> str:
    """Return the character that makes the weighted sum of all ten divisible by 31."""
    total = sum(weight * ALPHABET.index(char) for weight, char in enumerate(body, start=1))
    return ALPHABET[-total * pow(LENGTH, -1, len(ALPHABET)) % len(ALPHABET)]


def read_code(typed: str) -> str | None:
    """Return the plain ten characters of a typed code, or None when it cannot be one.

    Case and width do not matter, nor does what people and their keyboards put between the characters or copy
    with them: spaces, dashes of every kind, dots, signs that cannot be seen, Chinese words.
    """
    plain = "".join(char for char in fold_code(typed[:LONGEST_TYPED]) if char.isalnum() and char.isascii())
    if len(plain) != LENGTH or any(char not in ALPHABET for char in plain):
        return None
    return plain if check_character(plain[:RANDOM_LENGTH]) == plain[-1] else None


def grouped(plain: str) -> str:
    """Write a code in two groups of five, as it stands on the slip."""
    return f"{plain[:5]}-{plain[5:]}"


def digest(key: bytes, plain: str) -> str:
    """Return what the server keeps of a code: its HMAC-SHA256 in hex, by a key outside the database."""
    return hmac.new(key, plain.encode(), hashlib.sha256).hexdigest()


def digests(keys: Iterable[bytes], plain: str) -> list[str]:
    """Return what the server may have kept of a code: under the present key, or under one before it."""
    return [digest(key, plain) for key in keys]
