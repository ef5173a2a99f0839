"""A provider of OpenID Connect that does what it should, and whatever else a test tells it to."""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from config.openid import OpenIdSettings
from tests.builders import at

CLIENT, CLIENT_SECRET = "huiyin", "a secret between the two / 秘密"
DISCOVERY, TOKEN, KEYS = "/.well-known/openid-configuration", "/token", "/keys"
USERINFO, ACCESS = "/me", "worth one question"
LASTS = 300
Signer = Callable[["FakeProvider", dict[str, Any]], str]


@cache
def key_named(name: str) -> RSAKey:
    """Make a key once in a run: drawing one takes its time."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"}, private=True)


@cache
def curve_key() -> ECKey:
    return ECKey.generate_key("P-256", {"kid": "curve", "use": "sig"}, private=True)


def honest(provider: "FakeProvider", claims: dict[str, Any]) -> str:
    """Sign as the provider says of itself."""
    return jwt.encode({"alg": "RS256", "kid": provider.signing}, claims, key_named(provider.signing))


@dataclass
class FakeProvider:
    """What it answers: `claims` are added to a token, and those that are None left out of it.

    `person` is what it says to whoever asks with the access token.

    `replies` answers a path with something else, `hung` never; `document` changes what it says of itself.
    """

    issuer: str
    moment: datetime = field(default_factory=lambda: at("2026-03-03", 9))
    person: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict)
    replies: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    hung: set[str] = field(default_factory=set)
    sign: Signer = honest
    signing: str = "first"
    published: list[str] = field(default_factory=lambda: ["first"])
    asked: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    given: dict[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def settings(self) -> OpenIdSettings:
        """Return what an installation is set to, to know it."""
        return OpenIdSettings(self.issuer, CLIENT, CLIENT_SECRET, "preferred_username", "", ("mfa",))

    def describe(self) -> dict[str, Any]:
        """Return what it says of itself."""
        said = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}{TOKEN}",
            "jwks_uri": f"{self.issuer}{KEYS}",
            "userinfo_endpoint": f"{self.issuer}{USERINFO}",
            "end_session_endpoint": f"{self.issuer}/leave",
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "authorization_response_iss_parameter_supported": True,
        }
        return _changed(said, self.document)

    def approve(self, address: str, person: str, **changes: str | None) -> str:
        """Let somebody sign in at the address that a page led to; return where they are sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(f"{self.issuer}/authorize?")
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.given[code] = {**asked, "person": person}
        answer = {"code": code, "state": asked["state"], "iss": self.issuer}
        return f"{asked['redirect_uri']}?{urlencode(_changed(answer, changes))}"

    def redeem(self, form: Mapping[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """Answer what is asked for a code: it is worth something once, for whoever began the way."""
        name, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        if (unquote(name), unquote(secret)) != (CLIENT, CLIENT_SECRET):
            return 401, {"error": "invalid_client"}
        asked = self.given.pop(form.get("code", ""), None)
        drawn = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(drawn).decode().rstrip("=")
        if asked is None or (asked["code_challenge"], asked["redirect_uri"]) != (
            challenge,
            form.get("redirect_uri"),
        ):
            return 400, {"error": "invalid_grant"}
        moment = int(self.moment.timestamp())
        claims = {
            "iss": self.issuer,
            "sub": f"id of {asked['person']}",
            "aud": CLIENT,
            "iat": moment,
            "exp": moment + LASTS,
            "auth_time": moment,
            "nonce": asked["nonce"],
            "preferred_username": asked["person"],
        }
        signed = self.sign(self, _changed(claims, self.claims))
        return 200, {"access_token": ACCESS, "token_type": "Bearer", "id_token": signed}

    def answer(self, path: str, form: Mapping[str, str], authorization: str) -> tuple[int, bytes]:
        """Answer one question over HTTP."""
        self.asked.append(path)
        if path in self.hung:
            self.over.wait()
        if path in self.replies:
            return self.replies[path]
        keys = [key_named(name).as_dict(private=False) for name in self.published]
        known: dict[str, Callable[[], tuple[int, dict[str, Any]]]] = {
            DISCOVERY: lambda: (200, self.describe()),
            KEYS: lambda: (200, {"keys": [*keys, curve_key().as_dict(private=False)]}),
            TOKEN: lambda: self.redeem(form, authorization),
            USERINFO: lambda: (200, self.person) if authorization == f"Bearer {ACCESS}" else (401, {}),
        }
        status, body = known[path]() if path in known else (404, {})
        return status, json.dumps(body).encode()


def _changed(said: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**said, **changes}.items() if value is not None}


@contextmanager
def provider() -> Iterator[FakeProvider]:
    """Run a provider on this machine."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer({name: values[0] for name, values in parse_qs(sent).items()})

        def _answer(self, form: Mapping[str, str]) -> None:
            path = urlsplit(self.path).path
            status, body = made.answer(path, form, self.headers.get("Authorization", ""))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if 300 <= status < 400:
                self.send_header("Location", f"{made.issuer}{DISCOVERY}")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    made = FakeProvider(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield made
    finally:
        made.over.set()
        server.shutdown()
        server.server_close()
