"""Carry a form that came back at a lapsed sign-in through the next one, for nobody but its owner.

Whoever sits down at the computer next, and whoever signs in on it, must not read what another wrote. So the
page holds the form sealed for the user whose sign-in it came with, and it opens for that user alone.
"""

import base64
import binascii
import json
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from core.encryption import Encryptor

#: The one field in which the sealed form travels.
FIELD = "kept"
#: Sealed and written as text; more than the page that takes it reads beside a name and a password.
MOST_KEPT = 900_000


@dataclass(frozen=True)
class KeptForm:
    """What somebody had sent, and where to."""

    path: str = "/"
    fields: MultiDict[str, str] = field(default_factory=MultiDict)


def seal(encryptor: Encryptor, *, owner: int, kept: KeptForm) -> str:
    """Write a form so that it opens for its owner alone; an empty text for one that is too large to keep."""
    plain = json.dumps([kept.path, list(kept.fields.items(multi=True))])
    sealed = base64.urlsafe_b64encode(encryptor.close(plain.encode("ascii"), _place(owner))).decode("ascii")
    return sealed if len(sealed) <= MOST_KEPT else ""


def unseal(encryptor: Encryptor, *, owner: int, sealed: str) -> KeptForm | None:
    """Open what was kept for a user; None for anybody else's, and for what was not sealed here."""
    try:
        found = encryptor.open(base64.urlsafe_b64decode(sealed.encode("ascii")), _place(owner))
    except (ValueError, binascii.Error):  # UnicodeEncodeError is a ValueError
        return None
    if found is None:
        return None
    path, fields = json.loads(found)
    return KeptForm(path, MultiDict([(name, value) for name, value in fields]))


def _place(owner: int) -> str:
    return f"kept form of user {owner}"
