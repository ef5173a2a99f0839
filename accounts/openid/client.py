"""Lead somebody to the provider and ask it who came back; what it says of itself is remembered for an hour.

Nothing is asked while a transaction is open. A provider that hangs holds up two requests at most, and after
it was silent nobody waits for it again for half a minute.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import quote, urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from accounts.openid.exchange import MOST_WAITING, ProviderExchange
from accounts.openid.flow import Flow
from accounts.openid.id_token import Expected, UnknownKey, VerifiedToken, says_strong, verify
from accounts.openid.metadata import METHOD, PLACE, ProviderMetadata, read_metadata
from accounts.openid.refusals import AnswerRefused, ProviderSilent, Silence, Wrong
from config.openid import OpenIdSettings

REMEMBERED = timedelta(hours=1)
#: A token signed by an unknown key has the keys fetched anew, no more often than this: anybody can send one.
KEYS_ANEW = timedelta(minutes=1)
#: After it was silent it is left alone for so long.
LEFT_ALONE = timedelta(seconds=30)
#: How long ago somebody may have signed in at the provider: as long as a sign-in here lasts.
OLDEST = timedelta(hours=12)
SCOPE = "openid profile email"
MOST_KEYS = 50
LONGEST_CODE = 4_000


@dataclass(frozen=True)
class ProviderIdentity:
    """Who somebody is at the provider: issuer, subject, and the user name of its claim, if there is one.

    `strong` says that a second factor was given there; `leaves_at` is where one signs out there.
    """

    issuer: str
    subject: str
    username: str | None
    strong: bool
    authenticated_at: datetime
    leaves_at: str | None


@dataclass(frozen=True)
class _Known:
    """What a provider said of itself, and its keys, with when they were fetched."""

    metadata: ProviderMetadata
    since: datetime
    keys: tuple[Any, ...] = ()
    keys_since: datetime | None = None


class OpenIdClient:
    """The one provider of an installation, as its client."""

    def __init__(self, settings: OpenIdSettings, exchange: ProviderExchange | None = None) -> None:
        self.settings = settings
        self._exchange = exchange or ProviderExchange()
        self._lock = Lock()
        self._known: _Known | None = None
        self._silent_until: datetime | None = None

    def metadata(self, now: datetime) -> ProviderMetadata:
        """Return what the provider says of itself, fetched where it is not known; raise ProviderSilent."""
        return self._look_up(now).metadata

    def ready(self, now: datetime) -> ProviderMetadata | None:
        """Return what was fetched lately, unless the provider was silent since; None else. Asks nobody."""
        try:
            known = self._fresh(now)
        except ProviderSilent:
            return None
        return known.metadata if known is not None else None

    def authorization_address(self, metadata: ProviderMetadata, flow: Flow, *, back: str) -> str:
        """Return where a browser goes to sign in at the provider.

        Whoever proves once more who they are has to sign in anew, whatever the provider remembers.
        """
        anew = {"prompt": "login", "max_age": "0"}
        asked = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": back,
            "scope": SCOPE,
            "state": flow.state,
            "nonce": flow.nonce,
            "code_challenge": create_s256_code_challenge(flow.verifier),
            "code_challenge_method": METHOD,
            **({"max_age": str(int(OLDEST.total_seconds()))} if flow.sign_in_id is None else anew),
        }
        return _with_query(metadata.authorization, asked)

    def redeem(
        self, flow: Flow, *, code: str, issuer: str | None, back: str, now: datetime
    ) -> ProviderIdentity:
        """Return who came back with a code; raise AnswerRefused or ProviderSilent.

        `issuer` is the one that the answer named (RFC 9207), where it named one.
        """
        known = self._look_up(now)
        if issuer != self.settings.issuer and (issuer is not None or known.metadata.says_issuer):
            raise AnswerRefused(Wrong.ISSUER)
        if not code or len(code) > LONGEST_CODE:
            raise AnswerRefused(Wrong.CODE)
        given = self._ask_token(known.metadata, flow, code, back)
        expected = Expected(
            issuer=self.settings.issuer,
            client_id=self.settings.client_id,
            nonce=flow.nonce,
            now=now,
            oldest=OLDEST,
            since=flow.begun_at if flow.sign_in_id is not None else None,
        )
        found = self._verified(known, given.get("id_token"), expected)
        named = self._claim(known.metadata, found, given.get("access_token"))
        return ProviderIdentity(
            issuer=self.settings.issuer,
            subject=found.subject,
            username=named if isinstance(named, str) else None,
            strong=says_strong(found.claims, self.settings.strong),
            authenticated_at=found.authenticated_at,
            leaves_at=known.metadata.end_session,
        )

    def sign_out_address(self, identity: ProviderIdentity, *, back: str) -> str | None:
        """Return where a browser goes to sign out at the provider too; None where there is no such place.

        No token says who leaves (`id_token_hint`): it names the person, and may stand in no address. So the
        provider asks whoever comes.
        """
        if identity.leaves_at is None or identity.issuer != self.settings.issuer:
            return None
        asked = {"client_id": self.settings.client_id, "post_logout_redirect_uri": back}
        return _with_query(identity.leaves_at, asked)

    def keys(self, now: datetime) -> Sequence[Any]:
        """Return the provider's public keys, fetched where they are not known; raise ProviderSilent."""
        known = self._look_up(now)
        fresh = known.keys_since is not None and abs(now - known.keys_since) < REMEMBERED
        return known.keys if fresh else self._fetch_keys(known, now)

    def _verified(self, known: _Known, raw: Any, expected: Expected) -> VerifiedToken:
        """Verify a token; one of an unknown key once more, with the keys as they are now."""
        keys, algorithms, now = self.keys(expected.now), known.metadata.algorithms, expected.now
        try:
            return verify(raw, keys, algorithms, expected)
        except UnknownKey:
            pass
        held = self._known
        since = held.keys_since if held is not None else None
        if since is None or abs(now - since) >= KEYS_ANEW:
            keys = self._fetch_keys(known, now)
        try:
            return verify(raw, keys, algorithms, expected)
        except UnknownKey as error:
            raise AnswerRefused(Wrong.KEY) from error

    def _claim(self, metadata: ProviderMetadata, found: VerifiedToken, access: Any) -> Any:
        """Return the claim that holds the user name, which not every provider writes into the ID token.

        The access token is for asking this once, and is kept nowhere.
        """
        claim = self.settings.claim
        if claim in found.claims or metadata.userinfo is None or not isinstance(access, str):
            return found.claims.get(claim)
        if not access.isascii() or not access.isprintable():
            raise AnswerRefused(Wrong.TOKEN)
        said = self._exchange.get(metadata.userinfo, {"Authorization": f"Bearer {access}"})
        if said.get("sub") != found.subject:  # it may be of another (OpenID Connect Core 1.0, 5.3.2)
            raise AnswerRefused(Wrong.TOKEN)
        return said.get(claim)

    def _ask_token(self, metadata: ProviderMetadata, flow: Flow, code: str, back: str) -> Mapping[str, Any]:
        """Give the code in return for an ID token, and an access token."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": flow.verifier,
        }
        client = (self.settings.client_id, self.settings.client_secret)
        headers = {}
        if metadata.by_header:  # RFC 6749, 2.3.1: written as in a form, before they are joined
            joined = ":".join(quote(one, safe="") for one in client).encode("ascii")
            headers["Authorization"] = f"Basic {base64.b64encode(joined).decode('ascii')}"
        else:
            form |= {"client_id": client[0], "client_secret": client[1]}
        reply = self._exchange.post(metadata.token, form, headers)
        if reply.status in (400, 401, 403):
            raise AnswerRefused(Wrong.CODE)
        if reply.status != 200:
            raise ProviderSilent(Silence.STATUS)
        return reply.body

    def _look_up(self, now: datetime) -> _Known:
        """Return what is known of the provider, or fetch it; one at a time, the others wait a little."""
        known = self._fresh(now)
        if known is not None:
            return known
        if not self._lock.acquire(timeout=MOST_WAITING):
            raise ProviderSilent(Silence.BUSY)
        try:
            known = self._fresh(now)
            if known is None:
                known = self._fetch(now)
            return known
        finally:
            self._lock.release()

    def _fresh(self, now: datetime) -> _Known | None:
        known, until = self._known, self._silent_until
        if until is not None and now < until <= now + LEFT_ALONE:
            raise ProviderSilent(Silence.UNREACHABLE)
        return known if known is not None and abs(now - known.since) < REMEMBERED else None

    def _fetch(self, now: datetime) -> _Known:
        try:
            found = self._exchange.get(self.settings.issuer.rstrip("/") + PLACE)
            self._known = _Known(read_metadata(found, self.settings.issuer), now)
        except ProviderSilent:
            self._silent_until = now + LEFT_ALONE
            raise
        self._silent_until = None
        return self._known

    def _fetch_keys(self, known: _Known, now: datetime) -> Sequence[Any]:
        found = self._exchange.get(known.metadata.keys).get("keys")
        if not isinstance(found, list) or len(found) > MOST_KEYS:
            raise ProviderSilent(Silence.UNREADABLE)
        self._known = _Known(known.metadata, known.since, tuple(found), now)
        return found


def _with_query(address: str, asked: dict[str, str]) -> str:
    """Put what is asked behind an address that may have a query of its own."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"
