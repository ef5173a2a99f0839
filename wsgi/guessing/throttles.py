"""Say of whom a wrong try is counted, count it, and tell the administrators when somebody is at work.

No one is kept out for good by what others do: whoever was let in on a device before is counted by that
device alone (docs/decisions/0043). All others are counted by what they try from where, and more loosely by
each of the two alone.
"""

import hashlib
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from accounts.registers.user_list import list_administrators
from accounts.sign_in import rate_limits
from accounts.sign_in.rate_limits import Counted, Limit
from config.profiles import ORDINARY, SecurityProfile
from notifications import outbox
from notifications.outbox import Recipient
from wsgi.addresses import client_networks
from wsgi.rate_limits import (
    ALL_WRONG_CODES,
    FACTOR_DEVICE,
    FACTOR_HERE,
    FACTOR_USER,
    PROVIDER_ADDRESS,
    PROVIDER_ALL,
    PROVIDER_DEVICE,
    SIGN_IN_ADDRESS,
    SIGN_IN_ALL,
    SIGN_IN_DEVICE,
    SIGN_IN_HERE,
    SIGN_IN_NAME,
    TOLD_OF,
    WIDER,
    WRONG_CODES,
)

EVERYBODY = "all"
NOTICE = "many_tries"


def sign_in_tries(*, username: str, device: str | None, profile: SecurityProfile = ORDINARY) -> Counted:
    """Say of whom a wrong password is counted; `device` is the name of one on which the user was let in.

    How many of one name from one place, or on one device, are too many is for the profile to say.
    """
    here, own = (
        replace(limit, most=profile.most_wrong, within=profile.wrong_within)
        for limit in (SIGN_IN_HERE, SIGN_IN_DEVICE)
    )
    if device is not None:
        return [(own, f"device:{device}")]
    # The name may be anybody's, and anything that was typed into the wrong field.
    name = "name:" + hashlib.sha256(username.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return [
        (here, f"{name}@{client_networks()[0]}"),
        (SIGN_IN_NAME, name),
        *of_address(SIGN_IN_ADDRESS),
        (SIGN_IN_ALL, EVERYBODY),
    ]


def factor_tries(*, user_id: int, device: str | None) -> Counted:
    """Say of whom a wrong code of a second factor is counted; its sender knew the password."""
    if device is not None:
        return [(FACTOR_DEVICE, f"device:{device}")]
    user = f"user:{user_id}"
    return [(FACTOR_HERE, f"{user}@{client_networks()[0]}"), (FACTOR_USER, user)]


def provider_tries(*, device: str | None) -> Counted:
    """Say of whom an answer of the provider is counted that is wrong: nobody has proved to be anybody.

    `device` is the name of one on which anybody who signs in was let in.
    """
    if device is not None:
        return [(PROVIDER_DEVICE, f"device:{device}")]
    return [*of_address(PROVIDER_ADDRESS), (PROVIDER_ALL, EVERYBODY)]


def wrong_code_tries() -> Counted:
    """Say of whom a wrong receipt code is counted."""
    return [*of_address(WRONG_CODES), (ALL_WRONG_CODES, EVERYBODY)]


def of_address(limit: Limit) -> Counted:
    """Count by the address that asks; of the newer kind by its network, and by the wider one around it."""
    tight, *wide = client_networks()
    return [(limit, tight), *((wider(limit), one) for one in wide)]


def wider(limit: Limit) -> Limit:
    """Return the limit of a /48 network."""
    return replace(limit, name=f"{limit.name}_wide", most=limit.most * WIDER)


def count(session: Session, counted: Counted, *, now: datetime) -> None:
    """Count a wrong try; raise TooMany, which takes the counts back, where none was left.

    What uses the last one up of a limit that no forgetful person reaches is told to the administrators.
    """
    for limit, subject in counted:
        tried = rate_limits.spend(session, limit=limit, subject=subject, now=now)
        told = limit.name.removesuffix("_wide")
        if tried == limit.most and told in TOLD_OF:
            _tell(session, told, now)


def _tell(session: Session, tries: str, now: datetime) -> None:
    """Put it into the administrators' inbox, once a day for each limit: whom it hit is not said."""
    outbox.enqueue(
        session,
        kind=NOTICE,
        recipients=[Recipient(user_id, email) for user_id, email in list_administrators(session)],
        subject=NOTICE,
        facts={"tries": tries},
        key=f"{NOTICE}:{tries}:{now:%Y-%m-%d}",
        now=now,
    )
