"""Seal, open and digest what says who somebody is, under keys that lie outside database and backup.

AES-256-GCM with the place of a value, which is its table, column and row, as associated data: moved anywhere
else it does not open. Every sealed text names its key by an id, so that keys can change (decision 0052).
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.encryption import NONCE_BYTES, derived
from core.errors import Unavailable
from core.sealing import key_file
from core.sealing.sealed_columns import KEY_ID_LENGTH, SEALED, SealedText

#: Bytes of a digest by which a telephone is found: enough that no two have the same.
DIGEST_BYTES = 16


class NotOpened(ValueError):
    """Say that a sealed text was changed, or belongs to another place."""


class PersonalKey:
    """One key: what seals and opens, and what makes digests. Its id is a digest of it and tells nothing."""

    def __init__(self, secret: str) -> None:
        key = secret.encode()
        self.id = hashlib.sha256(derived(key, "personal id")).hexdigest()[:KEY_ID_LENGTH]
        self.cipher = AESGCM(derived(key, "personal values"))
        self._digests = derived(key, "personal digests")

    def digest(self, use: str, value: str) -> str:
        """Return the keyed digest of a value, in hex, which is another one for every use."""
        told = hmac.new(self._digests, f"{use}|{value}".encode(), hashlib.sha256).digest()
        return told[:DIGEST_BYTES].hex()


class PersonalKeys:
    """The keys of an installation, the one that seals first.

    Keys of a file are read again as soon as the file is another one, so that every process of the machine
    seals with a new key from the moment on at which it is there. Those that were given stay as they are.
    """

    def __init__(self, given: Sequence[str] = (), *, place: Path | None = None) -> None:
        """Take the keys that were given, or else those of a file.

        Raises Unavailable `no_personal_key` when there is none.
        """
        self.place = place if not given else None
        self._version = self._seen()
        self._keys = self._made(tuple(given) if self.place is None else key_file.read(self.place))

    @property
    def present(self) -> PersonalKey:
        """The key that seals."""
        version = self._seen()
        if self.place is not None and version != self._version:
            self._keys, self._version = self._made(key_file.read(self.place)), version
        return self._keys[0]

    @property
    def all(self) -> Sequence[PersonalKey]:
        """Every key that is known here, the one that seals first."""
        return (self.present, *self._keys[1:])

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all keys, in the same order."""
        return tuple(key.id for key in self.all)

    def seal(self, text: str, place: str) -> SealedText:
        """Return the sealed form of a text for the place where it will stand."""
        key, nonce = self.present, os.urandom(NONCE_BYTES)
        sealed = nonce + key.cipher.encrypt(nonce, text.encode(), place.encode())
        return SealedText(f"{SEALED}{key.id}{base64.b64encode(sealed).decode()}")

    def open(self, sealed: SealedText, place: str) -> str:
        """Return the text; one that is not sealed is given back as it is.

        Raises NotOpened for what was changed or belongs elsewhere, and Unavailable `personal_key_missing`
        with the id of a key that is not here.
        """
        if sealed.key_id is None:
            return sealed.stored
        key = self._find(sealed.key_id)
        try:
            content = base64.b64decode(sealed.stored[1 + KEY_ID_LENGTH :], validate=True)
            return key.cipher.decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], place.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise NotOpened(place) from error

    def digests(self, use: str, value: str) -> list[str]:
        """Return the digests of a value under every key, for rows that an earlier one has digested."""
        return [key.digest(use, value) for key in self.all]

    def _find(self, key_id: str) -> PersonalKey:
        for keys in (self._keys, self.all):  # what is not known yet may have come meanwhile
            for key in keys:
                if key.id == key_id:
                    return key
        raise Unavailable(reason="personal_key_missing", key_id=key_id)

    def _seen(self) -> tuple[int, int, int] | None:
        """Return what tells a file from the one that comes in its place."""
        try:
            told = os.stat(self.place) if self.place is not None else None
        except FileNotFoundError:
            return None
        return (told.st_ino, told.st_mtime_ns, told.st_size) if told is not None else None

    @staticmethod
    def _made(secrets: Sequence[str]) -> tuple[PersonalKey, ...]:
        if not secrets:
            raise Unavailable(reason="no_personal_key")
        return tuple(map(PersonalKey, secrets))
