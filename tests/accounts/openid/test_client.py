"""Whoever comes back is believed when everything fits, and for nothing less."""

import base64
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import OctKey, RSAKey

from accounts.openid.client import KEYS_ANEW, LEFT_ALONE, OLDEST, REMEMBERED, OpenIdClient, ProviderIdentity
from accounts.openid.exchange import MOST_BYTES, ProviderExchange
from accounts.openid.flow import Flow, begin
from accounts.openid.refusals import AnswerRefused, ProviderSilent, Silence, Wrong
from tests.accounts.openid.provider import (
    CLIENT,
    CLIENT_SECRET,
    DISCOVERY,
    KEYS,
    TOKEN,
    USERINFO,
    FakeProvider,
    curve_key,
    honest,
    key_named,
)
from tests.builders import at

NOW = at("2026-03-03", 9)
BACK = "https://huiyin.example.org/sign-in/openid"
MOMENT = int(NOW.timestamp())


def client_of(asked: FakeProvider, seconds: float = 5.0) -> OpenIdClient:
    return OpenIdClient(asked.settings, ProviderExchange(seconds=seconds, waiting=seconds))


def come_back(
    asked: FakeProvider, client: OpenIdClient, flow: Flow, **changes: str | None
) -> ProviderIdentity:
    """Go the whole way to the provider and back."""
    address = client.authorization_address(client.metadata(NOW), flow, back=BACK)
    back = asked.approve(address, "zhang", **changes)
    found = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    return client.redeem(flow, code=found.get("code", ""), issuer=found.get("iss"), back=BACK, now=NOW)


def refusal(asked: FakeProvider, **changes: str | None) -> Wrong:
    with pytest.raises(AnswerRefused) as refused:
        come_back(asked, client_of(asked), begin(now=NOW, onward="/"), **changes)
    return refused.value.reason


def test_somebody_comes_back_as_who_they_are_at_the_provider(asked_provider: FakeProvider) -> None:
    found = come_back(asked_provider, client_of(asked_provider), begin(now=NOW, onward="/"))
    assert (found.issuer, found.subject, found.username) == (asked_provider.issuer, "id of zhang", "zhang")
    assert (found.strong, found.authenticated_at) == (False, NOW)


def test_a_name_that_is_not_in_the_token_is_asked_for_once_more(asked_provider: FakeProvider) -> None:
    asked_provider.claims = {"preferred_username": None}
    asked_provider.person = {"sub": "id of zhang", "preferred_username": "zhang"}
    found = come_back(asked_provider, client_of(asked_provider), begin(now=NOW, onward="/"))
    assert (found.username, asked_provider.asked[-1]) == ("zhang", USERINFO)
    asked_provider.person["sub"] = "id of another"
    assert refusal(asked_provider) is Wrong.TOKEN
    asked_provider.document = {"userinfo_endpoint": None}
    assert come_back(asked_provider, client_of(asked_provider), begin(now=NOW, onward="/")).username is None


def test_a_way_asks_for_what_belongs_to_it_alone(asked_provider: FakeProvider) -> None:
    client = client_of(asked_provider)
    flows = [begin(now=NOW, onward="/") for _ in range(2)] + [begin(now=NOW, onward="/", sign_in_id=1)]
    metadata = client.metadata(NOW)
    first, second, again = (
        parse_qs(urlsplit(client.authorization_address(metadata, one, back=BACK)).query) for one in flows
    )
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 43
        assert first[name] != second[name]
    assert (first["max_age"], "prompt" in first) == ([str(int(OLDEST.total_seconds()))], False)
    assert (again["max_age"], again["prompt"]) == (["0"], ["login"])


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"},
        {"iss": None},
        {"aud": "another"},
        {"aud": None},
        {"aud": ["another"]},
        {"aud": [CLIENT, "another"]},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"azp": "another"},
        {"nonce": "of another way"},
        {"nonce": None},
        {"exp": MOMENT - 61},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": MOMENT + 3600},
        {"iat": None},
        {"nbf": MOMENT + 3600},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "a\nb"},
        {"sub": "x" * 256},
        {"auth_time": None},
        {"auth_time": "now"},
        {"auth_time": 1e300},
        {"amr": "mfa"},
    ],
    ids=str,
)
def test_a_token_that_is_wrong_in_one_claim_is_refused(
    asked_provider: FakeProvider, claims: dict[str, Any]
) -> None:
    asked_provider.claims = claims
    assert refusal(asked_provider) is Wrong.TOKEN


