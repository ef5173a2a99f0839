"""Read what a provider says of itself (OpenID Connect Discovery 1.0); refuse what another one says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.openid.id_token import ALGORITHMS
from accounts.openid.refusals import ProviderSilent, Silence
from config.openid import is_protected

#: Behind the issuer.
PLACE = "/.well-known/openid-configuration"
BY_HEADER, BY_FORM = "client_secret_basic", "client_secret_post"
METHOD = "S256"


@dataclass(frozen=True)
class ProviderMetadata:
    """Where a provider is asked what, and how.

    `by_header` says that our secret goes into a header and not into the form; `says_issuer` that each answer
    names the issuer (RFC 9207).
    """

    authorization: str
    token: str
    keys: str
    userinfo: str | None
    end_session: str | None
    algorithms: tuple[str, ...]
    by_header: bool
    says_issuer: bool


def read_metadata(found: Mapping[str, Any], issuer: str) -> ProviderMetadata:
    """Return what a document says; raise ProviderSilent for another issuer's, and for one we cannot go by.

    The issuer must be the one that is set, sign for sign: else a provider speaks for another.
    """
    if found.get("issuer") != issuer:
        raise ProviderSilent(Silence.ISSUER)
    named = [found.get(f"{name}_endpoint") for name in ("authorization", "token", "userinfo", "end_session")]
    authorization, token, userinfo, end_session = (_address(one) for one in named)
    keys = _address(found.get("jwks_uri"))
    if authorization is None or token is None or keys is None:
        raise ProviderSilent(Silence.ADDRESSES)
    offered = _texts(found.get("id_token_signing_alg_values_supported"), ("RS256",))
    algorithms = tuple(one for one in ALGORITHMS if one in offered)
    if not algorithms or METHOD not in _texts(found.get("code_challenge_methods_supported"), (METHOD,)):
        raise ProviderSilent(Silence.ALGORITHMS)
    ways = _texts(found.get("token_endpoint_auth_methods_supported"), (BY_HEADER,))
    if not {BY_HEADER, BY_FORM} & {*ways}:
        raise ProviderSilent(Silence.CLIENT)
    return ProviderMetadata(
        authorization=authorization,
        token=token,
        keys=keys,
        userinfo=userinfo,
        end_session=end_session,
        algorithms=algorithms,
        by_header=BY_HEADER in ways,
        says_issuer=found.get("authorization_response_iss_parameter_supported") is True,
    )


def _address(found: Any) -> str | None:
    """Return an address on the way to which nobody reads along; None for any other."""
    return found if isinstance(found, str) and is_protected(found) and "#" not in found else None


def _texts(found: Any, otherwise: tuple[str, ...]) -> tuple[str, ...]:
    """Return the texts of a list; what holds where nothing is said for anything else."""
    return tuple(one for one in found if isinstance(one, str)) if isinstance(found, list) else otherwise
