"""Believe an ID token when its signature, its issuer, its audience, its times and its nonce are right.

The signature is joserfc's to check, with the provider's own keys and by algorithms that need no secret of
ours; the claims are Authlib's (OpenID Connect Core 1.0, 3.1.3.7), and their age ours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from accounts.openid.refusals import AnswerRefused, Wrong
from core.text import is_longer

#: None of them takes the client's secret, or a public key, for a key to sign with.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
KINDS: Mapping[str, type[RSAKey] | type[ECKey]] = {"RSA": RSAKey, "EC": ECKey}
FEWEST_BITS = {"RSA": 2048, "EC": 256}
#: How far two clocks may be apart.
LEEWAY = timedelta(minutes=1)
LONGEST_TOKEN = 20_000
LONGEST_SUBJECT = 255
#: What the libraries raise for a token that is wrong, or is none: of its JSON they believe what is sent.
UNREADABLE = (JoseError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)


class UnknownKey(Exception):
    """Say that a token is signed by a key that is not among those we know."""


@dataclass(frozen=True)
class Expected:
    """What a token must say: from whom, for whom, for which way, and how old its sign-in may be.

    `since` is the moment after which somebody must have signed in anew; None where one of before will do.
    """

    issuer: str
    client_id: str
    nonce: str
    now: datetime
    oldest: timedelta
    since: datetime | None


@dataclass(frozen=True)
class VerifiedToken:
    """What a token says that was verified: its claims, and when the person signed in there."""

    subject: str
    claims: Mapping[str, Any]
    authenticated_at: datetime


def verify(raw: Any, keys: Sequence[Any], algorithms: Sequence[str], expected: Expected) -> VerifiedToken:
    """Return what a token says; raise AnswerRefused for one that is wrong in anything, and UnknownKey."""
    if not isinstance(raw, str) or is_longer(raw, LONGEST_TOKEN):
        raise AnswerRefused(Wrong.TOKEN)
    try:
        header = jws.extract_compact(raw.encode("ascii")).headers()
        algorithm = header["alg"]
        if algorithm not in algorithms:
            raise AnswerRefused(Wrong.TOKEN)
        token = jwt.decode(raw, _key(keys, header.get("kid"), algorithm), [algorithm])
        _validate(token.header, token.claims, expected)
        subject = token.claims["sub"]
        when = datetime.fromtimestamp(int(token.claims["auth_time"]), UTC)
    except UNREADABLE as error:
        raise AnswerRefused(Wrong.TOKEN) from error
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise AnswerRefused(Wrong.TOKEN)
    oldest = expected.since or expected.now - expected.oldest
    if not oldest - LEEWAY <= when <= expected.now + LEEWAY:
        raise AnswerRefused(Wrong.AGE)
    return VerifiedToken(subject, token.claims, when)


def says_strong(claims: Mapping[str, Any], strong: Sequence[str]) -> bool:
    """Return whether a token says, by some value of `acr` or `amr`, that a second factor was given."""
    ways = claims.get("amr")
    said = [claims.get("acr"), *(ways if isinstance(ways, list) else ())]
    return any(one in strong for one in said if isinstance(one, str))


def _key(keys: Sequence[Any], name: Any, algorithm: str) -> RSAKey | ECKey:
    """Return the key of a name that may have signed; without a name it must be the only one."""
    kind = "EC" if algorithm.startswith("ES") else "RSA"
    fitting = [
        one
        for one in keys
        if isinstance(one, dict)
        and one.get("kty") == kind
        and one.get("use", "sig") == "sig"
        and one.get("alg", algorithm) == algorithm
        and (name is None or one.get("kid") == name)
    ]
    if not fitting:
        raise UnknownKey
    if len(fitting) > 1:
        raise AnswerRefused(Wrong.KEY)
    key = KINDS[kind].import_key(fitting[0])
    if key.public_key.key_size < FEWEST_BITS[kind]:
        raise AnswerRefused(Wrong.KEY)
    return key


def _validate(header: Mapping[str, Any], claims: Mapping[str, Any], expected: Expected) -> None:
    options = {
        "iss": {"essential": True, "value": expected.issuer},
        "aud": {"essential": True, "value": expected.client_id},
    }
    asked = {"nonce": expected.nonce, "client_id": expected.client_id}
    now, leeway = int(expected.now.timestamp()), int(LEEWAY.total_seconds())
    CodeIDToken(claims, header, options, asked).validate(now=now, leeway=leeway)
