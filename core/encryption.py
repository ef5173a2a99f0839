"""Seal what must be kept but not be readable from the database alone."""

import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12
#: Stands in a keyed digest behind the id of its key.
KEY_ENDS = ":"


class Encryptor:
    """Encrypt and check with AES-256-GCM under a key derived from one that lives outside the database.

    `place` says where a sealed value belongs; opened anywhere else it does not open. The first key seals, the
    others open what was sealed before the secret changed.
    """

    def __init__(self, keys: Sequence[bytes], purpose: str) -> None:
        self._ciphers = [AESGCM(derived(key, purpose)) for key in keys]
        self._digest_keys = [derived(key, f"{purpose}, digests") for key in keys]

    def close(self, content: bytes, place: str) -> bytes:
        """Return the sealed form, which begins with a nonce of its own."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._ciphers[0].encrypt(nonce, content, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes | None:
        """Return the content, or None when another key or another place sealed it or somebody changed it."""
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
            except InvalidTag:
                continue
        return None

    def digests(self, digest: str) -> list[str]:
        """Return keyed digests of a digest, the present key's first: nobody can try guesses on them."""
        return keyed(digest, self._digest_keys)

    def knows(self, digest: str) -> bool:
        """Return whether a digest was made with one of the keys, or with none, as earlier versions did."""
        key_id, _, rest = digest.partition(KEY_ENDS)
        return not rest or key_id in {_id_of(key) for key in self._digest_keys}


def keyed(digest: str, keys: Sequence[bytes]) -> list[str]:
    """Return for each key its id and the HMAC of a digest, in hex."""
    return [
        f"{_id_of(key)}{KEY_ENDS}{hmac.new(key, digest.encode(), hashlib.sha256).hexdigest()}" for key in keys
    ]


def _id_of(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()[:8]


def derived(key: bytes, purpose: str) -> bytes:
    """Return the key of 256 bits for one purpose, from which no other's can be told."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(key)
