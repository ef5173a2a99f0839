"""Name what the browser keeps, and let it keep by what a device is known again.

How it is known: accounts/sign_in/known_devices.py.
"""

from collections.abc import Sequence
from datetime import datetime

from flask import Response, request

from accounts.openid import flow
from accounts.sign_in import known_devices
from cases.configuration.case_rules import CountyRules
from web.framework.display_preferences import host_cookie

SIGN_IN, DEVICE, PROVIDER = "huiyin", "huiyin-known", "huiyin-provider"


def cookie_name(plain: str = SIGN_IN) -> str:
    """Return the name of a cookie; where there is TLS the browser ties it to this very host."""
    return host_cookie(plain, secure=request.is_secure)


def known_by() -> str:
    """Return what the device that asks is known by; an empty text for one that is new."""
    return request.cookies.get(cookie_name(DEVICE), "")


def find_device(rules: CountyRules, holder: str | None, now: datetime) -> str | None:
    """Return the name by which the device that asks is known for a holder, or None."""
    if holder is None:
        return None
    return known_devices.find(rules.services.receipt_keys, known_by(), holder=holder, now=now)


def remember_device(
    response: Response, rules: CountyRules, holders: Sequence[str | None], now: datetime
) -> None:
    """Let the device that asks be known from now on for holders who were let in, the last one first."""
    kept = known_by()
    for holder in filter(None, holders):
        kept = known_devices.remember(rules.services.receipt_keys, kept, holder=holder, now=now)
    response.set_cookie(
        cookie_name(DEVICE),
        kept,
        max_age=int(known_devices.LASTS.total_seconds()),
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def remember_flow(response: Response, sealed: str) -> None:
    """Let the browser that goes to the provider keep what was drawn for its way."""
    response.set_cookie(
        cookie_name(PROVIDER),
        sealed,
        max_age=int(flow.LASTS.total_seconds()),
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def forget_flow(response: Response) -> None:
    """Let the browser that came back forget it: a way is gone once."""
    response.delete_cookie(cookie_name(PROVIDER), secure=request.is_secure, httponly=True, samesite="Lax")
