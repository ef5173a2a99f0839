"""Begin the way to the provider, so that only the browser that began it can come back from it, once.

What is drawn for one way stands sealed in a cookie of that browser and nowhere else: a stranger who begins
thousands leaves nothing here. That a way is gone once only is counted at its end (web/account/openid.py).
"""

import base64
import binascii
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from accounts.sign_in.sessions import RANDOM_BYTES
from core.encryption import Encryptor

#: How long somebody has for the pages of the provider.
LASTS = timedelta(minutes=10)
PLACE = "way to the provider"
#: A cookie holds no more; a place on this site that is longer is not gone on to.
LONGEST_ONWARD = 1_000


@dataclass(frozen=True)
class Flow:
    """One way to the provider and back: what was drawn for it, when it began, and where to go on to.

    `sign_in_id` is the sign-in of whoever proves once more who they are; None for somebody who comes in.
    """

    state: str
    nonce: str
    verifier: str
    begun_at: datetime
    onward: str
    sign_in_id: int | None


def begin(*, now: datetime, onward: str, sign_in_id: int | None = None) -> Flow:
    """Draw what belongs to one way: state, nonce and PKCE verifier, 256 random bits each."""
    return Flow(
        state=secrets.token_urlsafe(RANDOM_BYTES),
        nonce=secrets.token_urlsafe(RANDOM_BYTES),
        verifier=secrets.token_urlsafe(RANDOM_BYTES),
        begun_at=now,
        onward=onward if len(onward) <= LONGEST_ONWARD else "/",
        sign_in_id=sign_in_id,
    )


def seal(encryptor: Encryptor, flow: Flow) -> str:
    """Write a way so that only this installation reads it."""
    plain = json.dumps({**asdict(flow), "begun_at": flow.begun_at.isoformat()}).encode("ascii")
    return base64.urlsafe_b64encode(encryptor.close(plain, PLACE)).decode("ascii")


def unseal(encryptor: Encryptor, sealed: str, now: datetime) -> Flow | None:
    """Read what a browser kept; None for what was not sealed here, and for a way that took too long."""
    try:
        found = encryptor.open(base64.urlsafe_b64decode(sealed.encode("ascii")), PLACE)
    except (ValueError, binascii.Error):  # UnicodeEncodeError is a ValueError
        return None
    if found is None:
        return None
    kept = json.loads(found)
    flow = Flow(**{**kept, "begun_at": datetime.fromisoformat(kept["begun_at"])})
    return flow if flow.begun_at <= now < flow.begun_at + LASTS else None
