"""Seal what must be kept but not be readable from the database alone."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class Seal:
    """Encrypt and check with AES-256-GCM under a key derived from one that lives outside the database.

    `place` says where a sealed value belongs; opened anywhere else it does not open.
    """

    def __init__(self, key: bytes, purpose: str) -> None:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(key)
        self._cipher = AESGCM(derived)

    def close(self, content: bytes, place: str) -> bytes:
        """Give the sealed form, which begins with a nonce of its own."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes | None:
        """Give the content, or None when another key or place sealed it or somebody changed it."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
        except InvalidTag:
            return None