def encoded(one: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=")


def without_signature(asked: FakeProvider, claims: dict[str, Any]) -> str:
    return f"{encoded({'alg': 'none'})}.{encoded(claims)}."


def with_more_to_understand(asked: FakeProvider, claims: dict[str, Any]) -> str:
    said = f"{encoded({'alg': 'RS256', 'kid': 'first', 'crit': ['new'], 'new': 1})}.{encoded(claims)}"
    private = key_named("first").private_key
    assert private is not None
    signed = private.sign(said.encode(), PKCS1v15(), SHA256())
    return f"{said}.{base64.urlsafe_b64encode(signed).decode().rstrip('=')}"


def by_secret(asked: FakeProvider, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "HS256", "kid": "first"}, claims, OctKey.import_key(CLIENT_SECRET))


def by_public_key(asked: FakeProvider, claims: dict[str, Any]) -> str:
    public = key_named("first").as_pem(private=False)
    said = f"{encoded({'alg': 'HS256', 'kid': 'first'})}.{encoded(claims)}"
    digest = hmac.digest(public, said.encode(), "sha256")
    return f"{said}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def by_another(asked: FakeProvider, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": "first"}, claims, key_named("a stranger"))


def changed_afterwards(asked: FakeProvider, claims: dict[str, Any]) -> str:
    header, _, signature = honest(asked, claims).split(".")
    _, body, _ = honest(asked, {**claims, "sub": "another"}).split(".")
    return ".".join((header, body, signature))


def of_a_kind_not_offered(asked: FakeProvider, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS512", "kid": "first"}, claims, key_named("first"), algorithms=["RS512"])


@pytest.mark.parametrize(
    "sign",
    [
        without_signature,
        by_secret,
        by_public_key,
        by_another,
        changed_afterwards,
        of_a_kind_not_offered,
        lambda asked, claims: honest(asked, claims)[:-8],
        lambda asked, claims: "a.b.c",
        lambda asked, claims: "",
        lambda asked, claims: 7,
        lambda asked, claims: honest(asked, {**claims, "much": "x" * 20_000}),
        with_more_to_understand,
    ],
)
def test_a_token_whose_signature_is_no_proof_is_refused(
    asked_provider: FakeProvider, sign: Callable[[FakeProvider, dict[str, Any]], str]
) -> None:
    asked_provider.sign = sign
    assert refusal(asked_provider) is Wrong.TOKEN


def test_a_key_of_a_curve_is_as_good(asked_provider: FakeProvider) -> None:
    asked_provider.sign = lambda _, claims: jwt.encode({"alg": "ES256", "kid": "curve"}, claims, curve_key())
    come_back(asked_provider, client_of(asked_provider), begin(now=NOW, onward="/"))


def test_a_key_that_is_too_short_is_refused(asked_provider: FakeProvider) -> None:
    with pytest.warns(SecurityWarning):
        short = RSAKey.generate_key(1024, {"kid": "short"}, private=True)
    public = json.dumps({"keys": [short.as_dict(private=False)]}).encode()
    asked_provider.replies[KEYS] = (200, public)
    asked_provider.sign = lambda _, claims: jwt.encode({"alg": "RS256", "kid": "short"}, claims, short)
    with pytest.warns(SecurityWarning):
        assert refusal(asked_provider) is Wrong.KEY


@pytest.mark.parametrize("age", [OLDEST + timedelta(minutes=2), timedelta(minutes=-2)])
def test_whoever_signed_in_there_too_long_ago_or_later_than_now_is_refused(
    asked_provider: FakeProvider, age: timedelta
) -> None:
    asked_provider.claims = {"auth_time": MOMENT - int(age.total_seconds())}
    assert refusal(asked_provider) is Wrong.AGE


def test_whoever_proves_it_again_has_to_sign_in_anew(asked_provider: FakeProvider) -> None:
    client, flow = client_of(asked_provider), begin(now=NOW, onward="/", sign_in_id=1)
    asked_provider.claims = {"auth_time": MOMENT - 300}
    with pytest.raises(AnswerRefused, match="age"):
        come_back(asked_provider, client, flow)
    asked_provider.claims = {"auth_time": MOMENT - 5}
    assert come_back(asked_provider, client, flow).authenticated_at < NOW


@pytest.mark.parametrize(
    ("claims", "strong"),
    [({}, False), ({"amr": ["pwd"]}, False), ({"amr": ["pwd", "mfa"]}, True), ({"acr": "mfa"}, True)],
)
def test_a_second_factor_there_counts_where_the_settings_say_by_which_word(
    asked_provider: FakeProvider, claims: dict[str, Any], strong: bool
) -> None:
    asked_provider.claims = claims
    found = come_back(asked_provider, client_of(asked_provider), begin(now=NOW, onward="/"))
    assert found.strong == strong
    deaf = OpenIdClient(replace(asked_provider.settings, strong=()))
    assert not come_back(asked_provider, deaf, begin(now=NOW, onward="/")).strong


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": "https://other.example"}, Wrong.ISSUER),
        ({"iss": None}, Wrong.ISSUER),
        ({"code": "of nobody"}, Wrong.CODE),
        ({"code": None}, Wrong.CODE),
        ({"code": "x" * 5_000}, Wrong.CODE),
    ],
    ids=str,
)
def test_an_answer_of_another_issuer_or_without_a_code_is_refused(
    asked_provider: FakeProvider, changes: dict[str, str | None], reason: Wrong
) -> None:
    assert refusal(asked_provider, **changes) is reason


