"""A device that makes passkeys and signs with them, in memory, and can be told to do each thing wrongly."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from accounts.sign_in.passkeys import Site

PRESENT, ATTESTED = 0x01, 0x40


def written(data: bytes) -> str:
    """Return bytes as a browser sends them."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Authenticator:
    """One device with one key; `count` goes up with each signature."""

    count: int = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, challenge: bytes, site: Site, **wrong: Any) -> str:
        """Return what a browser sends of a new passkey."""
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        length = len(self.credential_id).to_bytes(2, "big")
        attested = bytes(16) + length + self.credential_id + cbor2.dumps(cose)
        data = self._data(site, wrong, ATTESTED) + attested
        made = {"fmt": "none", "attStmt": {}, "authData": data}
        answer = {"attestationObject": written(cbor2.dumps(made))}
        return self._sent(answer, self._client("webauthn.create", challenge, site, wrong))

    def sign(self, challenge: bytes, site: Site, **wrong: Any) -> str:
        """Return what a browser sends of a signature."""
        self.count += 1
        data = self._data(site, wrong)
        client = self._client("webauthn.get", challenge, site, wrong)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        if wrong.get("tampered"):
            data = data[:-1] + bytes([data[-1] ^ 1])
        answer = {"authenticatorData": written(data), "signature": written(signature)}
        return self._sent(answer, client)

    def _data(self, site: Site, wrong: dict[str, Any], more: int = 0) -> bytes:
        host = hashlib.sha256(wrong.get("host", site.host).encode()).digest()
        flags = more | (0 if wrong.get("absent") else PRESENT)
        count: int = wrong.get("count", self.count)
        return host + bytes([flags]) + count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: bytes, site: Site, wrong: dict[str, Any]) -> bytes:
        said = {
            "type": wrong.get("kind", kind),
            "challenge": written(wrong.get("asked", challenge)),
            "origin": wrong.get("origin", site.origin),
        }
        return json.dumps(said).encode()

    def _sent(self, answer: dict[str, str], client: bytes) -> str:
        named = written(self.credential_id)
        response = {"clientDataJSON": written(client), **answer}
        return json.dumps({"id": named, "rawId": named, "type": "public-key", "response": response})
