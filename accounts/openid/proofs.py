"""Keep with a sign-in who proved at the provider to be it, sealed, and where one leaves there."""

import json

from accounts.openid.client import ProviderIdentity
from accounts.sign_in.sign_ins import ProviderProof
from core.encryption import Encryptor

PLACE = "proof of the provider"


def prove(encryptor: Encryptor, identity: ProviderIdentity) -> ProviderProof:
    """Return what a sign-in keeps of somebody whom the provider let in."""
    kept = [identity.issuer, identity.subject, identity.username, identity.leaves_at]
    sealed = encryptor.close(json.dumps(kept).encode("ascii"), PLACE)
    return ProviderProof(sealed, identity.strong, identity.authenticated_at)


def identity_of(encryptor: Encryptor, proof: ProviderProof) -> ProviderIdentity | None:
    """Return who proved to be it; None where the key is another by now."""
    found = encryptor.open(proof.sealed, PLACE)
    if found is None:
        return None
    issuer, subject, username, leaves_at = json.loads(found)
    return ProviderIdentity(issuer, subject, username, proof.strong, proof.proved_at, leaves_at)