def test_an_issuer_need_not_be_said_where_the_provider_never_says_it(asked_provider: FakeProvider) -> None:
    asked_provider.document = {"authorization_response_iss_parameter_supported": None}
    flow = begin(now=NOW, onward="/")
    come_back(asked_provider, client_of(asked_provider), flow, iss=None)
    assert refusal(asked_provider, iss="https://other.example") is Wrong.ISSUER


def test_a_code_is_worth_nothing_the_second_time_or_on_another_way(asked_provider: FakeProvider) -> None:
    client, mine, others = client_of(asked_provider), *(begin(now=NOW, onward="/") for _ in range(2))
    address = client.authorization_address(client.metadata(NOW), mine, back=BACK)
    for flow in (others, mine):
        (code,) = parse_qs(urlsplit(asked_provider.approve(address, "zhang")).query)["code"]
        given: dict[str, Any] = {"code": code, "issuer": asked_provider.issuer, "back": BACK, "now": NOW}
        if flow is mine:
            client.redeem(flow, **given)
        with pytest.raises(AnswerRefused, match="code"):
            client.redeem(flow, **given)


def test_a_new_key_is_fetched_when_it_is_first_met_and_an_unknown_one_not_again_and_again(
    asked_provider: FakeProvider,
) -> None:
    client = client_of(asked_provider)
    come_back(asked_provider, client, begin(now=NOW, onward="/"))
    asked_provider.signing, asked_provider.published = "second", ["first", "second"]

    def later(moment: Any) -> ProviderIdentity:
        flow = begin(now=moment, onward="/")
        back = asked_provider.approve(
            client.authorization_address(client.metadata(moment), flow, back=BACK), "zhang"
        )
        (code,) = parse_qs(urlsplit(back).query)["code"]
        return client.redeem(flow, code=code, issuer=asked_provider.issuer, back=BACK, now=moment)

    with pytest.raises(AnswerRefused, match="key"):
        later(NOW)  # the keys were fetched this very moment
    assert later(NOW + KEYS_ANEW).username == "zhang"
    asked_provider.signing = "third"
    before = asked_provider.asked.count(KEYS)
    for _ in range(3):
        with pytest.raises(AnswerRefused, match="key"):
            later(NOW + KEYS_ANEW)
    assert asked_provider.asked.count(KEYS) == before


def test_what_it_says_of_itself_is_asked_once_an_hour(asked_provider: FakeProvider) -> None:
    client = client_of(asked_provider)
    for _ in range(3):
        client.metadata(NOW)
        client.metadata(NOW + REMEMBERED - timedelta(seconds=1))
    assert asked_provider.asked == [DISCOVERY]
    client.metadata(NOW + REMEMBERED)
    client.metadata(NOW)  # a clock that was set back finds nothing old
    assert asked_provider.asked == [DISCOVERY] * 3


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"issuer": "https://other.example"}, Silence.ISSUER),
        ({"issuer": None}, Silence.ISSUER),
        ({"authorization_endpoint": None}, Silence.ADDRESSES),
        ({"authorization_endpoint": "http://other.example/authorize"}, Silence.ADDRESSES),
        ({"token_endpoint": "javascript:alert(1)"}, Silence.ADDRESSES),
        ({"jwks_uri": "file:///etc/passwd"}, Silence.ADDRESSES),
        ({"id_token_signing_alg_values_supported": ["HS256", "none"]}, Silence.ALGORITHMS),
        ({"code_challenge_methods_supported": ["plain"]}, Silence.ALGORITHMS),
        ({"token_endpoint_auth_methods_supported": ["private_key_jwt"]}, Silence.CLIENT),
    ],
    ids=str,
)
def test_a_provider_that_says_the_wrong_thing_of_itself_is_not_asked(
    asked_provider: FakeProvider, document: dict[str, Any], reason: Silence
) -> None:
    asked_provider.document = document
    client = client_of(asked_provider)
    with pytest.raises(ProviderSilent) as silent:
        client.metadata(NOW)
    assert silent.value.reason is reason
    assert client.ready(NOW) is None


@pytest.mark.parametrize("path", [DISCOVERY, TOKEN, KEYS])
@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ((200, b"{" + b" " * MOST_BYTES + b"}"), Silence.TOO_LARGE),
        ((200, b"<html>"), Silence.UNREADABLE),
        ((200, b"[" * 100_000), Silence.UNREADABLE),
        ((200, b"[]"), Silence.UNREADABLE),
        ((302, b"{}"), Silence.STATUS),
        ((500, b"{}"), Silence.STATUS),
        (None, Silence.UNREACHABLE),
    ],
    ids=["huge", "a page", "deep", "a list", "a redirect", "an error", "nothing"],
)
def test_a_provider_that_answers_something_else_lets_nobody_in(
    asked_provider: FakeProvider, path: str, reply: tuple[int, bytes] | None, reason: Silence
) -> None:
    if reply is None:
        asked_provider.hung.add(path)
    else:
        asked_provider.replies[path] = reply
    with pytest.raises(ProviderSilent) as silent:
        come_back(asked_provider, client_of(asked_provider, 0.4), begin(now=NOW, onward="/"))
    assert silent.value.reason is reason


def test_after_it_was_silent_nobody_waits_for_it_for_a_while(asked_provider: FakeProvider) -> None:
    client = client_of(asked_provider)
    asked_provider.replies[DISCOVERY] = (503, b"{}")
    for _ in range(3):
        with pytest.raises(ProviderSilent):
            client.metadata(NOW)
    assert asked_provider.asked == [DISCOVERY]
    del asked_provider.replies[DISCOVERY]
    assert client.ready(NOW + LEFT_ALONE) is None
    client.metadata(NOW + LEFT_ALONE)
    assert client.ready(NOW + LEFT_ALONE) is not None


def test_the_secret_goes_into_the_form_where_the_provider_takes_no_header(
    asked_provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_provider.document = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    seen: list[tuple[Any, str]] = []

    def redeem(form: Any, header: str) -> tuple[int, dict[str, Any]]:
        seen.append((form, header))
        return 400, {}

    monkeypatch.setattr(asked_provider, "redeem", redeem)
    assert refusal(asked_provider) is Wrong.CODE
    ((form, header),) = seen
    assert (form["client_id"], form["client_secret"], header) == (CLIENT, CLIENT_SECRET, "")
